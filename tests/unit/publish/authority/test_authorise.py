"""Which files of a commit a release is made from: those that their owners made so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import PublishError
from sayso.model.authority import Ground
from sayso.model.owner import OwnerId
from sayso.publish.authority.authorise import authorise
from sayso.publish.authority.authorised import Authorised
from sayso.publish.authority.before import Before
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.office import MANIFEST, MANIFEST_SIGNATURE
from sayso.publish.authority.told import WORDS, told
from sayso.publish.reading.sources import blob_id, source_file
from sayso.wire.folder_manifest import decode_manifest, encode_manifest
from sayso.wire.text import Digest
from tests.declared import (
    FERNWOOD,
    HARROW,
    MARA,
    POLICY,
    START,
    Published,
    declaration,
    owner,
    publish,
    recordings,
    tree_of,
)
from tests.vouched import ADA, BEN, INTAKE, signed

ONE, TWO = "XXF012600001", "XXF012600002"
DENY = declaration("{any-ai: deny}", recordings(ONE, TWO))
LOOSER = declaration("{search: deny}", recordings(ONE))
TEXTS = {
    f"{FERNWOOD}/catalogue.yaml": declaration(
        "{any-ai: deny}", "catalogue: {file: catalogue.csv, rows: 1}"
    ),
    f"{FERNWOOD}/catalogue.csv": f"isrc,title,artist\n{ONE},First,A\n",
    f"{HARROW}/live.yaml": DENY,
    f"{MARA}/songs.yaml": DENY,
}
NOW = START + timedelta(days=1)
DECISION = "registry/decisions/2026/fernwood.yaml"


@pytest.fixture(scope="module")
def accepted() -> Published:
    return publish(TEXTS)


def files_of(published: Published) -> dict[str, bytes]:
    return {file.path: file.data for file in published.tree.files}


def before(
    published: Published,
    more: Mapping[str, bytes] | None = None,
    result: Authorised | None = None,
) -> Before:
    """Return what a release accepted, or what came of one after it."""
    state = published.state
    if result is not None:
        state = replace(state, left_out=result.left_out)
    blobs = {**published.sources, **{blob_id(d): d for d in (more or {}).values()}}
    return Before(state=state, blobs=lambda ids: {one: blobs[one] for one in ids})


def run(
    published: Published, files: Mapping[str, bytes], days: int = 1
) -> tuple[dict[str, bytes], Authorised]:
    """Authorise files after a release; return those that count, by path."""
    now = START + timedelta(days=days)
    tree, result = authorise(tree_of(files), before(published), now=now)
    return {file.path: file.data for file in tree.files}, result


def grounds(result: Authorised) -> dict[str, Ground]:
    return {one.path: one.ground for one in result.left_out}


def owned(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {p: d for p, d in files.items() if not p.startswith("registry/")}


def test_what_is_accepted_is_accepted_again(accepted: Published) -> None:
    files, result = run(accepted, files_of(accepted))

    assert files == files_of(accepted)
    assert result.left_out == ()
    assert {*result.held} >= {"domain:fernwood.example", "github:583231", "registry"}
    assert {*result.proved} == {"domain:fernwood.example", "domain:harrow.example"}


def test_an_unsigned_change_without_an_admission_is_left_out(
    accepted: Published,
) -> None:
    path = f"{MARA}/songs.yaml"
    changed = {**files_of(accepted), path: LOOSER.encode()}

    tree, result = authorise(tree_of(changed), before(accepted), now=NOW)

    assert {file.path: file.data for file in tree.files} == files_of(accepted)
    (left,) = result.left_out
    assert (left.path, left.ground, left.since) == (path, Ground.NOT_YOURS, NOW)
    assert left.blob == blob_id(LOOSER.encode())
    assert path in tree.refused
    assert [*told(result.left_out)] == [f"left out: {path}: {WORDS[Ground.NOT_YOURS]}"]


def test_what_is_left_out_stays_so_since_the_first_time(accepted: Published) -> None:
    changed = {**files_of(accepted), f"{MARA}/songs.yaml": LOOSER.encode()}
    first, result = run(accepted, changed)

    later = NOW + timedelta(days=3)
    known = before(accepted, changed, result)
    tree, again = authorise(tree_of(changed), known, now=later)

    assert again == replace(result, records=again.records)
    assert {file.path: file.data for file in tree.files} == first


def test_the_order_of_files_is_nothing(accepted: Published) -> None:
    changed = {**files_of(accepted), f"{MARA}/songs.yaml": LOOSER.encode()}
    del changed[f"{HARROW}/live.yaml"]
    tree = tree_of(changed)
    turned = replace(tree, files=tuple(reversed(tree.files)))

    one, other = (authorise(t, before(accepted), now=NOW) for t in (tree, turned))

    assert one == other


def test_a_catalogue_stays_with_its_declaration(accepted: Published) -> None:
    rows = f"isrc,title,artist\n{TWO},Second,A\n".encode()

    files, result = run(
        accepted, {**files_of(accepted), f"{FERNWOOD}/catalogue.csv": rows}
    )

    assert files == files_of(accepted)
    assert grounds(result)[f"{FERNWOOD}/catalogue.csv"] is Ground.DIFFERS


def test_a_second_folder_is_left_out(accepted: Published) -> None:
    path = "github/31/583231-other/owner.yaml"
    more = {path: owner("Other", role="artist").encode()}

    files, result = run(accepted, {**files_of(accepted), **more})

    assert files == files_of(accepted)
    assert grounds(result) == {path: Ground.SECOND_FOLDER}
    assert result.left_out[0].detail == MARA


def test_a_new_folder_without_a_proof_is_left_out(accepted: Published) -> None:
    home = "domain/sa/saltmarsh.example"
    more = {
        f"{home}/owner.yaml": owner("Saltmarsh").encode(),
        f"{home}/songs.yaml": DENY.encode(),
    }

    files, result = run(accepted, {**files_of(accepted), **more})

    assert files == files_of(accepted)
    assert set(grounds(result).values()) == {Ground.UNPROVED}
    assert OwnerId("domain:saltmarsh.example") not in result.held


def test_settings_need_two_operators(accepted: Published) -> None:
    policy = POLICY.replace("waiting_days: 7", "waiting_days: 1").encode()

    files, result = run(
        accepted, {**files_of(accepted), "registry/policy.yaml": policy}
    )

    assert files == files_of(accepted)
    assert grounds(result) == {"registry/policy.yaml": Ground.SEQUENCE}


def test_settings_that_two_operators_signed_count_at_once(accepted: Published) -> None:
    known = files_of(accepted)
    policy = POLICY.replace("waiting_days: 7", "waiting_days: 1").encode()
    manifest = decode_manifest(known[MANIFEST])
    digest = content_digest(source_file("registry/policy.yaml", policy))
    assert digest is not None
    after = encode_manifest(
        replace(
            manifest,
            sequence=manifest.sequence + 1,
            previous=Digest(sha256(known[MANIFEST]).hexdigest()),
            files={**manifest.files, "policy.yaml": digest},
        )
    )
    more = {
        "registry/policy.yaml": policy,
        MANIFEST: after,
        MANIFEST_SIGNATURE: signed(after, ADA, BEN),
    }

    files, result = run(accepted, {**known, **more})

    assert files == {**known, **more}
    assert result.left_out == ()
    assert result.records["registry/policy.yaml"].blob == blob_id(policy)
    assert result.held[OwnerId("registry")].sequence == manifest.sequence + 1


def test_of_two_new_folders_the_one_that_somebody_admitted_is_the_owners_own() -> None:
    second = f"{MARA}-two"
    files = {
        **files_of(publish(TEXTS)),
        f"{second}/owner.yaml": owner("Mara", role="artist").encode(),
    }
    genesis = Before(state=None, blobs=lambda _: {})

    tree, result = authorise(tree_of(files), genesis, now=NOW)

    assert result.held[OwnerId("github:583231")].home == MARA
    assert grounds(result) == {f"{second}/owner.yaml": Ground.SECOND_FOLDER}
    assert f"{second}/owner.yaml" in tree.refused


def test_settings_that_are_gone_are_brought_back(accepted: Published) -> None:
    less = files_of(accepted)
    del less["registry/operators.yaml"]

    files, result = run(accepted, less)

    assert files == files_of(accepted)
    assert [one.blob for one in result.left_out] == [None]


@pytest.mark.parametrize("data", [None, b"# other\n"], ids=["deleted", "changed"])
def test_a_record_stays_as_it_was_accepted(
    accepted: Published, data: bytes | None
) -> None:
    changed = files_of(accepted)
    del changed[DECISION]
    if data is not None:
        changed[DECISION] = files_of(accepted)[DECISION] + data

    files, result = run(accepted, changed)

    assert files[DECISION] == files_of(accepted)[DECISION]
    assert grounds(result) == {DECISION: Ground.RECORD}
    assert result.records[DECISION] == accepted.state.records[DECISION]


@pytest.mark.parametrize(
    ("signers", "counts"),
    [((), False), ((ADA,), False), ((ADA, ADA), False), ((ADA, BEN), True)],
    ids=["nobody", "one", "one twice", "two"],
)
def test_a_new_decision_needs_two_operators(
    accepted: Published, signers: tuple[str, ...], *, counts: bool
) -> None:
    path = "registry/decisions/2026/mara.yaml"
    text = files_of(accepted)[DECISION].replace(
        b"domain:fernwood.example", b"domain:harrow.example"
    )
    more = {path: text, f"{path}.sig": signed(text, *signers) or b"x"}

    files, result = run(accepted, {**files_of(accepted), **more})

    assert (path in files) is counts
    assert (path in result.records) is counts
    assert grounds(result) == ({} if counts else {path: Ground.SIGNATURE})
    if counts:
        assert result.records[path].since == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("signer", "counts"),
    [("github:583231", False), ("domain:harrow.example", True), (INTAKE, False)],
)
def test_a_dispute_is_its_claimants(
    accepted: Published, signer: str, *, counts: bool
) -> None:
    path = "disputes/2026/20261122-slow-river.yaml"
    text = (
        "schema: sayso/dispute/1\nclaimant: domain:harrow.example\n"
        f"against: domain:fernwood.example\nrecordings: [{ONE}]\n"
        'claim: "Ours."\nrequested: "Withdraw."\nfiled: 2026-11-22\n'
    ).encode()
    more = {path: text, f"{path}.sig": signed(text, signer)}

    files, result = run(accepted, {**files_of(accepted), **more})

    assert (path in files) is counts
    assert grounds(result) == ({} if counts else {path: Ground.CLAIMANT})


def test_a_domain_that_nobody_asked_again_proves_nothing(accepted: Published) -> None:
    _, within = run(accepted, files_of(accepted), days=41)
    _, after = run(accepted, files_of(accepted), days=43)

    assert {*within.proved} == {"domain:fernwood.example", "domain:harrow.example"}
    assert after.proved == {}


def test_a_real_registry_has_not_the_keys_of_examples(accepted: Published) -> None:
    policy = POLICY.replace("sayso.example", "sayso.org").encode()
    files = {**files_of(accepted), "registry/policy.yaml": policy}
    genesis = Before(state=None, blobs=lambda _: {})

    with pytest.raises(PublishError, match="lists keys of the examples"):
        authorise(tree_of(files), genesis, now=NOW)


def test_an_accepted_file_that_git_lost_is_told(accepted: Published) -> None:
    def lost(blobs: list[str]) -> dict[str, bytes]:
        raise PublishError(f"Git does not have {blobs[0]}")

    changed = {**files_of(accepted), f"{MARA}/songs.yaml": LOOSER.encode()}
    known = Before(state=accepted.state, blobs=lost)

    with pytest.raises(PublishError, match="Git does not have"):
        authorise(tree_of(changed), known, now=NOW)


def test_every_ground_has_words() -> None:
    assert {*WORDS} == {*Ground}


ACCEPTED = publish(TEXTS)
PATHS = sorted(owned(files_of(ACCEPTED)))
HOMES = sorted({path.rpartition("/")[0] for path in PATHS})


@st.composite
def without_authority(draw: st.DrawFn) -> dict[str, bytes]:
    """Return the files of the registry, of which some are others, gone or new."""
    files = files_of(ACCEPTED)
    for path in draw(st.lists(st.sampled_from(PATHS), unique=True)):
        match draw(st.sampled_from(["gone", "longer", "empty"])):
            case "gone":
                del files[path]
            case "longer":
                files[path] += b"more: 1\n"
            case _:
                files[path] = b""
    for home in draw(st.lists(st.sampled_from(HOMES), unique=True)):
        files[f"{home}/new.yaml"] = LOOSER.encode()
    if draw(st.booleans()):
        files = {p: d for p, d in files.items() if "/admissions/" not in p}
    return files


@given(without_authority())
def test_whatever_is_merged_without_authority_changes_nothing(
    changed: dict[str, bytes],
) -> None:
    files, result = run(ACCEPTED, changed)

    assert owned(files) == owned(files_of(ACCEPTED))
    assert {owner: one.files for owner, one in result.held.items()} == {
        owner: one.files for owner, one in before(ACCEPTED).held().items()
    }
    differs = {p for p in {*changed, *PATHS} if changed.get(p) != files.get(p)}
    # A manifest and its signature are told as one.
    assert {path.removesuffix(".sig") for path in differs} <= {*grounds(result)}
    known = before(ACCEPTED, changed, result)
    _, again = authorise(tree_of(changed), known, now=NOW + timedelta(days=2))
    assert again.left_out == result.left_out
