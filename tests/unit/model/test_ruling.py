"""What an owner may have changed, and what is left out because nobody proves it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict, Unpack

import pytest

from sayso.model.authority import (
    MANIFEST_FILE,
    OWNER_FILE,
    RECOVERY_WAIT,
    SIGNATURE_FILE,
    Admission,
    Change,
    Fault,
    Ground,
    Held,
    Recovery,
    Ruling,
    Signed,
)
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.ruling import decide

FERNWOOD = OwnerId("domain:fernwood.example")
MARA = OwnerId("github:583231")
WORKER, EVE = "github:900007301", "github:666"
OLD, NEW, EVES = map(Fingerprint, ("SHA256:old", "SHA256:new", "SHA256:eve"))
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
DAY = timedelta(days=1)

KEYED = Held(
    home="domain/fe/fernwood.example",
    files={OWNER_FILE: "o1", "a.yaml": "a1", MANIFEST_FILE: "m3", SIGNATURE_FILE: "s3"},
    signed=frozenset({OWNER_FILE, "a.yaml"}),
    accounts=frozenset({WORKER}),
    keys=frozenset({OLD}),
    sequence=3,
    manifest="digest 3",
    admission=7,
)
"""Fernwood's folder: all of it is signed, and one account may say no."""

FILED = Held(
    home="github/31/583231-mara",
    files={OWNER_FILE: "o1", "a.yaml": "a1"},
    accounts=frozenset({WORKER}),
    admission=2,
)
"""Mara's folder: known by accounts alone."""

Edits = Mapping[str, str | None]
SIGNING: Final = {MANIFEST_FILE: "m4", SIGNATURE_FILE: "s4"}


class Facts(TypedDict, total=False):
    """What else is said of a change: members of `Change` by their names."""

    accounts: frozenset[str]
    keys: frozenset[Fingerprint]
    is_protected: bool
    signed: Signed | None
    tables: frozenset[tuple[str, str]]
    admissions: tuple[Admission, ...]
    proved: frozenset[Fingerprint]
    decided: frozenset[Fingerprint]
    may_skip: bool


def edited(held: Held, edits: Edits) -> dict[str, str]:
    """Return the files of a folder with some replaced, added or deleted (None)."""
    files = {**held.files, **edits}
    return {name: blob for name, blob in files.items() if blob is not None}


def change(held: Held, edits: Edits, **facts: Unpack[Facts]) -> Change:
    """Return a change of a folder, which lists who it listed unless it says so."""
    known: Facts = {"accounts": held.accounts, "keys": held.keys}
    known.update(facts)
    return Change(files=edited(held, edits), **known)


def manifest(
    *listed: str,
    by: Fingerprint = OLD,
    sequence: int = 4,
    previous: str | None = "digest 3",
    epoch: int = 0,
    differing: tuple[str, ...] = (),
    is_ours: bool = True,
) -> Signed:
    """Return a manifest that lists files, all but some of them rightly."""
    return Signed(
        digest=f"digest {sequence}",
        is_ours=is_ours,
        signers=frozenset({by}),
        epoch=epoch,
        sequence=sequence,
        previous=previous,
        files=frozenset({*listed, *differing}),
        matching=frozenset(listed),
    )


def filed(number: int, edits: Edits, by: str = WORKER, sender: str = "") -> Admission:
    return Admission(number=number, author=by, sender=sender or by, files=edits)


def rule(
    owner: OwnerId,
    held: Held,
    edits: Edits,
    *,
    now: datetime = NOW,
    **facts: Unpack[Facts],
) -> Ruling:
    return decide(owner, held, change(held, edits, **facts), now=now)


def grounds(ruling: Ruling) -> dict[str, Ground]:
    found = {fault.file: fault.ground for fault in ruling.faults}
    assert len(found) == len(ruling.faults)
    return found


def test_nothing_changed_is_nothing_decided() -> None:
    unchanged = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    assert rule(FERNWOOD, KEYED, {}, signed=unchanged) == Ruling(held=KEYED)
    assert rule(MARA, FILED, {}) == Ruling(held=FILED)


def test_only_who_was_ever_accepted_is_known() -> None:
    assert not Held(home="domain/fe/fernwood.example", sequence=1).is_known
    for held in (
        Held(files={OWNER_FILE: "o1"}),
        Held(keys=frozenset({OLD})),
        Held(accounts=frozenset({WORKER})),
        Held(admission=1),
    ):
        assert held.is_known


# An account.


def test_an_account_opens_the_folder_that_has_its_number() -> None:
    new = {OWNER_FILE: "o1", "a.yaml": "a1"}
    ruling = rule(
        MARA,
        Held(),
        new,
        accounts=frozenset({WORKER}),
        admissions=(filed(1, new, MARA),),
    )
    held = Held(files=new, accounts=frozenset({WORKER}), admission=1)
    assert ruling == Ruling(held=held)


