"""Which files there are, and what each is: known from its path alone.

"A file belongs to exactly one owner; its path is its id. Anything that matches no
pattern is an error" (Declarations, *Files*).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import lru_cache
from typing import Protocol, TypeVar

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId, is_owner_id, shard_of
from sayso.model.problem import Problem, Rule
from sayso.model.rules import place as place_rules
from sayso.model.visible import printable
from sayso.publish.reading.sheet import quote

YAML_LIMIT = 256 * 1024
CSV_LIMIT = 100 * 1024 * 1024
OWNER_FILE = "owner.yaml"


class _Located(Protocol):
    @property
    def path(self) -> str: ...


FileT = TypeVar("FileT", bound=_Located)


@unique
class Kind(StrEnum):
    """What a file is."""

    README = "readme"
    OWNER = "owner"
    DECLARATION = "declaration"
    CATALOGUE = "catalogue"
    MANIFEST = "manifest"
    DISPUTE = "dispute"
    POLICY = "policy"
    OPERATORS = "operators"
    MANAGERS = "isrc-managers"
    VERIFICATION = "verification"
    DECISION = "decision"
    ADMISSION = "admission"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a path says about a file.

    Attributes:
        name: the file's name.
        owner: whose it is; None for files of the registry itself.
        folder: the owner's folder, or "".
    """

    kind: Kind
    name: str
    owner: OwnerId | None = None
    folder: str = ""

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return self.name.rpartition(".")[0]

    @property
    def author(self) -> OwnerId:
        """The owner in whose folder the file is.

        Raises:
            ValueError: the file is the registry's own.
        """
        if self.owner is None:
            raise ValueError(f"{self.name} is in no owner's folder")
        return self.owner

    @property
    def declaration(self) -> DeclarationId:
        """The id of the declaration in this file."""
        return DeclarationId(f"{self.author}/{self.stem}")

    @property
    def limit(self) -> int:
        """The size in bytes up to which the file is read."""
        return CSV_LIMIT if self.kind is Kind.CATALOGUE else YAML_LIMIT


_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.(?P<suffix>yaml|csv)")
_PART = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_ACCOUNT_FOLDER = re.compile(r"(0|[1-9][0-9]{0,18})(?:-[a-z0-9](?:[a-z0-9-]{0,62}))?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_LITTER = re.compile(
    r"\.DS_Store|\._.*|\.AppleDouble|\.Spotlight-V100|\.Trashes|__MACOSX|Thumbs\.db"
    r"|ehthumbs\.db|desktop\.ini|Icon\r|.*~|\.~lock\..*|~\$.*|\.#.*|.*\.(?:sw[op]|tmp|bak)",
    re.IGNORECASE,
)
_FIXED = {
    "README.md": Kind.README,
    "registry/policy.yaml": Kind.POLICY,
    "registry/operators.yaml": Kind.OPERATORS,
    "registry/isrc-managers.csv": Kind.MANAGERS,
    "registry/manifest.json": Kind.MANIFEST,
    "registry/manifest.json.sig": Kind.SIGNATURE,
}
_DATED = {
    "disputes": (Kind.DISPUTE, "yaml"),
    "registry/verifications": (Kind.VERIFICATION, "json"),
    "registry/decisions": (Kind.DECISION, "yaml"),
}
_IN_FOLDER = {
    OWNER_FILE: Kind.OWNER,
    "manifest.json": Kind.MANIFEST,
    "manifest.json.sig": Kind.SIGNATURE,
}
_RECORD = re.compile(
    r"[a-z0-9][a-z0-9-]{0,127}\.(?P<suffix>yaml|json)(?P<signature>\.sig)?"
)
_YEAR = re.compile(r"[0-9]{4}")
_ADMISSION = re.compile(r"[1-9][0-9]{0,9}\.json(?:\.sig)?")
_OWNER_DEPTH = 4


def place_of(path: str) -> Place | Problem:
    """Return what the file at a path is, or why no file may be there.

    Args:
        path: relative to `declarations/`, with forward slashes.
    """
    # A hundred thousand files have few names, and are asked for several times.
    home, _, name = path.rpartition("/")
    owner, plain = _owner_at(home), _plain_kind(name)
    if owner is not None and plain is not None:
        return Place(kind=plain, name=name, owner=owner, folder=home)
    return _place_of(path)


@lru_cache(maxsize=2**17)
def _owner_at(home: str) -> OwnerId | None:
    """Return whose folder this is; None where it is no owner's."""
    place = _place_of(f"{home}/{OWNER_FILE}")
    return place.owner if isinstance(place, Place) else None


@lru_cache(maxsize=1024)
def _plain_kind(name: str) -> Kind | None:
    """Return what a file of this name is in an owner's folder; None for no such."""
    return None if _litter(name, [name]) or _bad_name(name, [name]) else _kind_of(name)


def _place_of(path: str) -> Place | Problem:
    if (kind := _FIXED.get(path)) is not None:
        return Place(kind=kind, name=path.rpartition("/")[2])
    parts = path.split("/")
    return (
        _litter(path, parts)
        or _bad_name(path, parts)
        or _registry_place(parts)
        or _owner_place(path, parts)
        or _nowhere(path, parts)
    )


def place_in_folder(owner: OwnerId, name: str) -> Place | None:
    """Return what the file of this name is in an owner's folder; None for no such."""
    kind = _kind_of(name)
    return None if kind is None else Place(kind=kind, name=name, owner=owner)


