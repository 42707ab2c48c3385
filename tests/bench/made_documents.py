"""What a release that is made says of itself: policies, and registry.json."""

import hashlib

from sayso.model.isrc import isrc_of
from sayso.publish.numbering import Numbering, number_policies
from sayso.wire.columns import Interval
from sayso.wire.policies import read_policy
from sayso.wire.profile import decode_item
from sayso.wire.release_file import encode_file
from tests.receipts import listed
from tests.registries import (
    CATALOGUE,
    FERNWOOD,
    MARA,
    SONGS,
    Document,
    cell,
    cells,
    policy,
    registry_document,
    side,
)

End = tuple[int, int, int]
"""The first and the last key of a part, and how many recordings it has."""


def numbering_of(count: int) -> Numbering:
    """Return policies that differ: all verdicts, disputes, claimed and reviewed."""
    verdicts = ("deny", "ask", "deny", "allow")
    resolved = {}
    for place in range(count):
        said = verdicts[place % 4]
        ownership = "reviewed" if said == "allow" or place % 3 == 0 else "claimed"
        by = f"{FERNWOOD}/catalogue-{place:03d}"
        one = cell(said, "named", by, ownership=ownership)
        if place % 8 == 0:
            sides = (side(FERNWOOD, "deny", by), side(MARA, "allow", SONGS))
            one = cell("deny", "strictest-owner", by, disputed=True, sides=sides)
        rest = cell("deny", "any-ai", by, ownership=ownership)
        uses = cells(rest, train_generative=one)
        resolved[place] = read_policy(policy(place + 1, ("anywhere", uses)))[1]
    return number_policies(resolved, {}, 1)


def document_of(
    numbering: Numbering,
    spans: tuple[Interval, ...],
    ends: list[End],
) -> Document:
    """Return registry.json without its release; its parts are not there."""
    document = registry_document()
    catalogue, _, songs = document["declarations"]
    assert catalogue["id"] == CATALOGUE
    policies = [
        decode_item(one.item, limit=2**20) for one in numbering.policies.values()
    ]
    catalogues = [
        {**catalogue, "id": f"{FERNWOOD}/catalogue-{place:03d}"}
        for place in range(len(policies))
    ]
    prefixes = [
        {"first": span.first, "last": span.last, "policy": span.policy}
        for span in spans
    ]
    document |= {
        "declarations": [*catalogues, songs],
        "disputes": [],
        "parts": [_part(*end) for end in ends],
        "policies": policies,
        "prefixes": prefixes,
        "recordings": [],
    }
    document["counts"] = {
        **{
            name: len(document[name]) for name in document["counts"] if name in document
        },
        "loosened": 0,
        "loosened_ranges": 0,
        "recordings": sum(size for *_, size in ends),
    }
    return document


def _part(first: int, last: int, recordings: int) -> Document:
    stem = f"bulk/{hashlib.sha256(f'{first}'.encode()).hexdigest()}.registry"
    files = {
        kind: encode_file(listed(f"{stem}.{kind}{packed}", b"absent"))
        for kind, packed in (("jsonl", ".zst"), ("parquet", ""))
    }
    ends = {"first": isrc_of(first), "last": isrc_of(last)}
    return {**ends, "recordings": recordings, **files}