@pytest.mark.parametrize("owner", [MARA, FERNWOOD])
def test_nobody_else_opens_it(owner: OwnerId) -> None:
    new = {OWNER_FILE: "o1"}
    eve = frozenset({EVE})
    ruling = rule(owner, Held(), new, accounts=eve, admissions=(filed(1, new, EVE),))
    fault = Fault(file=OWNER_FILE, ground=Ground.UNPROVED, detail=EVE)
    assert ruling == Ruling(held=Held(), faults=(fault,))


def test_an_account_that_is_listed_changes_files_and_the_list() -> None:
    edits = {OWNER_FILE: "o2", "a.yaml": "a2", "b.yaml": "b1"}
    both = frozenset({WORKER, EVE})
    ruling = rule(MARA, FILED, edits, accounts=both, admissions=(filed(3, edits),))
    files = {OWNER_FILE: "o2", "a.yaml": "a2", "b.yaml": "b1"}
    expected = replace(FILED, files=files, accounts=both, admission=3)
    assert ruling == Ruling(held=expected)


def test_who_adds_oneself_to_the_list_is_not_listed_yet() -> None:
    edits = {OWNER_FILE: "o2", "a.yaml": "a2"}
    ruling = rule(
        MARA,
        FILED,
        edits,
        accounts=frozenset({EVE}),
        is_protected=True,
        admissions=(filed(3, edits, EVE),),
    )
    assert ruling.held == FILED
    assert ruling.faults == (
        Fault(file="a.yaml", ground=Ground.NOT_YOURS, detail=EVE),
        Fault(file=OWNER_FILE, ground=Ground.NOT_YOURS, detail=EVE),
    )


@pytest.mark.parametrize(("author", "sender"), [(WORKER, EVE), (EVE, WORKER)])
def test_everybody_who_had_a_hand_in_it_has_to_be_listed(
    author: str, sender: str
) -> None:
    admission = filed(3, {"a.yaml": "a2"}, author, sender)
    ruling = rule(MARA, FILED, {"a.yaml": "a2"}, admissions=(admission,))
    assert ruling.held == FILED
    (fault,) = ruling.faults
    assert fault == Fault(file="a.yaml", ground=Ground.NOT_YOURS, detail=EVE)


def test_what_nobody_admitted_does_not_count() -> None:
    ruling = rule(MARA, FILED, {"a.yaml": "a2"})
    fault = Fault(file="a.yaml", ground=Ground.NOT_YOURS)
    assert ruling == Ruling(held=FILED, faults=(fault,))


def test_an_admission_of_other_bytes_is_none() -> None:
    ruling = rule(
        MARA, FILED, {"a.yaml": "a2"}, admissions=(filed(3, {"a.yaml": "a9"}),)
    )
    assert ruling.held == FILED
    assert ruling.faults == (Fault(file="a.yaml", ground=Ground.NOT_YOURS),)


def test_of_several_admissions_the_newest_counts() -> None:
    older, newer = filed(3, {"a.yaml": "a2"}), filed(4, {"a.yaml": "a3"})
    both: Facts = {"admissions": (older, newer)}
    assert grounds(rule(MARA, FILED, {"a.yaml": "a2"}, **both)) == {
        "a.yaml": Ground.NOT_YOURS
    }
    ruling = rule(MARA, FILED, {"a.yaml": "a3"}, **both)
    assert (ruling.held.admission, ruling.faults) == (4, ())


def test_an_account_deletes_what_no_key_signed() -> None:
    edits = {"a.yaml": None}
    ruling = rule(MARA, FILED, edits, admissions=(filed(3, edits),))
    assert ruling == Ruling(held=replace(FILED, files={OWNER_FILE: "o1"}, admission=3))


def test_a_stranger_deletes_nothing() -> None:
    edits = {"a.yaml": None}
    ruling = rule(MARA, FILED, edits, admissions=(filed(3, edits, EVE),))
    assert ruling.held == FILED
    assert grounds(ruling) == {"a.yaml": Ground.NOT_YOURS}


def test_who_deleted_everything_stays_known() -> None:
    gone = {OWNER_FILE: None, "a.yaml": None}
    ruling = rule(MARA, FILED, gone, accounts=frozenset(), admissions=(filed(3, gone),))
    assert ruling == Ruling(held=replace(FILED, files={}, admission=3))
    back = rule(MARA, ruling.held, {OWNER_FILE: "o1"})
    assert grounds(back) == {OWNER_FILE: Ground.NOT_YOURS}


# The first keys.


