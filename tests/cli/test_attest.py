"""`sayso attest`: what domains say is signed, and nothing else."""

import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import domains, main
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.publish.proving.well_known import Manner
from sayso.trust.sshsig import verify
from sayso.wire.proof_record import ProofRecord, format_document, format_record
from sayso.wire.registry import decode_registry
from sayso.wire.verification import (
    Method,
    VerificationFile,
    decode_verification,
    verification_path,
)
from tests.declared import FACTS, FERNWOOD, HARROW, MARA, declaration, recordings
from tests.nameserver import (
    ABSENT,
    THIS_MACHINE,
    Nameserver,
    Reply,
    Zone,
    addresses,
    resolving,
    texts,
)
from tests.tlsserver import page, secure_site, whole
from tests.vouched import INTAKE, ORIGIN, Proof, Voucher, key_of

ONE = "XXF012600001"
ASK = declaration(
    "{any-ai: ask}", recordings(ONE), "offer: {contact: https://fernwood.example/l}"
)
OWNERS = {
    "domain:fernwood.example": f"declarations/{FERNWOOD}",
    "domain:harrow.example": f"declarations/{HARROW}",
    "github:583231": f"declarations/{MARA}",
}
FERNWOOD_FOLDER, HARROW_FOLDER, MARA_FOLDER = OWNERS.values()
NAME = "_sayso.fernwood.example"
OTHER = "_sayso.harrow.example"
VERIFICATIONS = Path("declarations/registry/verifications")


def record(owner: str, *, registry: str = ORIGIN) -> str:
    key = key_of(owner).public.fingerprint
    return format_record(ProofRecord(keys=(key,), registry=registry))


def named(owner: str) -> Reply:
    return texts("something else", record(owner))


