"""Intake: what the operator's job saw at the host and in the DNS, and signed.

Admissions say who opened a pull request, verifications which key a domain names. Both
are believed only with the signature of an `intake` key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sayso.errors import RegistryError
from sayso.model.authority import Admission
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.problem import Problem
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.signers import SUFFIX, signers_of
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Kind, place_of
from sayso.wire.admission import AdmissionFile, decode_admission
from sayso.wire.verification import VerificationFile, decode_verification

_Value = TypeVar("_Value")


class Intake:
    """What intake signed, verified as it is asked for."""

    def __init__(
        self, files: Mapping[str, SourceFile], keys: frozenset[Fingerprint]
    ) -> None:
        """Begin with the files of a registry.

        Args:
            files: all of them, by path.
            keys: the keys of intake, from the accepted list of operators.
        """
        self._files = files
        self._keys = keys
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

    def proofs(
        self, *, policy: RegistryPolicy, now: datetime
    ) -> dict[OwnerId, dict[Fingerprint, datetime]]:
        """Return the keys that each owner's domain names, and when that was seen last.

        "A domain proof is rechecked every 30 days with 14 days' grace."
        """
        lasts = timedelta(days=policy.recheck_days + policy.grace_days)
        found: dict[OwnerId, dict[Fingerprint, datetime]] = defaultdict(dict)
        for path, said in self._read(Kind.VERIFICATION, decode_verification):
            if said.key in found[said.owner] or said.origin != policy.origin:
                continue
            is_valid = said.checked <= now < said.checked + lasts
            if is_valid and _is_own(said) and self._is_signed(path):
                found[said.owner][said.key] = said.checked
        return {owner: keys for owner, keys in found.items() if keys}

    def _by_owner(self) -> Mapping[OwnerId, list[tuple[str, AdmissionFile]]]:
        if self._admissions is None:
            self._admissions = defaultdict(list)
            for path, said in self._read(Kind.ADMISSION, decode_admission):
                if path.rpartition("/")[2] == f"{said.number}.json":
                    self._admissions[said.owner].append((path, said))
        return self._admissions

    def _read(
        self, kind: Kind, decode: Callable[[bytes], _Value]
    ) -> Iterable[tuple[str, _Value]]:
        for path, file in sorted(self._files.items(), reverse=True):
            place = place_of(path)
            if isinstance(place, Problem) or place.kind is not kind:
                continue
            try:
                yield path, decode(file.data)
            except RegistryError:
                continue

    def _is_signed(self, path: str) -> bool:
        signers = signers_of(self._files[path], self._files.get(path + SUFFIX))
        return bool(signers & self._keys)


def _is_own(said: VerificationFile) -> bool:
    """Return whether the domain is the owner's name, where a domain is its name."""
    namespace, _, name = said.owner.partition(":")
    return namespace != "domain" or said.domain == name