def test_the_account_of_the_folder_pins_the_first_keys() -> None:
    new = {OWNER_FILE: "o1", "a.yaml": "a1"}
    ruling = rule(
        MARA,
        Held(),
        {**new, **SIGNING},
        keys=frozenset({NEW}),
        signed=manifest(*new, by=NEW, sequence=1, previous=None),
        admissions=(filed(1, {OWNER_FILE: "o1"}, MARA),),
    )
    assert ruling.faults == ()
    assert ruling.held == Held(
        files={**new, **SIGNING},
        signed=frozenset(new),
        keys=frozenset({NEW}),
        sequence=1,
        manifest="digest 1",
        admission=1,
    )


def test_a_key_that_owner_yaml_listed_already_signs_first() -> None:
    """As where only the manifest is filed later on."""
    signed = manifest(OWNER_FILE, "a.yaml", by=NEW, sequence=1, previous=None)
    ruling = rule(MARA, FILED, SIGNING, keys=frozenset({NEW}), signed=signed)
    assert ruling.faults == ()
    assert ruling.held.keys == {NEW}
    assert ruling.held.signed == {OWNER_FILE, "a.yaml"}


def test_a_domain_pins_the_first_keys() -> None:
    new = {OWNER_FILE: "o1", **SIGNING}
    facts: Facts = {
        "keys": frozenset({NEW}),
        "signed": manifest(OWNER_FILE, by=NEW, sequence=1, previous=None),
    }
    assert grounds(rule(FERNWOOD, Held(), new, **facts)) == {
        MANIFEST_FILE: Ground.UNPROVED,
        OWNER_FILE: Ground.UNPROVED,
    }
    facts["proved"] = frozenset({NEW})
    ruling = rule(FERNWOOD, Held(), new, **facts)
    assert ruling.held.keys == {NEW}
    assert ruling.faults == ()


def test_a_key_that_the_domain_names_has_to_sign_and_be_listed() -> None:
    new = {OWNER_FILE: "o1", **SIGNING}
    for listed, by in ((NEW, EVES), (EVES, NEW)):
        ruling = rule(
            FERNWOOD,
            Held(),
            new,
            keys=frozenset({listed}),
            signed=manifest(OWNER_FILE, by=by, sequence=1, previous=None),
            proved=frozenset({NEW}),
        )
        assert not ruling.held.is_known
        assert grounds(ruling)[MANIFEST_FILE] is Ground.SIGNATURE


def test_an_account_adds_a_key_and_then_only_the_key_changes_it() -> None:
    edits = {OWNER_FILE: "o2"}
    first = rule(
        MARA,
        FILED,
        edits,
        keys=frozenset({NEW}),
        is_protected=True,
        admissions=(filed(3, edits),),
    )
    assert first.held.keys == {NEW}
    assert first.faults == ()
    edits = {OWNER_FILE: "o3"}
    second = rule(
        MARA,
        first.held,
        edits,
        keys=frozenset({EVES}),
        is_protected=True,
        admissions=(filed(4, edits),),
    )
    assert second.held == first.held
    assert grounds(second) == {OWNER_FILE: Ground.PROTECTED}


def test_an_account_changes_the_rest_of_an_unsigned_owner_file() -> None:
    keyed = replace(FILED, keys=frozenset({OLD}))
    edits = {OWNER_FILE: "o2"}
    ruling = rule(MARA, keyed, edits, admissions=(filed(3, edits),))
    assert ruling.faults == ()
    assert ruling.held.files[OWNER_FILE] == "o2"


# A signed folder.


def test_a_key_changes_adds_and_deletes() -> None:
    edits = {OWNER_FILE: "o2", "a.yaml": None, "b.yaml": "b1", **SIGNING}
    ruling = rule(
        FERNWOOD,
        KEYED,
        edits,
        accounts=frozenset({EVE}),
        is_protected=True,
        signed=manifest(OWNER_FILE, "b.yaml"),
    )
    assert ruling.faults == ()
    assert ruling.held == replace(
        KEYED,
        files={OWNER_FILE: "o2", "b.yaml": "b1", **SIGNING},
        signed=frozenset({OWNER_FILE, "b.yaml"}),
        accounts=frozenset({EVE}),
        sequence=4,
        manifest="digest 4",
    )


def test_an_account_never_changes_what_a_key_signed() -> None:
    edits = {"a.yaml": "a2"}
    unchanged = manifest(
        OWNER_FILE, sequence=3, previous="digest 2", differing=("a.yaml",)
    )
    mine = (filed(8, edits),)
    for signed, ground in ((unchanged, Ground.DIFFERS), (None, Ground.SIGNED_FILE)):
        ruling = rule(FERNWOOD, KEYED, edits, signed=signed, admissions=mine)
        assert ruling.held.files == KEYED.files
        assert ruling.held.signed == KEYED.signed
        assert grounds(ruling) == {"a.yaml": ground}


