"""Intake: what the operator's job saw at the host and in the DNS, and signed.

Admissions say who opened a pull request, verifications which key a domain names. Both
are believed only with the signature of an `intake` key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sayso.errors import RegistryError
from sayso.model.authority import Admission
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.signers import SUFFIX, signers_of
from sayso.publish.reading.file import SourceFile
from sayso.wire.admission import AdmissionFile, decode_admission
from sayso.wire.verification import Method, VerificationFile, decode_verification

_Value = TypeVar("_Value")

_ADMISSIONS = "registry/admissions/"
_VERIFICATIONS = "registry/verifications/"
_ENDING = ".json"
_AHEAD = 1000
"""So many admissions may be missing between others."""


class Intake:
    """What intake signed, verified as it is asked for."""

    def __init__(
        self,
        files: Mapping[str, SourceFile],
        keys: frozenset[Fingerprint],
        *,
        settled: int = 0,
    ) -> None:
        """Begin with the files of a registry.

        Args:
            files: all of them, by path.
            keys: the keys of intake, from the accepted list of operators.
            settled: the number of the last admission that is not looked at any more.
        """
        self._files = files
        self._keys = keys
        self._settled = settled
        self._signed: dict[str, bool] = {}
        self._admissions: dict[OwnerId, list[tuple[str, AdmissionFile]]] | None = None

    def admissions(self, owner: OwnerId, *, origin: str, after: int) -> list[Admission]:
        """Return the admissions of an owner's folder, ascending.

        Args:
            owner: whose files were changed.
            origin: the registry's name.
            after: the number of the last one that counts no more.
        """
        found = (
            said
            for path, said in self._by_owner().get(owner, ())
            if said.origin == origin and said.number > after and self._is_signed(path)
        )
        return [
            Admission(
                number=said.number,
                author=said.author,
                sender=said.sender,
                files=said.files,
            )
            for said in sorted(found, key=lambda said: said.number)
        ]

    @property
    def newest(self) -> int:
        """The highest number of an admission that intake signed; 0 for none."""
        found = (
            said.number
            for admissions in self._by_owner().values()
            for path, said in admissions
            if self._is_signed(path)
        )
        return max(found, default=self._settled)

    def proofs(
        self, *, policy: RegistryPolicy, now: datetime
    ) -> dict[OwnerId, dict[Fingerprint, datetime]]:
        """Return the keys that each owner's domain names, and when that was seen last.

        "A domain proof is rechecked every 30 days with 14 days' grace." A key of which
        the domain was seen to name others instead is proved no longer.
        """
        lasts = timedelta(days=policy.recheck_days + policy.grace_days)
        found: dict[OwnerId, dict[Fingerprint, VerificationFile]] = defaultdict(dict)
        newest: dict[tuple[OwnerId, str, Method], VerificationFile] = {}
        first = f"{now - lasts:%Y%m%d}"
        recent = (
            path
            for path in sorted(self._named(_VERIFICATIONS), reverse=True)
            if path.rpartition("/")[2][: len(first)] >= first
        )
        for path, said in self._read(recent, decode_verification):
            if said.key in found[said.owner] or said.origin != policy.origin:
                continue
            is_valid = said.checked <= now < said.checked + lasts
            if is_valid and _is_own(said) and self._is_signed(path):
                found[said.owner][said.key] = said
                last = newest.setdefault(_asked(said), said)
                if last.checked < said.checked:  # of one day they are in no order
                    newest[_asked(said)] = said
        named = {
            owner: {
                key: said.checked
                for key, said in keys.items()
                if key in _names(newest[_asked(said)])
            }
            for owner, keys in found.items()
        }
        return {owner: keys for owner, keys in named.items() if keys}

    def _by_owner(self) -> Mapping[OwnerId, list[tuple[str, AdmissionFile]]]:
        if self._admissions is None:
            self._admissions = defaultdict(list)
            named = self._named(_ADMISSIONS)
            # One number far ahead would be the last: nothing could follow it.
            highest = self._settled + 2 * len(named) + _AHEAD
            new = [p for p in named if self._settled < _number(p) <= highest]
            for path, said in self._read(new, decode_admission):
                if _number(path) == said.number:
                    self._admissions[said.owner].append((path, said))
        return self._admissions

    def _named(self, beginning: str) -> list[str]:
        """Return the paths of what is written below a folder, without signatures."""
        return [
            path
            for path in self._files
            if path.startswith(beginning) and path.endswith(_ENDING)
        ]

    def _read(
        self, paths: Iterable[str], decode: Callable[[bytes], _Value]
    ) -> Iterator[tuple[str, _Value]]:
        for path in paths:
            try:
                yield path, decode(self._files[path].data)
            except RegistryError:
                continue

    def _is_signed(self, path: str) -> bool:
        if path not in self._signed:
            signatures = self._files.get(path + SUFFIX)
            signers = signers_of(self._files[path], signatures)
            self._signed[path] = bool(signers & self._keys)
        return self._signed[path]


def _number(path: str) -> int:
    """Return the number in the name of an admission; 0 where there is none."""
    name = path.rpartition("/")[2].removesuffix(_ENDING)
    return int(name) if name.isascii() and name.isdigit() else 0


def _is_own(said: VerificationFile) -> bool:
    """Return whether the domain is the owner's name, where a domain is its name."""
    namespace, _, name = said.owner.partition(":")
    return namespace != "domain" or said.domain == name


def _asked(said: VerificationFile) -> tuple[OwnerId, str, Method]:
    """Return whose domain was asked, and in which way."""
    return said.owner, said.domain, said.method


def _names(said: VerificationFile) -> str:
    """Return all that a domain was seen to say, in which the keys are that it names."""
    texts = [text for answer in said.answers for text in answer.texts]
    return "\n".join([said.key, *texts, said.body or ""])