def write(checked: dict[str, timedelta] | None = None) -> None:
    """Write a registry whose owners signed, some of whom proved a domain before."""
    now = datetime.now(UTC).replace(microsecond=0)
    proofs = {
        OwnerId(owner): Proof(level="domain", checked=now - (checked or {})[owner])
        if owner in (checked or {})
        else Proof(level="key")
        for owner in OWNERS
    }
    files = Voucher(proofs=proofs).vouched({**FACTS, f"{FERNWOOD}/songs.yaml": ASK})
    for path, data in files.items():
        place = Path("declarations", path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    Path("intake").write_bytes(key_of(INTAKE).text())
    write()
    return tmp_path


def run(*arguments: str, code: int) -> Result:
    result = CliRunner().invoke(main, ["attest", "--key", "intake", *arguments])
    assert "fault in sayso" not in result.output
    assert result.exit_code == code, result.output
    return result


def attest(
    *arguments: str, zones: tuple[Zone, ...], code: int = 0, timeout: float = 1
) -> tuple[str, list[Nameserver]]:
    """Attest with a resolver for each zone; return what is said, and who was asked."""
    with ExitStack() as held:
        asked = [held.enter_context(resolving(zone)) for zone in zones]
        chosen = [word for one in asked for word in ("--resolver", str(one.server))]
        result = run(*arguments, *chosen, "--timeout", str(timeout), code=code)
    return " ".join(result.output.split()), asked


def written() -> dict[str, VerificationFile]:
    """Return what was signed, by path below the declarations; each has a signature."""
    found = {}
    for path in sorted(VERIFICATIONS.rglob("*.json")):
        data = path.read_bytes()
        signature = path.with_name(f"{path.name}.sig").read_bytes()
        assert verify(signature, data) == key_of(INTAKE).public
        found[path.relative_to("declarations").as_posix()] = decode_verification(data)
    return found


def verdict() -> str:
    """Build a release of what is there, and return what it answers."""
    result = CliRunner().invoke(main, ["build", "--no-site"])
    assert result.exit_code == 0, result.output
    registry = decode_registry(Path("out/registry/registry.json").read_bytes())
    now = datetime.now(UTC) + timedelta(minutes=1)
    return registry.answer(Isrc(ONE), "search", None, now=now).verdict.value


def test_what_a_domain_names_is_signed_and_the_builder_believes_it() -> None:
    assert verdict() == "undeclared"
    said, _ = attest(
        FERNWOOD_FOLDER, zones=({(NAME, "TXT"): named("domain:fernwood.example")},)
    )
    (path,) = written()
    assert said == f"declarations/{path}"
    assert verdict() == "ask"


def test_a_verification_says_all_that_was_seen() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    owner = OwnerId("domain:fernwood.example")
    sure = texts(record(owner), authenticated=True)
    _, asked = attest(
        FERNWOOD_FOLDER,
        zones=({(NAME, "TXT"): named(owner)}, {(NAME, "TXT"): sure}),
    )
    ((path, found),) = written().items()
    assert path == verification_path(found)
    assert (found.owner, found.domain) == (owner, "fernwood.example")
    assert found.key == key_of(owner).public.fingerprint
    assert (found.origin, found.method) == (ORIGIN, Method.DNS)
    assert before <= found.checked <= datetime.now(UTC)
    assert [one.resolver for one in found.answers] == [str(x.server) for x in asked]
    assert [one.authenticated for one in found.answers] == [False, True]
    assert found.answers[0].texts == ("something else", record(owner))


def test_nothing_is_overwritten() -> None:
    zone = {(NAME, "TXT"): named("domain:fernwood.example")}
    attest(FERNWOOD_FOLDER, zones=(zone,))
    files = {path: path.read_bytes() for path in VERIFICATIONS.rglob("*.json*")}
    said, _ = attest(FERNWOOD_FOLDER, zones=(zone,), code=1)
    assert "exists already" in said
    assert files == {path: path.read_bytes() for path in VERIFICATIONS.rglob("*.json*")}


def test_nothing_is_left_of_one_that_cannot_be_signed_into_its_place() -> None:
    zone = {(NAME, "TXT"): named("domain:fernwood.example")}
    attest(FERNWOOD_FOLDER, zones=(zone,))
    (path,) = VERIFICATIONS.rglob("*.json")
    path.unlink()
    attest(FERNWOOD_FOLDER, zones=(zone,), code=1)
    assert not path.exists()


def test_one_that_fails_is_told_and_the_others_go_on() -> None:
    zone = {(OTHER, "TXT"): named("domain:harrow.example")}
    said, _ = attest(FERNWOOD_FOLDER, HARROW_FOLDER, zones=(zone,), code=1)
    assert [one.owner for one in written().values()] == ["domain:harrow.example"]
    assert "domain:fernwood.example by fernwood.example:" in said
    assert "there is no record" in said


@pytest.mark.parametrize(
    ("fernwood", "harrow", "code"),
    [
        (Reply(rcode="SERVFAIL"), named("domain:harrow.example"), 40),
        (Reply(rcode="SERVFAIL"), ABSENT, 1),
        (texts(record("domain:fernwood.example", registry="b.example")), ABSENT, 1),
        (named("domain:harrow.example"), named("domain:harrow.example"), 1),
    ],
    ids=["unknown", "unknown and absent", "other registry", "other key"],
)
def test_the_exit_code_says_the_worst(
    fernwood: Reply, harrow: Reply, code: int
) -> None:
    zone = {(NAME, "TXT"): fernwood, (OTHER, "TXT"): harrow}
    attest(FERNWOOD_FOLDER, HARROW_FOLDER, zones=(zone,), code=code)
    owners = {one.owner for one in written().values()}
    assert "domain:fernwood.example" not in owners


SILENT = Reply(sent=())
RIGHT = named("domain:fernwood.example")


@pytest.mark.parametrize(
    ("replies", "code"),
    [
        ((RIGHT, RIGHT), 0),
        ((RIGHT, ABSENT), 1),
        ((RIGHT, named("domain:harrow.example")), 1),
        ((RIGHT, RIGHT, ABSENT), 1),
        ((RIGHT, SILENT), 40),
        ((RIGHT, RIGHT, SILENT), 0),
        ((RIGHT, SILENT, SILENT), 40),
        ((SILENT, SILENT), 40),
    ],
    ids=[
        "both", "one not", "one lies", "two and one not", "one alone", "two of three",
        "one of three", "none",
    ],
)  # fmt: skip
def test_all_that_answer_have_to_agree_and_two_have_to_answer(
    replies: tuple[Reply, ...], code: int
) -> None:
    zones = tuple({(NAME, "TXT"): reply} for reply in replies)
    attest(FERNWOOD_FOLDER, zones=zones, code=code, timeout=0.3)
    assert bool(written()) is (code == 0)


def due(zone: Zone, *, code: int = 0) -> tuple[str, set[str]]:
    said, (asked,) = attest("--due", zones=(zone,), code=code)
    return said, {name for _, name, kind in asked.asked if kind == "TXT"}


def test_what_is_fresh_is_not_due() -> None:
    fresh = timedelta(days=20)
    write(dict.fromkeys(OWNERS, fresh))
    said, asked = due({})
    assert said == "No domain is due."
    assert asked == set()


def test_what_grows_old_is_due() -> None:
    old = timedelta(days=29)
    write({**dict.fromkeys(OWNERS, old), "domain:harrow.example": timedelta(days=2)})
    zone = {
        (NAME, "TXT"): named("domain:fernwood.example"),
        ("_sayso.mara.example", "TXT"): named("github:583231"),
    }
    before = set(written())
    _, asked = due(zone)
    assert asked == {NAME, "_sayso.mara.example"}
    new = [one for path, one in written().items() if path not in before]
    assert {one.owner for one in new} == {"domain:fernwood.example", "github:583231"}


def test_an_owner_whose_proof_is_past_all_grace_is_due() -> None:
    write({"domain:fernwood.example": timedelta(days=90)})
    zone = {(NAME, "TXT"): named("domain:fernwood.example")}
    said, asked = due(zone)
    assert asked == {NAME, OTHER}
    # The other one never had a proof to lose, so nobody has to act.
    assert "domain:harrow.example by harrow.example: " in said
    assert len(written()) == 2


@pytest.mark.parametrize(("days", "code"), [(29, 1), (43, 1), (45, 0)])
def test_the_exit_code_says_whether_a_proof_is_being_lost(days: int, code: int) -> None:
    fresh = dict.fromkeys(OWNERS, timedelta(days=1))
    write({**fresh, "domain:fernwood.example": timedelta(days=days)})
    assert due({}, code=code)[1] == {NAME}


def test_an_account_without_a_proof_on_record_is_not_due() -> None:
    old = timedelta(days=1)
    write({"domain:fernwood.example": old, "domain:harrow.example": old})
    assert due({})[0] == "No domain is due."


def test_a_proof_that_intake_did_not_sign_makes_nothing_fresh() -> None:
    write(dict.fromkeys(OWNERS, timedelta(days=1)))
    for path in VERIFICATIONS.rglob("*fernwood*.sig"):
        path.write_bytes(b"nothing")
    assert due({})[1] == {NAME}


def test_damaged_files_of_a_registry_are_passed_over() -> None:
    write(dict.fromkeys(OWNERS, timedelta(days=1)))
    for path in VERIFICATIONS.rglob("*fernwood*.json"):
        path.write_bytes(b"nothing")
    Path(HARROW_FOLDER, "owner.yaml").write_text("nothing", encoding="utf-8")
    assert due({})[1] == {NAME}


@pytest.mark.parametrize("how", ["long", "link", "pipe", "elsewhere"])
def test_what_is_no_owner_file_is_never_read(how: str) -> None:
    write(dict.fromkeys(OWNERS, timedelta(days=60)))
    file = Path(FERNWOOD_FOLDER, "owner.yaml")
    kept = file.rename("kept.yaml").absolute()
    match how:
        case "long":
            file.write_bytes(kept.read_bytes() + b"#" * 2**18)
        case "link":
            file.symlink_to(kept)
        case "pipe":
            os.mkfifo(file)
        case _:
            place = Path("declarations/domain/xx/fernwood.example/owner.yaml")
            place.parent.mkdir(parents=True)
            place.write_bytes(kept.read_bytes())
    assert NAME not in due({})[1]


def test_the_domain_of_an_account_is_named_once() -> None:
    zone = {("_sayso.mara.example", "TXT"): named("github:583231")}
    said = run(MARA_FOLDER, "--resolver", "127.0.0.1", code=2).output
    assert "with --domain" in said
    attest(MARA_FOLDER, "--domain", "mara.example", zones=(zone,))
    ((path, found),) = written().items()
    assert (found.owner, found.domain) == ("github:583231", "mara.example")
    # From then on it is on record.
    said, _ = attest(MARA_FOLDER, zones=(zone,), code=1)
    assert f"declarations/{path} exists already" in said


def test_a_folder_in_a_copy_of_a_pull_request_is_attested_for_the_registry() -> None:
    copytree("declarations/domain", "copy/declarations/domain")
    zone = {(NAME, "TXT"): named("domain:fernwood.example")}
    attest(f"copy/declarations/{FERNWOOD}", zones=(zone,))
    assert len(written()) == 1
    assert not Path("copy/declarations/registry").exists()


def test_only_a_key_of_intake_signs() -> None:
    Path("other").write_bytes(key_of("somebody").text())
    zone = {(NAME, "TXT"): named("domain:fernwood.example")}
    said, (asked,) = attest(FERNWOOD_FOLDER, "--key", "other", zones=(zone,), code=1)
    assert "not among the intake keys" in said
    assert asked.asked == []
    assert written() == {}


@pytest.mark.parametrize("domain", ["mara.example", "mara.test", "example.com"])
def test_names_for_examples_need_a_resolver_that_is_named(
    domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with resolving({}) as nameserver:
        monkeypatch.setattr(domains, "system_resolver", lambda: nameserver.resolver)
        said = run(MARA_FOLDER, "--domain", domain, code=1).output
    assert "nobody has it in the public DNS" in " ".join(said.split())
    assert nameserver.asked == []


def test_a_name_that_others_know_is_asked_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zone = {("_sayso.mara.zz", "TXT"): named("github:583231")}
    with resolving(zone) as nameserver:
        monkeypatch.setattr(domains, "system_resolver", lambda: nameserver.resolver)
        run(MARA_FOLDER, "--domain", "mara.zz", code=0)
    assert len(written()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the folders of owners, or give --due"),
        (("--due", "--domain", "a.example"), "--domain is for one FOLDER"),
        ((FERNWOOD_FOLDER, "--domain", "a.example"), "no other one proves it"),
        (
            (FERNWOOD_FOLDER, "--resolver", "ns.example"),
            "not the address of a resolver",
        ),
        (
            (FERNWOOD_FOLDER, *(f"--resolver=192.0.2.{n}" for n in range(9))),
            "at most 8 resolvers",
        ),
        (("declarations/registry",), "not an owner's folder"),
    ],
    ids=["nothing", "due", "other domain", "name", "nine", "no folder"],
)
def test_wrong_options_are_told(arguments: tuple[str, ...], said: str) -> None:
    assert said in " ".join(run(*arguments, code=2).output.split())


def test_a_folder_that_is_no_registry_is_refused() -> None:
    Path("declarations/registry/operators.yaml").unlink()
    assert "is no registry" in run("--due", code=1).output


def test_what_was_seen_of_a_web_server_is_kept_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of("domain:fernwood.example").public.fingerprint
    body = format_document([ProofRecord(keys=(key,), registry=ORIGIN)])
    zone = {("fernwood.example", "A"): addresses(THIS_MACHINE)}
    with secure_site(tmp_path, whole(page(body))) as site:
        manner = partial(Manner, port=site.port, is_allowed=lambda _: True)
        monkeypatch.setattr(domains, "Manner", manner)
        attest(FERNWOOD_FOLDER, "--ca", site.authorities, zones=(zone,))
    (found,) = written().values()
    assert found.method is Method.WELL_KNOWN
    assert (found.body, found.certificate) == (body.decode(), site.certificate)
    assert found.answers == ()
    assert verdict() == "ask"


def test_a_web_server_on_the_operators_network_is_not_asked(tmp_path: Path) -> None:
    zone = {("fernwood.example", "A"): addresses(THIS_MACHINE)}
    with secure_site(tmp_path, whole(page(b""))) as site:
        said, _ = attest(
            FERNWOOD_FOLDER, "--ca", site.authorities, zones=(zone,), code=1
        )
        assert site.asked == []
    assert "no address that everybody reaches" in said
    assert written() == {}


def test_what_came_of_it_is_said_in_json() -> None:
    with resolving({(OTHER, "TXT"): named("domain:harrow.example")}) as nameserver:
        result = run(
            FERNWOOD_FOLDER, HARROW_FOLDER, "--json",
            "--resolver", str(nameserver.server), code=1,
        )  # fmt: skip
    said: dict[str, Any] = json.loads(result.stdout)
    assert (said["format"], said["origin"]) == ("sayso/attest/1", ORIGIN)
    absent, proved = said["attempts"]
    assert (absent["outcome"], absent["files"]) == ("absent", [])
    assert absent["owner"] == "domain:fernwood.example"
    assert any("there is no record" in fault for fault in absent["faults"])
    (path,) = written()
    assert proved == {
        "domain": "harrow.example",
        "faults": [],
        "files": [f"declarations/{path}"],
        "keys": [key_of("domain:harrow.example").public.fingerprint],
        "outcome": "named",
        "owner": "domain:harrow.example",
    }
    assert "\x1b" not in result.output