@pytest.mark.parametrize("name", ["a.yaml", OWNER_FILE])
def test_an_account_never_deletes_what_a_key_signed(name: str) -> None:
    edits = {name: None}
    listed = {OWNER_FILE, "a.yaml"} - {name}
    unchanged = manifest(*listed, sequence=3, previous="digest 2", differing=(name,))
    ruling = rule(
        FERNWOOD, KEYED, edits, signed=unchanged, admissions=(filed(8, edits),)
    )
    assert ruling.held.files == KEYED.files
    assert grounds(ruling) == {name: Ground.DIFFERS}


def test_a_file_that_no_key_signed_stays_at_the_level_of_an_account() -> None:
    edits = {"b.yaml": "b1"}
    unchanged = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    ruling = rule(
        FERNWOOD, KEYED, edits, signed=unchanged, admissions=(filed(8, edits),)
    )
    assert ruling.faults == ()
    assert ruling.held.files["b.yaml"] == "b1"
    assert ruling.held.signed == KEYED.signed
    assert ruling.held.admission == 8
    again = rule(FERNWOOD, ruling.held, SIGNING, signed=manifest(OWNER_FILE, "a.yaml"))
    assert again.held.signed == KEYED.signed
    assert again.held.files["b.yaml"] == "b1"


def test_an_old_manifest_says_nothing_of_what_was_deleted_since() -> None:
    with_more = replace(KEYED, files={**KEYED.files, "b.yaml": "b1"})
    unchanged = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    ruling = rule(FERNWOOD, with_more, {"b.yaml": None}, signed=unchanged)
    assert ruling.held.files == with_more.files
    assert grounds(ruling) == {"b.yaml": Ground.NOT_YOURS}
    ruling = rule(
        FERNWOOD,
        with_more,
        {"b.yaml": None, **SIGNING},
        signed=manifest(OWNER_FILE, "a.yaml"),
    )
    assert "b.yaml" not in ruling.held.files
    assert ruling.faults == ()


def test_what_a_manifest_lists_no_more_an_account_changes_again() -> None:
    first = rule(FERNWOOD, KEYED, SIGNING, signed=manifest(OWNER_FILE))
    assert first.held.signed == {OWNER_FILE}
    edits = {"a.yaml": "a2"}
    same = manifest(OWNER_FILE)
    mine = (filed(8, edits),)
    second = rule(FERNWOOD, first.held, edits, signed=same, admissions=mine)
    assert (second.held.files["a.yaml"], second.faults) == ("a2", ())


def test_a_file_that_is_not_what_the_manifest_says_is_said_to_differ() -> None:
    edits = {"a.yaml": "a2", "b.yaml": "b2", **SIGNING}
    signed = manifest(OWNER_FILE, differing=("a.yaml", "b.yaml"))
    ruling = rule(FERNWOOD, KEYED, edits, signed=signed)
    assert ruling.held.files == {**KEYED.files, **SIGNING}
    assert ruling.held.signed == KEYED.signed
    assert grounds(ruling) == {
        "a.yaml": Ground.DIFFERS,
        "b.yaml": Ground.DIFFERS,
    }


def test_whoever_signs_has_seen_what_was_filed_until_then() -> None:
    edits = {"b.yaml": "b1"}
    filings = (filed(8, {"b.yaml": "b0"}), filed(9, {"c.yaml": "c1"}))
    ruling = rule(
        FERNWOOD,
        KEYED,
        {**edits, **SIGNING},
        signed=manifest(OWNER_FILE, "a.yaml", "b.yaml"),
        admissions=filings,
    )
    assert ruling.held.admission == 9


@pytest.mark.parametrize(
    ("signed", "ground", "detail"),
    [
        (manifest(sequence=3, previous="digest 3"), Ground.SEQUENCE, "3 3"),
        (manifest(sequence=1, previous=None), Ground.SEQUENCE, "1 3"),
        (manifest(previous="digest 2"), Ground.PREVIOUS, ""),
        (manifest(previous=None), Ground.PREVIOUS, ""),
        (manifest(is_ours=False), Ground.TRANSPLANT, ""),
        (manifest(by=EVES), Ground.SIGNATURE, ""),
        (manifest(epoch=1), Ground.SIGNATURE, ""),
    ],
    ids=["again", "replay", "fork", "begun-anew", "transplant", "stranger", "epoch"],
)
def test_a_manifest_that_does_not_go_on_changes_nothing(
    signed: Signed, ground: Ground, detail: str
) -> None:
    signed = replace(signed, files=frozenset(), matching=frozenset())
    ruling = rule(
        FERNWOOD,
        KEYED,
        {"a.yaml": None, OWNER_FILE: "o2", **SIGNING},
        keys=frozenset({NEW}),
        is_protected=True,
        signed=signed,
    )
    assert ruling.held == KEYED
    assert ruling.faults[0] == Fault(file=MANIFEST_FILE, ground=ground, detail=detail)
    assert grounds(ruling) == {
        MANIFEST_FILE: ground,
        "a.yaml": Ground.SIGNED_FILE,
        OWNER_FILE: Ground.SIGNED_FILE,
    }