def owner_folders(files: Iterable[FileT]) -> dict[OwnerId, dict[str, FileT]]:
    """Return the files of each owner by their names, owners and names in order."""
    folders: dict[OwnerId, dict[str, FileT]] = {}
    for file in sorted(files, key=lambda file: file.path):
        place = place_of(file.path)
        if isinstance(place, Place) and place.owner is not None:
            folders.setdefault(place.owner, {})[place.name] = file
    return dict(sorted(folders.items()))


def is_reserved(name: str) -> bool:
    """Return whether Windows keeps a name, whatever ending it has, for a device."""
    return _RESERVED.fullmatch(name) is not None


def misplaced(path: str, rule: Rule, message: str, fix: str = "") -> Problem:
    """Return a problem with a file as a whole, its path made printable."""
    return Problem(
        rule=rule,
        path=printable(path),
        message=message,
        fix=printable(fix) or rule.fix,
    )


def _litter(path: str, parts: list[str]) -> Problem | None:
    name = next((part for part in parts if _LITTER.fullmatch(part)), None)
    if name is None:
        return None
    message = f"{quote(name)} was made by the computer, not by you."
    return misplaced(path, place_rules.LITTER, message)


def _bad_name(path: str, parts: list[str]) -> Problem | None:
    """Refuse names that not every computer stores alike."""
    for part in parts:
        if is_reserved(part):
            message = f"{quote(part)} is a name that Windows keeps for itself."
            return misplaced(path, place_rules.RESERVED_NAME, message)
        if not _PART.fullmatch(part) and not part.startswith("."):
            better = re.sub(r"[^a-z0-9.]+", "-", part.lower()).strip("-.")
            message = f"{quote(part)} has other characters than a-z, 0-9 and hyphens."
            if _PART.fullmatch(part.lower()):
                message = f"{quote(part)} has capital letters."
            fix = f'Rename it to "{better}".' if _PART.fullmatch(better) else ""
            return misplaced(path, place_rules.NAME_CHARACTERS, message, fix)
    return None


def _registry_place(parts: list[str]) -> Place | None:
    """Recognise the dated files of the registry, and admissions."""
    *folders, name = parts
    if folders == ["registry", "admissions"] and _ADMISSION.fullmatch(name):
        is_signature = name.endswith(".sig")
        kind = Kind.SIGNATURE if is_signature else Kind.ADMISSION
        return Place(kind=kind, name=name)
    *top, year = folders or [""]
    expected, found = _DATED.get("/".join(top)), _RECORD.fullmatch(name)
    if expected is None or found is None or not _YEAR.fullmatch(year):
        return None
    kind, suffix = expected
    if found["suffix"] != suffix:
        return None
    return Place(kind=Kind.SIGNATURE if found["signature"] else kind, name=name)


def _owner_place(path: str, parts: list[str]) -> Place | Problem | None:
    """Recognise a file in an owner's folder."""
    if len(parts) != _OWNER_DEPTH or parts[0] not in {"github", "domain"}:
        return None
    namespace, shard, folder, name = parts
    owner = _owner_of(namespace, folder)
    if owner is None:
        expected = (
            "the number of the account, such as 583231-mara"
            if namespace == "github"
            else "a domain, such as fernwood.example"
        )
        message = f"{quote(folder)} names no owner: expected is {expected}."
        return misplaced(path, place_rules.FOLDER_NAME, message)
    right = shard_of(owner)
    if shard != right:
        message = f"The folder of {owner} is under {quote(right)}, not {quote(shard)}."
        fix = f"Move the folder to {namespace}/{right}/{folder}/."
        return misplaced(path, place_rules.WRONG_SHARD, message, fix)
    kind = _kind_of(name)
    home = f"{namespace}/{shard}/{folder}"
    if kind is None:
        return None
    return Place(kind=kind, name=name, owner=owner, folder=home)


def _owner_of(namespace: str, folder: str) -> OwnerId | None:
    if namespace == "github":
        found = _ACCOUNT_FOLDER.fullmatch(folder)
        return OwnerId(f"github:{found[1]}") if found else None
    owner = f"domain:{folder}"
    return OwnerId(owner) if is_owner_id(owner) else None


def _kind_of(name: str) -> Kind | None:
    if (kind := _IN_FOLDER.get(name)) is not None:
        return kind
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Kind.DECLARATION if found["suffix"] == "yaml" else Kind.CATALOGUE


def _nowhere(path: str, parts: list[str]) -> Problem:
    """Say why a path matches no pattern, and where the file may belong."""
    name = parts[-1]
    stem, _, suffix = name.rpartition(".")
    message, fix = "No file is expected at this path.", ""
    if suffix == "yml":
        message = "Names end in .yaml here, not in .yml."
        fix = f"Rename it to {stem}.yaml."
    elif suffix == "txt" and _NAME.fullmatch(stem):
        message, fix = "An editor put .txt behind the name.", f"Rename it to {stem}."
    elif suffix in {"xlsx", "xls", "ods", "numbers"}:
        message = "A spreadsheet cannot be read here."
        fix = "Save the table as “CSV UTF-8” and add that file."
    elif parts[0] in {"github", "domain"} and len(parts) < _OWNER_DEPTH:
        message = "The file is not in an owner's folder."
    elif parts[0] in {"github", "domain"} and len(parts) > _OWNER_DEPTH:
        message = "An owner's folder has no folders inside."
        fix = f"Move the file up into {'/'.join(parts[: _OWNER_DEPTH - 1])}/."
    return misplaced(path, place_rules.NO_PATTERN, message, fix)
