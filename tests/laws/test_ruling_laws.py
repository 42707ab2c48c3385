"""Laws of authority, for whatever is held and whatever somebody changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sayso.model.authority import (
    MANIFEST_FILE,
    OWNER_FILE,
    SIGNATURE_FILE,
    Admission,
    Change,
    Ground,
    Held,
    Recovery,
    Ruling,
    Signed,
)
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.ruling import decide

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
OWNERS = st.sampled_from([OwnerId("github:583231"), OwnerId("domain:fernwood.example")])
PLAIN = (OWNER_FILE, "a.yaml", "b.yaml", "c.csv")
ACCOUNTS = ("github:583231", "github:7", "github:666")
KEYS = tuple(Fingerprint(f"SHA256:{name}") for name in ("old", "new", "eve"))
NOBODY = frozenset[Fingerprint]()
DIGESTS = ("m0", "m1", "m2")

accounts = st.frozensets(st.sampled_from(ACCOUNTS), max_size=2)
keys = st.frozensets(st.sampled_from(KEYS), max_size=2)
blobs = st.sampled_from(["0", "1", "2"])
names = st.frozensets(st.sampled_from(PLAIN))
tables = st.frozensets(
    st.tuples(st.sampled_from(["a.yaml", "b.yaml"]), st.just("c.csv"))
)


@st.composite
def folders(draw: st.DrawFn) -> dict[str, str]:
    """Return the files of a folder, with a manifest or without."""
    files = draw(st.dictionaries(st.sampled_from(PLAIN), blobs))
    has_manifest = draw(st.booleans())
    if has_manifest:
        files[MANIFEST_FILE] = draw(st.sampled_from(DIGESTS))
        files[SIGNATURE_FILE] = draw(blobs)
    return files


@st.composite
def helds(draw: st.DrawFn) -> Held:
    """Return what may be held of a folder: with its owner, and signed by a key."""
    files = draw(folders())
    if not files:
        return Held()
    files.setdefault(OWNER_FILE, draw(blobs))
    own = draw(keys) if MANIFEST_FILE in files else NOBODY
    if not own:
        files.pop(MANIFEST_FILE, None)
        files.pop(SIGNATURE_FILE, None)
    recovery, waits = None, draw(st.booleans())
    if own and waits:
        since = NOW - timedelta(days=draw(st.integers(0, 40)))
        recovery = Recovery(manifest=draw(st.sampled_from(DIGESTS)), since=since)
    return Held(
        home="folder",
        files=files,
        signed=draw(names) & files.keys() if own else frozenset(),
        accounts=draw(accounts),
        keys=own,
        retired=draw(keys) - own if own else NOBODY,
        epoch=draw(st.integers(0, 1)) if own else 0,
        sequence=draw(st.integers(1, 3)) if own else 0,
        manifest=files[MANIFEST_FILE] if own else None,
        admission=draw(st.integers(0, 3)),
        recovery=recovery,
    )


@st.composite
def admissions(draw: st.DrawFn, files: dict[str, str]) -> tuple[Admission, ...]:
    """Return admissions, many of them of the files as they are."""
    some = st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from([files.get(name), None, "0"])
            for name in (*PLAIN, MANIFEST_FILE)
        },
    )
    people = st.sampled_from(ACCOUNTS)
    found = draw(st.lists(st.tuples(people, people, some), max_size=3))
    return tuple(
        Admission(number=4 + place, author=author, sender=sender, files=edits)
        for place, (author, sender, edits) in enumerate(found)
    )


@st.composite
def manifests(draw: st.DrawFn, held: Held, files: dict[str, str]) -> Signed | None:
    """Return what a manifest says: always the same where it is the accepted one."""
    listed, right = draw(names), draw(names)
    digest = files[MANIFEST_FILE]
    signed = Signed(
        digest=digest,
        is_ours=draw(st.sampled_from([True, True, False])),
        signers=draw(keys),
        epoch=draw(st.integers(0, 2)),
        sequence=draw(st.integers(1, 5)),
        previous=draw(st.sampled_from([None, *DIGESTS])),
        files=listed,
        matching=right & listed & files.keys(),
    )
    if digest != held.manifest:
        return draw(st.sampled_from([signed, signed, None]))
    same = {name for name in held.signed if files.get(name) == held.files[name]}
    # Another blob may say the same: a comment is not signed.
    looks = right & held.signed & files.keys()
    return replace(
        signed,
        is_ours=True,
        epoch=held.epoch,
        sequence=held.sequence,
        files=listed | held.signed,
        matching=frozenset((signed.matching - held.signed) | same | looks),
        kept=held.signed,
    )


@st.composite
def changes(draw: st.DrawFn, held: Held) -> Change:
    """Return a change of a folder, by anybody and with anything to speak for it."""
    files = {**held.files, **draw(folders())}
    for name in draw(names):
        files.pop(name, None)
    is_new = files.get(OWNER_FILE) != held.files.get(OWNER_FILE)
    signed = None
    if MANIFEST_FILE in files:
        signed = draw(manifests(held, files))
    return Change(
        files=files,
        signed=signed,
        accounts=draw(accounts) if is_new else held.accounts,
        keys=draw(keys) if is_new else held.keys,
        is_protected=is_new and draw(st.booleans()),
        tables=draw(tables),
        admissions=draw(admissions(files)),
        may_skip=draw(st.booleans()),
        proved=draw(keys),
        decided=draw(keys),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[OwnerId, Held, Change]:
    held = draw(helds())
    return draw(OWNERS), held, draw(changes(held))


Case = tuple[OwnerId, Held, Change]


def ruling_of(case: Case) -> Ruling:
    owner, held, change = case
    return decide(owner, held, change, now=NOW)


def changed(held: Held, change: Change) -> set[str]:
    every = {*held.files, *change.files}
    return {name for name in every if held.files.get(name) != change.files.get(name)}


@given(cases())
def test_a_file_is_accepted_as_it_is_or_left_out_and_said_so(case: Case) -> None:
    _, held, change = case
    ruling = ruling_of(case)
    faulty = {fault.file for fault in ruling.faults}
    signatures = {MANIFEST_FILE, SIGNATURE_FILE}
    for name in {*held.files, *change.files}:
        blob = ruling.held.files.get(name)
        assert blob in {held.files.get(name), change.files.get(name)}
        if blob != change.files.get(name):
            assert name in faulty or (name in signatures and MANIFEST_FILE in faulty)
        elif name not in signatures:
            assert name not in faulty
    assert faulty <= changed(held, change) | {MANIFEST_FILE}


@given(cases())
def test_without_admissions_and_signatures_nothing_changes(case: Case) -> None:
    owner, held, change = case
    bare = replace(change, admissions=(), signed=None)
    ruling = decide(owner, held, bare, now=NOW)
    assert ruling.held == replace(held, recovery=None)
    left = {fault.file for fault in ruling.faults}
    assert {*changed(held, bare)} - {SIGNATURE_FILE} <= left


@given(cases())
def test_what_is_accepted_is_accepted_without_a_word_the_next_time(case: Case) -> None:
    owner, _, change = case
    first = ruling_of(case).held
    signed = change.signed
    if signed is not None:
        is_theirs = signed.digest == first.manifest
        kept = replace(signed, matching=first.signed, kept=first.signed)
        signed = kept if is_theirs else None
    accepted = replace(
        change,
        files=first.files,
        accounts=first.accounts,
        keys=first.keys,
        is_protected=False,
        admissions=tuple(a for a in change.admissions if a.number > first.admission),
        signed=signed,
    )
    again = decide(owner, first, accepted, now=NOW)
    assert again.faults == ()
    assert again.held.files == first.files
    assert again.held.signed == first.signed
    assert again.held.keys == first.keys


@given(cases())
def test_deciding_again_finds_no_new_fault(case: Case) -> None:
    owner, _, change = case
    first = ruling_of(case)
    is_new = first.held.files.get(OWNER_FILE, "") == change.files.get(OWNER_FILE)
    rest = replace(
        change,
        is_protected=change.is_protected and not is_new,
        admissions=tuple(
            a for a in change.admissions if a.number > first.held.admission
        ),
    )
    again = decide(owner, first.held, rest, now=NOW)
    assert {fault.file for fault in again.faults} <= {
        fault.file for fault in first.faults
    }


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(case: Case, random: Random) -> None:
    owner, held, change = case
    shuffled = [*change.files.items()]
    random.shuffle(shuffled)
    mine = [*held.files.items()]
    random.shuffle(mine)
    other = decide(
        owner,
        replace(held, files=dict(mine)),
        replace(change, files=dict(shuffled)),
        now=NOW,
    )
    assert other == ruling_of(case)


@given(cases())
def test_an_account_never_changes_a_signed_file_or_who_may_sign(case: Case) -> None:
    owner, held, change = case
    ruling = decide(owner, held, replace(change, signed=None), now=NOW)
    for name in held.signed:
        assert ruling.held.files[name] == held.files[name]
    assert ruling.held.signed == held.signed
    if held.keys and change.is_protected:
        assert ruling.held.keys == held.keys
        assert ruling.held.accounts == held.accounts
    if OWNER_FILE in held.signed:
        assert ruling.held.keys == held.keys


@given(cases())
def test_who_is_not_listed_changes_nothing(case: Case) -> None:
    owner, held, change = case
    strangers = frozenset({"github:666"})
    theirs = tuple(
        replace(one, author="github:666", sender="github:666")
        for one in change.admissions
    )
    known = replace(held, accounts=held.accounts - strangers)
    old = change.signed
    if old is not None and (
        old.digest != held.manifest
        or SIGNATURE_FILE in changed(held, change)
        or old.matching - held.signed
    ):
        old = None
    bare = replace(
        change,
        signed=old,
        accounts=change.accounts - strangers,
        admissions=theirs,
    )
    ruling = decide(owner, known, bare, now=NOW)
    assert ruling.held == replace(known, recovery=None)


@given(cases())
def test_no_retired_key_comes_back_but_by_a_key_that_counts(case: Case) -> None:
    _, held, change = case
    ruling = ruling_of(case)
    signed = change.signed
    if ruling.held.keys & held.retired:
        assert signed is not None
        assert signed.signers & held.keys or not held.keys
    assert not ruling.held.keys & ruling.held.retired
    assert held.keys | held.retired <= ruling.held.keys | ruling.held.retired


@given(cases())
def test_numbers_never_go_back(case: Case) -> None:
    _, held, _ = case
    now = ruling_of(case).held
    assert now.epoch >= held.epoch
    assert now.admission >= held.admission
    if now.epoch == held.epoch:
        assert now.sequence >= held.sequence


@given(cases())
def test_a_declaration_and_its_catalogue_change_together_or_not_at_all(
    case: Case,
) -> None:
    _, held, change = case
    ruling = ruling_of(case)
    both = changed(held, change)
    for pair in change.tables:
        if both >= set(pair):
            is_new = [ruling.held.files.get(n) == change.files.get(n) for n in pair]
            assert len(set(is_new)) == 1


@given(cases())
def test_nobody_declares_without_an_owner_file(case: Case) -> None:
    files = ruling_of(case).held.files
    plain = files.keys() - {MANIFEST_FILE, SIGNATURE_FILE}
    assert not plain or OWNER_FILE in plain


@given(cases())
def test_keys_that_no_old_key_signed_for_wait(case: Case) -> None:
    _, held, change = case
    ruling = ruling_of(case)
    if held.keys and ruling.held.epoch > held.epoch:
        assert held.recovery is not None
        assert change.signed is not None
        assert held.recovery.manifest == change.signed.digest
        assert NOW - held.recovery.since >= timedelta(days=30)
    if Ground.RECOVERY in {fault.ground for fault in ruling.faults}:
        assert ruling.held.recovery is not None
        assert ruling.held.keys == held.keys
