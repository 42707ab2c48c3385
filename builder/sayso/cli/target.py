"""Which folder of declarations a path is in, and what has to be read to check it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from sayso.model.owner import OwnerId, shard_of
from sayso.model.problem import Problem
from sayso.publish.reading.documents import Documents

FOLDER = "declarations"
_OWNERS = ("github", "domain")
_OTHERS = ("registry", "disputes")
_SHARD_LENGTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be checked.

    Attributes:
        root: the folder of declarations that it is in.
        path: below the root, with forward slashes; "" for all of it.
    """

    root: Path
    path: str

    def has(self, path: str) -> bool:
        """Return whether a path, relative to the root, is to be checked."""
        return self.path in {"", path} or path.startswith(f"{self.path}/")

    def shows(self, problem: Problem) -> bool:
        """Return whether a problem is in what is to be checked."""
        return problem.path == "" or self.has(problem.path)

    @property
    def shown_root(self) -> str:
        """The root for messages, with a slash: as seen from here where it is below."""
        near = os.path.relpath(self.root)
        shown = self.root.as_posix() if near.startswith("..") else Path(near).as_posix()
        return "" if shown == "." else f"{shown}/"

    @property
    def beginnings(self) -> set[str]:
        """How the paths begin that have to be read for it, without other owners."""
        first, *rest = self.path.split("/")
        if first in _OTHERS:
            return {f"{other}/" for other in _OTHERS}
        if first not in _OWNERS or len(rest) < _SHARD_LENGTH:
            return {self.path, "registry/"}
        shard, folder = rest[:2]
        # One account might have a second folder, with another login.
        name = folder.partition("-")[0] if first == "github" else f"{folder}/"
        return {f"{first}/{shard}/{name}", "registry/"}


def target_of(path: Path) -> Target:
    """Return what a path names.

    Raises:
        click.UsageError: it is not in a folder of declarations.
    """
    place = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed
    if place.is_dir() and _is_root(place):
        return Target(root=place, path="")
    for root in place.parents:
        below = place.relative_to(root)
        if _is_in(root, below.parts):
            return Target(root=root, path=below.as_posix())
    if (place / FOLDER).is_dir():
        return Target(root=place / FOLDER, path="")
    raise click.UsageError(
        f"{path} is not in a folder of declarations, which has github, domain or "
        "registry in it. Put the file into your own folder there, such as "
        "declarations/domain/fe/fernwood.example; sayso new makes one"
    )


def partners(documents: Documents, paths: Iterable[str]) -> set[str]:
    """Return how the paths begin of other owners whom the documents name."""
    named = documents.partners
    if any(path.startswith(_OTHERS) for path in paths):
        named |= {d.owner for d in documents.decisions if d.owner is not None}
        for dispute in documents.disputes:
            named |= {dispute.claimant, dispute.against}
    return {beginning_of(owner) for owner in named}


def beginning_of(owner: OwnerId) -> str:
    """Return how the paths of an owner's files begin."""
    namespace, _, name = owner.partition(":")
    end = "/" if namespace == "domain" else ""
    return f"{namespace}/{shard_of(owner)}/{name}{end}"


def _is_root(place: Path) -> bool:
    return place.name == FOLDER or any(
        (place / name).is_dir() for name in (*_OWNERS, "registry")
    )


def _is_in(root: Path, below: tuple[str, ...]) -> bool:
    """Return whether a path below a folder makes it a folder of declarations."""
    if root.name == FOLDER:
        return True
    if below[0] in _OWNERS:
        return len(below) > 1 and len(below[1]) == _SHARD_LENGTH
    return below[0] in _OTHERS and any((root / name).is_dir() for name in _OWNERS)
