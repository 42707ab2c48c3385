"""The dataset: `registry.json`, the whole registry as one self-explaining file.

The format is in the specification (Release format); `sayso.wire.registry` reads it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sayso.model.declaration import Level
from sayso.model.isrc import isrc_of
from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE, VOCABULARY, Use, Verdict, Words
from sayso.publish.cover import Cover, Finding, Found, dispute_status
from sayso.publish.entries import (
    declaration_entry,
    owner_entry,
    policy_entry,
)
from sayso.publish.findings import Findings
from sayso.publish.recordings import recording_columns, recording_lines
from sayso.wire.header import LICENCE, ReleaseHeader, encode_header
from sayso.wire.profile import Json, encode_item
from sayso.wire.registry import FORMAT
from sayso.wire.text import format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The lists of `registry.json`, each item encoded.

    Attributes:
        recordings: one line of JSON for each recording, in ISRC order.
        numbers: the number of each policy by the SHA-256 of its content.
    """

    lists: Mapping[str, Iterable[bytes]]
    counts: Mapping[str, int]
    numbers: Mapping[str, int]
    next_policy: int


def make_dataset(
    findings: Findings, numbers: Mapping[str, int], next_policy: int
) -> Dataset:
    """Return the lists of `registry.json`.

    Args:
        findings: what the release says.
        numbers: policy numbers of the previous release by content, carried over.
        next_policy: the number that the next new policy takes.
    """
    contents = [p if p is None else policy_entry(p) for p in findings.policies]
    used: dict[str, int] = {}
    entries: dict[int, Json] = {}
    by_set: list[int | None] = []
    for content in contents:
        if content is None:
            by_set.append(None)
            continue
        digest = hashlib.sha256(encode_item(content)).hexdigest()
        if digest not in used:
            used[digest] = numbers.get(digest, next_policy)
            next_policy = max(next_policy, used[digest] + 1)
            entries[used[digest]] = {**content, "number": used[digest]}
        by_set.append(used[digest])
    recordings = recording_columns(findings.accepted, findings.covered, by_set)
    lists = {
        "declarations": _declarations(findings),
        "disputes": _disputes(findings),
        "owners": _owners(findings),
        "policies": [encode_item(entries[number]) for number in sorted(entries)],
        "prefixes": _prefixes(findings.covered, by_set),
        "recordings": recording_lines(recordings),
    }
    disputed = {
        used_by
        for policy, used_by in zip(findings.policies, by_set, strict=True)
        if policy and policy.is_disputed
    }
    counts = {name: len(lines) for name, lines in lists.items()}
    conflicts = recordings["policy"].is_in(list(disputed)).sum()
    return Dataset(
        lists=lists,
        counts={**counts, "disputed": int(conflicts)},
        numbers=used,
        next_policy=next_policy,
    )


def registry_head(counts: Mapping[str, int], release: ReleaseHeader) -> dict[str, Json]:
    """Return the fields of `registry.json` that are not lists of the dataset."""
    return {
        "counts": dict(counts),
        "format": FORMAT,
        "licence": LICENCE,
        "notice": NOTICE,
        "release": encode_header(release),
        "vocabulary": {
            "id": VOCABULARY,
            "reasons": {str(reason): text for reason, text in REASONS.items()},
            "uses": [
                {
                    "boundary": Words.BOUNDARIES[use],
                    "use": str(use),
                    "words": Words.USES[use],
                }
                for use in Use
            ],
            "verdicts": {str(v): Words.MEANINGS[v] for v in Verdict},
        },
    }


def _prefixes(covered: Cover, by_set: Sequence[int | None]) -> list[bytes]:
    merged: list[tuple[int, int, int]] = []
    for start, stop, place in covered.spans:
        number = by_set[place]
        if number is None:
            continue
        if merged and merged[-1][1:] == (start, number):
            merged[-1] = (merged[-1][0], stop, number)
        else:
            merged.append((start, stop, number))
    return [
        encode_item(
            {"first": isrc_of(start), "last": isrc_of(stop - 1), "policy": number}
        )
        for start, stop, number in merged
    ]


def _owners(findings: Findings) -> list[bytes]:
    reviewed = {
        fact.owner
        for fact in findings.covered.facts
        if isinstance(fact, Found) and fact.finding is Finding.REVIEWED
    }
    return [
        encode_item(
            owner_entry(
                owner,
                level=findings.levels.get(owner.id, Level.NONE),
                reviewed=owner.id in reviewed,
            )
        )
        for _, owner in sorted(findings.owners.items())
    ]


def _declarations(findings: Findings) -> list[bytes]:
    """Return the declarations, but none for an owner that has no folder."""
    latest = {
        version.declaration.id: version
        for version in sorted(
            findings.accepted.versions,
            key=lambda v: (v.number in findings.accepted.current, v.number),
        )
    }
    return [
        encode_item(declaration_entry(version, findings.published[name]))
        for name, version in sorted(latest.items())
        if version.declaration.owner in findings.owners
    ]


def _disputes(findings: Findings) -> list[bytes]:
    return [
        encode_item(
            {
                "against": dispute.declaration or dispute.against,
                "claim": dispute.claim,
                "claimant": dispute.claimant,
                "filed": format_day(dispute.filed),
                "id": dispute.id,
                "recordings": sorted(map(str, dispute.isrcs)),
                "status": str(dispute_status(dispute, findings.decisions)),
            }
        )
        for dispute in sorted(findings.disputes, key=lambda dispute: dispute.id)
    ]
