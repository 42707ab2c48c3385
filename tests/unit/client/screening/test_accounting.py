"""Accounting: whose declarations decided, and where licences are asked for."""

from datetime import timedelta

import pyarrow as pa
import pytest

from sayso.client.core import Core, read_core
from sayso.client.screening import accounting
from sayso.client.screening.accounting import speakers_of
from sayso.client.screening.kernel import Kernel
from sayso.client.screening.question import Question
from sayso.client.screening.tally import Tally
from sayso.model.isrc import key_of
from sayso.model.vocabulary import Use
from sayso.wire.contents import Contents
from sayso.wire.profile import encode
from sayso.wire.registry import Registry, decode_registry
from tests.cores import core_parquet, lines
from tests.receipts import digest
from tests.registries import (
    CONTESTED,
    FERNWOOD,
    ISSUED,
    LISTED,
    MARA,
    UNDECLARED,
    registry_document,
)

DOCUMENT = registry_document()


def registry_and_core() -> tuple[Registry, Core]:
    registry = decode_registry(encode(DOCUMENT))
    rows = {
        key_of(isrc): number
        for isrc, number in zip(
            registry.recordings.isrcs, registry.recordings.policies, strict=True
        )
    }
    packed = b"".join(
        key.to_bytes(8, "little") + number.to_bytes(4, "little")
        for key, number in rows.items()
    )
    contents = Contents(
        number=1,
        core=digest(packed),
        policies=digest(lines(*DOCUMENT["policies"])),
        prefixes=digest(lines(*DOCUMENT["prefixes"])),
    )
    core = read_core(
        core_parquet(rows),
        DOCUMENT["policies"],
        DOCUMENT["prefixes"],
        contents=contents,
    )
    return registry, core


def test_owners_are_told_by_the_rows_that_they_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry, core = registry_and_core()
    question = Question(use=Use.CLONE_VOICE, now=ISSUED + timedelta(hours=1))
    kernel, tally = Kernel(core, question), Tally()
    codes = [CONTESTED] * 2 + [LISTED] * 3 + [UNDECLARED, "", f"{LISTED};bad"]
    tally.add(kernel.answer(pa.array(codes)))
    told = (registry.owners, registry.declarations)
    speakers, beyond = speakers_of(tally, kernel.verdicts, *told)
    # A row that names a fault beside a code is denied all the same.
    assert [(each.owner, each.rows) for each in speakers] == [(FERNWOOD, 6), (MARA, 2)]
    assert speakers[0].name == "Fernwood Records"
    assert speakers[0].contacts == ("https://fernwood.example/licensing",)
    assert speakers[1].contacts == ()
    assert beyond == 0
    monkeypatch.setattr(accounting, "MOST_SPEAKERS", 1)
    speakers, beyond = speakers_of(tally, kernel.verdicts, *told)
    assert (len(speakers), beyond) == (1, 1)