def test_of_several_manifests_since_the_last_one_is_seen_and_none_goes_back() -> None:
    fifth = manifest(OWNER_FILE, "a.yaml", sequence=5, previous="digest 4")
    alone = rule(FERNWOOD, KEYED, SIGNING, signed=fifth)
    assert grounds(alone)[MANIFEST_FILE] is Ground.PREVIOUS
    ruling = rule(FERNWOOD, KEYED, SIGNING, signed=fifth, may_skip=True)
    assert (ruling.held.sequence, ruling.faults) == (5, ())
    back = {MANIFEST_FILE: "m", SIGNATURE_FILE: "s"}
    fourth = manifest(OWNER_FILE, "a.yaml")
    assert grounds(rule(FERNWOOD, ruling.held, back, signed=fourth)) == {
        MANIFEST_FILE: Ground.SEQUENCE
    }


def test_another_signature_under_the_same_manifest_changes_nothing() -> None:
    same = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    ruling = rule(FERNWOOD, KEYED, {SIGNATURE_FILE: "s9"}, signed=same)
    assert ruling.held == KEYED
    assert grounds(ruling) == {MANIFEST_FILE: Ground.SEQUENCE}


@pytest.mark.parametrize(
    ("edits", "ground"),
    [
        ({MANIFEST_FILE: None, SIGNATURE_FILE: None}, Ground.DELETED),
        ({MANIFEST_FILE: None}, Ground.DELETED),
        ({MANIFEST_FILE: "{}"}, Ground.SIGNATURE),
    ],
    ids=["both", "manifest", "unreadable"],
)
def test_a_manifest_is_neither_deleted_nor_broken(edits: Edits, ground: Ground) -> None:
    ruling = rule(FERNWOOD, KEYED, edits, admissions=(filed(8, edits),))
    assert ruling == Ruling(
        held=KEYED, faults=(Fault(file=MANIFEST_FILE, ground=ground),)
    )


# Other keys.


def rotated() -> Held:
    return rule(
        FERNWOOD,
        KEYED,
        {OWNER_FILE: "o2", **SIGNING},
        keys=frozenset({NEW}),
        is_protected=True,
        signed=manifest(OWNER_FILE, "a.yaml"),
    ).held


def test_an_old_key_brings_a_new_one() -> None:
    held = rotated()
    assert held.keys == {NEW}
    assert held.retired == {OLD}
    assert held.epoch == 0


@pytest.mark.parametrize("epoch", [0, 1])
@pytest.mark.parametrize("listed", [OLD, NEW])
def test_a_key_that_was_retired_signs_no_more_and_never_comes_back(
    epoch: int, listed: Fingerprint
) -> None:
    held = rotated()
    signed = manifest(OWNER_FILE, sequence=5, previous="digest 4", epoch=epoch)
    ruling = rule(
        FERNWOOD,
        held,
        {OWNER_FILE: "o3", MANIFEST_FILE: "m5", SIGNATURE_FILE: "s5"},
        keys=frozenset({listed}),
        is_protected=True,
        signed=signed,
        proved=frozenset({OLD, NEW}),
        decided=frozenset({OLD}),
    )
    assert ruling.held == held
    assert grounds(ruling) == {
        MANIFEST_FILE: Ground.SIGNATURE,
        OWNER_FILE: Ground.SIGNED_FILE,
    }


LOST: Final = {OWNER_FILE: "o2", **SIGNING}
RECOVERING = manifest(OWNER_FILE, "a.yaml", by=NEW, epoch=1)


def recover(
    held: Held, now: datetime, owner: OwnerId = FERNWOOD, **facts: Unpack[Facts]
) -> Ruling:
    """Decide on new keys that no old one signed for."""
    known: Facts = {
        "keys": frozenset({NEW}),
        "is_protected": True,
        "signed": RECOVERING,
    }
    known.update(facts)
    return rule(owner, held, LOST, now=now, **known)


BOTH, ONLY_NEW = frozenset({OLD, NEW}), frozenset({NEW})


