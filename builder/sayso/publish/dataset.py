"""The dataset: all that registry.json says, but its recordings.

The format is in the specification (Release format); `sayso.wire.registry` reads it.
"""

from collections.abc import Iterable, Mapping

from sayso.model.declaration import Level
from sayso.model.isrc import isrc_of
from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE, VOCABULARY, Use, Verdict, Words
from sayso.publish.cover import Cover
from sayso.publish.entries import declaration_entry, owner_entry
from sayso.publish.facts import dispute_status
from sayso.publish.findings import Findings
from sayso.publish.numbering import Numbering
from sayso.wire.columns import Interval
from sayso.wire.header import LICENCE, ReleaseHeader, encode_header
from sayso.wire.parts import Part, encode_part
from sayso.wire.profile import Json, encode_item, encode_lines
from sayso.wire.registry import FORMAT, INLINE_LIMIT
from sayso.wire.text import format_day

Lists = Mapping[str, list[bytes]]


def dataset_lists(
    findings: Findings, numbering: Numbering, prefixes: Iterable[Interval]
) -> Lists:
    """Return the lists of `registry.json` but recordings, each item encoded.

    Args:
        findings: what the release says.
        numbering: its policies.
        prefixes: ranges of codes that nobody lists.
    """
    return {
        "declarations": _declarations(findings),
        "disputes": _disputes(findings),
        "owners": _owners(findings),
        "policies": [one.item for one in numbering.policies.values()],
        "prefixes": [
            encode_item({"first": span.first, "last": span.last, "policy": span.policy})
            for span in prefixes
        ],
    }


def registry_json(
    dataset: Lists,
    counts: Mapping[str, int],
    release: ReleaseHeader,
    parts: Iterable[Part],
    lines: bytes | None,
) -> bytes:
    """Return registry.json.

    Args:
        dataset: its lists but recordings.
        counts: how many of what the release has.
        release: which release it is of.
        parts: the files that hold the recordings.
        lines: the recordings as JSON Lines; None where they are too many to stand
            here. They are left out, too, where the file would be too long.
    """
    head = registry_head(counts, release)
    lists: dict[str, Iterable[bytes]] = {
        **dataset,
        "parts": [encode_item(encode_part(part)) for part in parts],
    }
    items = [lines[:-1].replace(b"\n", b",\n")] if lines else []
    data = b"".join(encode_lines(head, {**lists, "recordings": items}))
    if items and len(data) > INLINE_LIMIT:
        return b"".join(encode_lines(head, {**lists, "recordings": []}))
    return data


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


def prefixes_of(covered: Cover, numbering: Numbering) -> tuple[Interval, ...]:
    """Return the policy of codes that nobody lists; equal neighbours merge."""
    merged: list[tuple[int, int, int]] = []
    for start, stop, place in covered.spans:
        number = int(numbering.of_set[place]) if place < len(numbering.of_set) else 0
        if not number:
            continue
        if merged and merged[-1][1:] == (start, number):
            merged[-1] = (merged[-1][0], stop, number)
        else:
            merged.append((start, stop, number))
    return tuple(
        Interval(first=isrc_of(start), last=isrc_of(stop - 1), policy=number)
        for start, stop, number in merged
    )


def _owners(findings: Findings) -> list[bytes]:
    reviewed = findings.facts.reviewed
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
