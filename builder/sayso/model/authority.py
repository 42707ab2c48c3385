"""Authority: which part of a change to an owner's folder that owner may have made.

"Ownership facts are read from the *accepted* side, never from the change under review"
(Authority). Here are the facts of both sides; `sayso.model.ruling` decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sayso.model.owner import Fingerprint, OwnerId

OWNER_FILE: Final = "owner.yaml"
MANIFEST_FILE: Final = "manifest.json"
SIGNATURE_FILE: Final = "manifest.json.sig"

RECOVERY_WAIT: Final = timedelta(days=30)
"""How long new keys wait in public where no old key signs for them."""


@unique
class Ground(StrEnum):
    """Why a part of a change does not count."""

    NOT_YOURS = "not-yours"
    UNPROVED = "unproved"
    DELETED = "deleted"
    SIGNATURE = "signature"
    SEQUENCE = "sequence"
    PREVIOUS = "previous"
    DIFFERS = "differs"
    PROTECTED = "protected"
    SIGNED_FILE = "signed-file"
    TRANSPLANT = "transplant"
    RECOVERY = "recovery"
    INCOMPLETE = "incomplete"
    SECOND_FOLDER = "second-folder"
    RECORD = "record"
    CLAIMANT = "claimant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One file of which the change does not count, and why.

    Attributes:
        file: its name in the owner's folder.
        detail: what is to be told beside the ground, such as who tried.
    """

    file: str
    ground: Ground
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """New keys that no old key signed for, waiting in public.

    Attributes:
        manifest: the SHA-256 of the manifest that the new key signed.
        since: when a release first showed it.
    """

    manifest: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was accepted of an owner's folder, and who may change it.

    Attributes:
        home: the folder, from `declarations/`; "" where there never was one.
        files: the blob of each file by its name.
        signed: the files that a key of the owner signed.
        accounts: the accounts that `owner.yaml` lists.
        keys: the keys that it lists.
        retired: the keys that it listed once, and does no more: none comes back.
        epoch: how often the keys were recovered.
        sequence: the number of the accepted manifest; 0 for none.
        manifest: its SHA-256; None for none.
        admission: the number of the last admission that something was accepted by.
        recovery: new keys that wait.
    """

    home: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    keys: frozenset[Fingerprint] = frozenset()
    retired: frozenset[Fingerprint] = frozenset()
    epoch: int = 0
    sequence: int = 0
    manifest: str | None = None
    admission: int = 0
    recovery: Recovery | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything of this owner was ever accepted."""
        return bool(self.files or self.keys or self.accounts or self.admission)

    def filers(self, owner: OwnerId) -> frozenset[str]:
        """Return the accounts that may file here; a namespace's own always may."""
        own = {str(owner)} if owner.startswith("github:") else set()
        return self.accounts | own


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The host's word on who opened a pull request, and what it changed.

    "Git does not record who opened a pull request and commit authors are forgeable."

    Attributes:
        number: its place among all admissions.
        author: the account that opened the pull request.
        sender: the account that pushed to it last.
        files: the blob of each changed file by its name; None where it was deleted.
    """

    number: int
    author: str
    sender: str
    files: Mapping[str, str | None]

    @property
    def accounts(self) -> frozenset[str]:
        """Everybody who had a hand in it."""
        return frozenset({self.author, self.sender})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The manifest of a changed folder.

    Attributes:
        digest: the SHA-256 of its bytes.
        is_ours: whether it names this registry and this owner.
        signers: the keys whose signatures over it are right.
        files: the files that it lists.
        matching: those of them that have the digest that it says.
        kept: those of them of which the accepted version has it, too.
    """

    digest: str
    is_ours: bool
    signers: frozenset[Fingerprint]
    epoch: int
    sequence: int
    previous: str | None
    files: frozenset[str]
    matching: frozenset[str]
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An owner's folder as it would be, and what speaks for it.

    Attributes:
        files: the blob of each file by its name.
        signed: its manifest, where it has one that can be read.
        accounts: the accounts that its `owner.yaml` lists.
        keys: the keys that it lists.
        is_protected: whether its `owner.yaml` changes keys, accounts, contact or
            delegation.
        tables: the catalogue that each declaration of either side names, by names.
        admissions: those of this owner that nothing was accepted by, ascending.
        may_skip: whether several manifests may have come since the accepted one, of
            which only the last is seen.
        proved: the keys that the owner's domain names, and did not stop naming.
        decided: the keys that operators found to be the owner's own.
    """

    files: Mapping[str, str]
    signed: Signed | None = None
    accounts: frozenset[str] = frozenset()
    keys: frozenset[Fingerprint] = frozenset()
    is_protected: bool = False
    tables: frozenset[tuple[str, str]] = frozenset()
    admissions: tuple[Admission, ...] = ()
    may_skip: bool = False
    proved: frozenset[Fingerprint] = frozenset()
    decided: frozenset[Fingerprint] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is accepted from now on, and what is left out of it."""

    held: Held
    faults: tuple[Fault, ...] = ()