def test_new_keys_wait_in_public() -> None:
    ruling = recover(KEYED, NOW, decided=ONLY_NEW)
    waiting = Recovery(manifest="digest 4", since=NOW)
    assert ruling.held == replace(KEYED, recovery=waiting)
    assert ruling.faults == (
        Fault(file=MANIFEST_FILE, ground=Ground.RECOVERY, detail="2026-12-22"),
        Fault(file=OWNER_FILE, ground=Ground.RECOVERY),
    )
    still = recover(ruling.held, NOW + RECOVERY_WAIT - DAY, decided=ONLY_NEW)
    assert still == ruling
    done = recover(still.held, NOW + RECOVERY_WAIT, decided=ONLY_NEW)
    assert done.faults == ()
    assert done.held == replace(
        KEYED,
        files=edited(KEYED, LOST),
        keys=ONLY_NEW,
        retired=frozenset({OLD}),
        epoch=1,
        sequence=4,
        manifest="digest 4",
    )


def test_a_stranger_does_not_write_comments_into_what_was_signed() -> None:
    listed = (OWNER_FILE, "a.yaml")
    same = manifest(*listed, sequence=3, previous="digest 2")
    same = replace(same, kept=frozenset(listed))
    looks = {"a.yaml": "a1 with a comment"}
    ruling = rule(FERNWOOD, KEYED, looks, signed=same)
    assert (ruling.held, grounds(ruling)) == (KEYED, {"a.yaml": Ground.NOT_YOURS})
    by_worker = rule(FERNWOOD, KEYED, looks, signed=same, admissions=(filed(8, looks),))
    assert (by_worker.held.files["a.yaml"], by_worker.faults) == (looks["a.yaml"], ())
    assert by_worker.held.signed == KEYED.signed


def test_what_was_tampered_with_counts_once_it_is_back_as_it_was_filed() -> None:
    same = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    no = filed(8, {"no.yaml": "n1"})
    tampered = rule(FERNWOOD, KEYED, {"no.yaml": "n2"}, signed=same, admissions=(no,))
    assert grounds(tampered) == {"no.yaml": Ground.NOT_YOURS}
    back = rule(
        FERNWOOD, tampered.held, {"no.yaml": "n1"}, signed=same, admissions=(no,)
    )
    assert (back.held.files["no.yaml"], back.held.admission) == ("n1", 8)
    assert back.faults == ()


def test_who_took_every_key_out_begins_where_they_ended() -> None:
    keyless = replace(KEYED, keys=frozenset(), retired=frozenset({OLD}))
    named = frozenset({OLD, NEW})
    old = manifest(OWNER_FILE, "a.yaml", sequence=1, previous=None)
    back = rule(FERNWOOD, keyless, SIGNING, signed=old, keys=named, proved=named)
    assert grounds(back)[MANIFEST_FILE] is Ground.SIGNATURE
    replayed = replace(old, signers=frozenset({NEW}))
    back = rule(FERNWOOD, keyless, SIGNING, signed=replayed, keys=named, proved=named)
    assert grounds(back)[MANIFEST_FILE] is Ground.SEQUENCE
    new = manifest(OWNER_FILE, "a.yaml", by=NEW)
    again = rule(FERNWOOD, keyless, SIGNING, signed=new, keys=named, proved=named)
    assert (again.held.sequence, again.faults) == (4, ())


def test_an_old_key_ends_the_waiting() -> None:
    waiting = recover(KEYED, NOW, decided=ONLY_NEW).held
    veto = rule(
        FERNWOOD,
        waiting,
        SIGNING,
        now=NOW + 29 * DAY,
        signed=replace(manifest(OWNER_FILE, "a.yaml"), digest="veto"),
    )
    assert (veto.held.recovery, veto.faults) == (None, ())
    again = recover(veto.held, NOW + RECOVERY_WAIT, decided=ONLY_NEW)
    assert again.held.recovery == Recovery(
        manifest="digest 4", since=NOW + RECOVERY_WAIT
    )
    assert again.held.keys == {OLD}


def test_what_is_taken_back_waits_no_more() -> None:
    waiting = recover(KEYED, NOW, decided=ONLY_NEW).held
    unchanged = manifest(OWNER_FILE, "a.yaml", sequence=3, previous="digest 2")
    assert rule(FERNWOOD, waiting, {}, signed=unchanged) == Ruling(held=KEYED)


def test_other_new_keys_wait_anew() -> None:
    waiting = recover(KEYED, NOW, decided=ONLY_NEW).held
    other = replace(RECOVERING, digest="other")
    later = NOW + RECOVERY_WAIT
    ruling = recover(waiting, later, decided=ONLY_NEW, signed=other)
    assert ruling.held.recovery == Recovery(manifest="other", since=later)
    assert ruling.held.keys == {OLD}


def test_new_keys_of_a_domain_that_names_neither_do_not_wait() -> None:
    ruling = recover(KEYED, NOW, proved=frozenset({OLD}))
    assert ruling.held == KEYED
    assert grounds(ruling)[MANIFEST_FILE] is Ground.UNPROVED


