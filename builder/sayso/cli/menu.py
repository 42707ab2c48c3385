"""Menus: commands that load when they are called."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click


class Menu(click.Group):
    """Lists its commands without importing them.

    A command's module is named as the command unless something else is said, and has
    it as its attribute `command`.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        package: str = "",
        menu: Mapping[str, str] = MappingProxyType({}),
        modules: Mapping[str, str] = MappingProxyType({}),
        **extra: Any,  # noqa: ANN401 - click's own options, handed on
    ) -> None:
        """Make a group of commands.

        Args:
            name: of the group.
            package: where the modules of the commands are.
            menu: each command and its help in one line, in the order of use.
            modules: of commands whose module has another name.
            extra: what every group of click takes.
        """
        super().__init__(name, **extra)
        self._package = package
        self._menu = menu
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order of use."""
        return list(self._menu)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, importing its module."""
        if cmd_name not in self._menu:
            return None
        module = self._modules.get(cmd_name, cmd_name)
        command = import_module(f"{self._package}.{module}").command
        assert isinstance(command, click.Command)  # noqa: S101 - the module's contract
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._menu.items()))
