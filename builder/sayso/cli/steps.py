"""Progress: what long work is doing, shown on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

Steps: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of what."""


@contextmanager
def shown_steps() -> Iterator[Steps]:
    """Give a function that is told each step, how much of it is done, and of what."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("Starting", total=None)

        def show(step: str, done: int, total: int) -> None:
            known = total if total > 1 else None
            progress.update(task, description=step, completed=done, total=known)

        yield show