def test_a_domain_begins_no_recovery_since_it_may_be_somebody_else_s() -> None:
    for proved in (BOTH, ONLY_NEW):
        ruling = recover(KEYED, NOW, proved=proved)
        assert ruling.held == KEYED
        assert grounds(ruling)[MANIFEST_FILE] is Ground.UNPROVED


def test_new_keys_that_operators_decide_for_no_more_do_not_count() -> None:
    waiting = recover(KEYED, NOW, decided=ONLY_NEW).held
    ruling = recover(waiting, NOW + RECOVERY_WAIT)
    assert ruling.held == KEYED
    assert grounds(ruling)[MANIFEST_FILE] is Ground.UNPROVED


def test_a_file_that_the_waiting_keys_do_not_list_is_as_any_other() -> None:
    more = {**LOST, "b.yaml": "b1"}
    ruling = rule(
        FERNWOOD,
        KEYED,
        more,
        signed=RECOVERING,
        keys=ONLY_NEW,
        is_protected=True,
        decided=ONLY_NEW,
    )
    assert grounds(ruling) == {
        MANIFEST_FILE: Ground.RECOVERY,
        OWNER_FILE: Ground.RECOVERY,
        "b.yaml": Ground.NOT_YOURS,
    }


def test_of_a_domain_that_lapsed_operators_decide() -> None:
    assert (
        grounds(recover(KEYED, NOW, proved=ONLY_NEW))[MANIFEST_FILE] is Ground.UNPROVED
    )
    waiting = recover(KEYED, NOW, decided=ONLY_NEW)
    assert grounds(waiting)[MANIFEST_FILE] is Ground.RECOVERY
    done = recover(waiting.held, NOW + RECOVERY_WAIT, decided=ONLY_NEW)
    assert (done.held.keys, done.faults) == (ONLY_NEW, ())


MARAS = replace(KEYED, home="github/31/583231-mara")


def test_the_account_of_a_folder_brings_new_keys() -> None:
    mine = (filed(8, LOST, MARA),)
    waiting = recover(MARAS, NOW, MARA, admissions=mine)
    assert grounds(waiting)[MANIFEST_FILE] is Ground.RECOVERY
    done = recover(waiting.held, NOW + RECOVERY_WAIT, MARA, admissions=mine)
    assert (done.held.keys, done.faults) == (ONLY_NEW, ())


def test_who_waits_for_new_keys_says_no_meanwhile() -> None:
    keys, said = filed(8, LOST, MARA), filed(9, {"b.yaml": "b1"}, MARA)
    waiting = recover(MARAS, NOW, MARA, admissions=(keys,)).held
    edits = {**LOST, "b.yaml": "b1"}
    between = rule(
        MARA,
        waiting,
        edits,
        now=NOW + DAY,
        keys=ONLY_NEW,
        is_protected=True,
        signed=RECOVERING,
        admissions=(keys, said),
    )
    assert between.held.files["b.yaml"] == "b1"
    assert between.held.recovery == waiting.recovery
    # Whoever calls leaves out what is not newer than the last that something used.
    left = tuple(a for a in (keys, said) if a.number > between.held.admission)
    done = recover(between.held, NOW + RECOVERY_WAIT, MARA, admissions=left)
    assert done.faults == ()
    assert done.held.keys == ONLY_NEW
    assert done.held.admission == 9


@pytest.mark.parametrize(
    "admission",
    [
        filed(8, LOST),
        filed(8, LOST, MARA, WORKER),
        filed(8, {**LOST, OWNER_FILE: "o9"}, MARA),
        filed(8, SIGNING, MARA),
    ],
    ids=["worker", "both", "other-bytes", "without-owner-file"],
)
def test_no_other_account_brings_new_keys(admission: Admission) -> None:
    ruling = recover(MARAS, NOW, MARA, admissions=(admission,))
    assert ruling.held == MARAS
    assert grounds(ruling)[MANIFEST_FILE] is Ground.UNPROVED


@pytest.mark.parametrize(
    "signed",
    [
        replace(RECOVERING, epoch=0),
        replace(RECOVERING, epoch=2),
        replace(RECOVERING, signers=frozenset({EVES})),
    ],
    ids=["no-epoch", "two-epochs", "unlisted"],
)
def test_new_keys_open_the_next_epoch_and_sign_for_themselves(signed: Signed) -> None:
    ruling = recover(KEYED, NOW, signed=signed, proved=BOTH, decided=ONLY_NEW)
    assert ruling.held == KEYED
    assert grounds(ruling)[MANIFEST_FILE] is Ground.SIGNATURE


# What belongs together.


PAIR = frozenset({("a.yaml", "c.csv")})
TABLED = replace(FILED, files={**FILED.files, "c.csv": "c1"})


