"""Attesting for a registry: what it holds, and one attempt for each domain."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sayso.cli.claimant import keys_in
from sayso.cli.clock import now
from sayso.cli.domains import Means
from sayso.cli.placing import PlaceError, place_files
from sayso.errors import PublishError, RegistryError
from sayso.model.owner import Fingerprint, OwnerId
from sayso.publish.authority.office import (
    OPERATORS_FILE,
    POLICY_FILE,
    office_of,
    policy_of,
)
from sayso.publish.authority.signers import SUFFIX, signers_of
from sayso.publish.proving.attesting import attested, outcome_of_all
from sayso.publish.proving.domain import fault_of_domain
from sayso.publish.proving.due import Claim, due, own_domain
from sayso.publish.proving.look import Outcome, told
from sayso.publish.reading.file import SourceFile, opened, source_file
from sayso.publish.reading.layout import (
    OWNER_FILE,
    YAML_LIMIT,
    Kind,
    Place,
    place_of,
)
from sayso.publish.reading.sources import read_tree
from sayso.trust.ssh_key import PrivateSshKey
from sayso.trust.sshsig import sign
from sayso.wire.verification import (
    VerificationFile,
    decode_verification,
    encode_verification,
    verification_path,
)

_AT_ONCE: Final = 8
_VERIFICATIONS: Final = "registry/verifications/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What a registry holds, as far as domains are concerned.

    Attributes:
        folder: where its declarations are.
        origin: its name.
        recheck: how long a proof is fresh.
        lasts: how long it counts.
        intake: the keys whose word counts.
        verifications: the newest of each claim and key that intake signed for it.
        keys: those of each owner, where owners were read.
    """

    folder: Path
    origin: str
    recheck: timedelta
    lasts: timedelta
    intake: frozenset[Fingerprint]
    verifications: tuple[VerificationFile, ...]
    keys: Mapping[OwnerId, Sequence[Fingerprint]]

    def due(self, moment: datetime) -> list[Claim]:
        """Return the domains to look at again."""
        return due(self.keys, self.verifications, recheck=self.recheck, now=moment)

    def proved(self, moment: datetime) -> set[Claim]:
        """Return the domains of which a proof counts."""
        return {
            Claim(owner=one.owner, domain=one.domain)
            for one in self.verifications
            if one.checked <= moment < one.checked + self.lasts
        }

    def domains_of(self, owner: OwnerId) -> list[str]:
        """Return the domains that were proved for an account before."""
        if own_domain(owner) is not None:
            return []
        return sorted({one.domain for one in self.verifications if one.owner == owner})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of looking at one domain.

    Attributes:
        keys: the owner's keys that it names.
        files: what was written, without the signatures.
        faults: why something was not, in sentences.
    """

    claim: Claim
    outcome: Outcome
    keys: tuple[Fingerprint, ...] = ()
    files: tuple[Path, ...] = ()
    faults: tuple[str, ...] = ()


def read_registry(folder: Path, *, owners: bool) -> Registry:
    """Return what a registry holds.

    Args:
        folder: its declarations.
        owners: whether to read the keys of every owner.

    Raises:
        PublishError: it does not say what it is called, or whose word counts.
    """
    under = {POLICY_FILE, OPERATORS_FILE, _VERIFICATIONS}
    files = {file.path: file for file in read_tree(folder, under=under).files}
    if POLICY_FILE not in files or OPERATORS_FILE not in files:
        raise PublishError(
            f"{folder} is no registry: it has no {POLICY_FILE} or no {OPERATORS_FILE}"
        )
    policy = policy_of(files[POLICY_FILE])
    intake = office_of(files[OPERATORS_FILE]).intake
    return Registry(
        folder=folder,
        origin=policy.origin,
        recheck=timedelta(days=policy.recheck_days),
        lasts=timedelta(days=policy.recheck_days + policy.grace_days),
        intake=intake,
        verifications=tuple(_verifications(files, policy.origin, intake)),
        keys=dict(_keys(folder)) if owners else {},
    )


def attempts(
    claims: Mapping[Claim, Sequence[Fingerprint]],
    registry: Registry,
    key: PrivateSshKey,
    how: Means,
) -> Iterator[Attempt]:
    """Yield what comes of each domain, several asked at once, in their order."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(
            lambda one: _attempt(one[0], one[1], registry, key, how), claims.items()
        )


def _attempt(
    claim: Claim,
    keys: Sequence[Fingerprint],
    registry: Registry,
    key: PrivateSshKey,
    how: Means,
) -> Attempt:
    fault = fault_of_domain(claim.domain, is_chosen=how.is_chosen)
    if fault is not None:
        return Attempt(claim=claim, outcome=Outcome.ABSENT, faults=(fault,))
    checked = now()
    looks = [how.in_dns(claim.domain)]
    if outcome_of_all(looks, registry.origin, keys) is not Outcome.NAMED:
        looks.append(how.at_server(claim.domain))
    found = attested(claim, keys, looks, registry=registry.origin, checked=checked)
    if found:
        return _written(claim, found, registry.folder, key)
    return Attempt(
        claim=claim,
        outcome=outcome_of_all(looks, registry.origin, keys),
        faults=tuple(
            f"{seen.place}: {said}"
            for look in looks
            for seen in look.seen
            for said in told(seen, registry.origin, keys)
        ),
    )


def _written(
    claim: Claim, found: Sequence[VerificationFile], folder: Path, key: PrivateSshKey
) -> Attempt:
    files: list[Path] = []
    faults: list[str] = []
    for said in found:
        data = encode_verification(said)
        place = folder / verification_path(said)
        signature = place.with_name(place.name + SUFFIX)
        try:
            place_files({place: data, signature: sign(key, data)})
        except PlaceError as error:
            faults.append(str(error))
        else:
            files.append(place)
    return Attempt(
        claim=claim,
        outcome=Outcome.ABSENT if faults else Outcome.NAMED,
        keys=tuple(said.key for said in found),
        files=tuple(files),
        faults=tuple(faults),
    )


def _verifications(
    files: Mapping[str, SourceFile], origin: str, intake: frozenset[Fingerprint]
) -> Iterator[VerificationFile]:
    """Yield what intake signed for a registry, the newest of each claim and key."""
    known: set[tuple[OwnerId, str, Fingerprint]] = set()
    # Their names begin with the day.
    for path, file in sorted(files.items(), reverse=True):
        place = place_of(path)
        if not isinstance(place, Place) or place.kind is not Kind.VERIFICATION:
            continue
        try:
            said = decode_verification(file.data)
        except RegistryError:
            continue
        what = (said.owner, said.domain, said.key)
        if said.origin != origin or what in known:
            continue
        if signers_of(file, files.get(path + SUFFIX)) & intake:
            known.add(what)
            yield said


def _keys(folder: Path) -> Iterator[tuple[OwnerId, Sequence[Fingerprint]]]:
    """Yield the keys of each owner; of a registry, nothing else is read for it."""
    for found in sorted(folder.glob(f"*/*/*/{OWNER_FILE}")):
        path = found.relative_to(folder).as_posix()
        place = place_of(path)
        if not isinstance(place, Place) or place.kind is not Kind.OWNER:
            continue
        file = _owner_file(path, found)
        keys = None if file is None else keys_in({path: file}, place.author, path)
        if keys:
            yield place.author, keys


def _owner_file(path: str, place: Path) -> SourceFile | None:
    """Return a file as it is; None where it is a link, or no owner.yaml by its size."""
    try:
        descriptor = opened(str(place))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        data = stream.read(YAML_LIMIT + 1)
    return None if len(data) > YAML_LIMIT else source_file(path, data)