def test_a_declaration_waits_for_its_catalogue_and_the_other_way_round() -> None:
    for mine, other in (("a.yaml", "c.csv"), ("c.csv", "a.yaml")):
        edits = {mine: "new", other: "new"}
        admissions = (filed(3, {mine: "new"}), filed(4, {other: "new"}, EVE))
        ruling = rule(MARA, TABLED, edits, tables=PAIR, admissions=admissions)
        assert ruling.held.files == TABLED.files
        assert ruling.faults == (
            Fault(file=other, ground=Ground.NOT_YOURS, detail=EVE),
            Fault(file=mine, ground=Ground.INCOMPLETE, detail=other),
        )


def test_what_was_left_out_for_another_file_counts_once_that_is_mended() -> None:
    edits = {"a.yaml": "a2", "c.csv": "bad"}
    mine = filed(3, {"a.yaml": "a2"})
    first = rule(MARA, TABLED, edits, tables=PAIR, admissions=(mine,))
    assert first.held == TABLED
    mended = (mine, filed(4, {"c.csv": "c2"}))
    second = rule(
        MARA,
        first.held,
        {**edits, "c.csv": "c2"},
        tables=PAIR,
        admissions=mended,
    )
    assert second.faults == ()
    assert second.held.admission == 4


def test_one_that_is_left_out_takes_all_along_that_need_it() -> None:
    pairs = frozenset({("a.yaml", "c.csv"), ("b.yaml", "c.csv")})
    files = {"a.yaml": "a2", "c.csv": "c2"}
    ruling = rule(
        MARA,
        TABLED,
        {**files, "b.yaml": "b1"},
        tables=pairs,
        admissions=(filed(3, files),),
    )
    assert ruling.held == TABLED
    assert grounds(ruling) == {
        "b.yaml": Ground.NOT_YOURS,
        "c.csv": Ground.INCOMPLETE,
        "a.yaml": Ground.INCOMPLETE,
    }


def test_what_did_not_change_is_not_left_out_with_its_catalogue() -> None:
    ruling = rule(MARA, TABLED, {"c.csv": "c2"}, tables=PAIR)
    assert ruling.held == TABLED
    assert grounds(ruling) == {"c.csv": Ground.NOT_YOURS}


def test_a_new_catalogue_goes_with_the_declaration_that_is_left_out() -> None:
    edits = {"d.csv": "d1", "a.yaml": "a2"}
    admissions = (filed(3, {"d.csv": "d1"}), filed(4, {"a.yaml": "a2"}, EVE))
    ruling = rule(
        MARA,
        FILED,
        edits,
        tables=frozenset({("a.yaml", "d.csv")}),
        admissions=admissions,
    )
    assert ruling.held == FILED
    assert grounds(ruling) == {
        "a.yaml": Ground.NOT_YOURS,
        "d.csv": Ground.INCOMPLETE,
    }


def test_signed_files_that_are_left_out_for_others_stay_signed() -> None:
    tabled = replace(
        KEYED,
        files={**KEYED.files, "c.csv": "c1"},
        signed=KEYED.signed | {"c.csv"},
    )
    ruling = rule(
        FERNWOOD,
        tabled,
        {"a.yaml": "a2", "c.csv": "c2", **SIGNING},
        tables=PAIR,
        signed=manifest(OWNER_FILE, "a.yaml", differing=("c.csv",)),
    )
    assert ruling.held.files == {**tabled.files, **SIGNING}
    assert ruling.held.signed == tabled.signed
    assert grounds(ruling) == {
        "c.csv": Ground.DIFFERS,
        "a.yaml": Ground.INCOMPLETE,
    }


def test_no_owner_file_is_deleted_while_something_is_declared() -> None:
    edits = {OWNER_FILE: None}
    ruling = rule(
        MARA, FILED, edits, accounts=frozenset(), admissions=(filed(3, edits),)
    )
    assert ruling.held == FILED
    assert ruling.faults == (Fault(file=OWNER_FILE, ground=Ground.INCOMPLETE),)


def test_without_an_owner_file_nothing_begins() -> None:
    new = {"a.yaml": "a1"}
    mine = filed(1, new, MARA)
    ruling = rule(MARA, Held(), new, admissions=(mine,))
    fault = Fault(file="a.yaml", ground=Ground.INCOMPLETE, detail=OWNER_FILE)
    assert ruling == Ruling(held=Held(), faults=(fault,))
    both = (mine, filed(2, {OWNER_FILE: "o1"}, MARA))
    later = rule(MARA, ruling.held, {**new, OWNER_FILE: "o1"}, admissions=both)
    assert later.faults == ()
    assert later.held.files == {"a.yaml": "a1", OWNER_FILE: "o1"}
