"""`sayso prove`: what an owner is told of a domain."""

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sayso.cli import domains, main
from sayso.errors import FetchError
from sayso.publish.proving.well_known import Manner
from sayso.trust.ssh_key import generate_key
from sayso.wire.proof_record import ProofRecord, format_document, format_record
from tests.declared import FACTS, FERNWOOD, MARA, owner
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
from tests.vouched import ORIGIN, key_of, line_of

ROOT = Path(__file__).parents[2]
FOLDER = f"declarations/{FERNWOOD}"
ACCOUNT = f"declarations/{MARA}"
NAME = "_sayso.fernwood.example"
FINGERPRINT = key_of("fernwood").public.fingerprint
RECORD = format_record(ProofRecord(keys=(FINGERPRINT,), registry=ORIGIN))
DOCUMENT = format_document([ProofRecord(keys=(FINGERPRINT,), registry=ORIGIN)])
UNABLE = Reply(rcode="SERVFAIL")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, text in FACTS.items():
        where = Path("declarations", path)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, encoding="utf-8")
    keep(FOLDER, line_of("fernwood"))
    keep(ACCOUNT, line_of("fernwood"))
    return tmp_path


def keep(folder: str, *lines: str) -> None:
    """Write an owner.yaml that lists keys."""
    listed = ", ".join(f'"{line}"' for line in lines)
    text = owner("Somebody", f"keys: [{listed}]" if lines else "language: en")
    Path(folder, "owner.yaml").write_text(text, encoding="utf-8")


def run(*arguments: str, code: int) -> str:
    result = CliRunner().invoke(main, ["prove", *arguments])
    assert "fault in sayso" not in result.output
    assert result.exit_code == code, result.output
    assert "\x1b" not in result.output
    return result.output


def prove(
    *arguments: str, zones: tuple[Zone, ...], code: int
) -> tuple[str, list[Nameserver]]:
    """Ask a resolver for each zone; return what is said, and who was asked."""
    with ExitStack() as held:
        asked = [held.enter_context(resolving(zone)) for zone in zones]
        chosen = [word for one in asked for word in ("--resolver", str(one.server))]
        said = run(*arguments, *chosen, "--timeout", "1", code=code)
    return said, asked


def test_an_owner_is_told_what_to_put_where() -> None:
    said, _ = prove(FOLDER, zones=({},), code=1)
    assert f"\n     {RECORD}\n" in said
    assert NAME in said
    assert f"\n{DOCUMENT.decode()}" in said
    assert "https://fernwood.example/.well-known/sayso.json" in said
    assert "Not there yet" in said


def test_each_key_has_a_record() -> None:
    second = generate_key().public
    keep(FOLDER, line_of("fernwood"), second.line)
    said, _ = prove(FOLDER, zones=({(NAME, "TXT"): texts(RECORD)},), code=0)
    assert RECORD in said
    other = ProofRecord(keys=(second.fingerprint,), registry=ORIGIN)
    assert format_record(other) in said


def test_what_the_command_says_proves_the_domain() -> None:
    said, _ = prove(FOLDER, zones=({},), code=1)
    (line,) = [x.strip() for x in said.splitlines() if x.startswith("     v=sayso1")]
    said, (asked,) = prove(FOLDER, zones=({(NAME, "TXT"): texts(line)},), code=0)
    assert "Proved" in said
    assert f"DNS by {asked.server}\n    names {FINGERPRINT}\n" in said


def test_a_record_typed_with_other_spaces_proves_as_well() -> None:
    typed = f" v=sayso1;key = {FINGERPRINT} ;  registry={ORIGIN}; "
    prove(FOLDER, zones=({(NAME, "TXT"): texts(typed)},), code=0)


def test_a_web_server_proves_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {("fernwood.example", "A"): addresses(THIS_MACHINE)}
    with secure_site(tmp_path, whole(page(DOCUMENT))) as site:
        manner = partial(Manner, port=site.port, is_allowed=lambda _: True)
        monkeypatch.setattr(domains, "Manner", manner)
        said, _ = prove(FOLDER, "--ca", site.authorities, zones=(zone,), code=0)
    assert "there is no record" in said  # in the DNS
    assert "Proved" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RECORD.replace(ORIGIN, "other.example"), "for the registry other.example"),
        (RECORD.replace(FINGERPRINT, "SHA256:" + "A" * 43), "not in owner.yaml"),
        (RECORD.replace("SHA256:", "sha256:"), "a record cannot be read"),
        (f"'{RECORD}'", "a record cannot be read"),
        ("v=spf1 -all", "other texts, and no record"),
    ],
    ids=["registry", "key", "spelling", "quotes", "another"],
)
def test_what_is_wrong_with_a_record_is_said(text: str, words: str) -> None:
    said, _ = prove(FOLDER, zones=({(NAME, "TXT"): texts(text)},), code=1)
    assert words in " ".join(said.split())


def test_what_dnssec_proves_is_said() -> None:
    sure = texts(RECORD, authenticated=True)
    said, _ = prove(FOLDER, zones=({(NAME, "TXT"): sure},), code=0)
    assert "which DNSSEC proves" in said


def test_each_resolver_is_shown_with_what_it_says() -> None:
    zones = ({(NAME, "TXT"): texts(RECORD)}, {(NAME, "TXT"): ABSENT})
    said, asked = prove(FOLDER, zones=zones, code=1)
    assert f"DNS by {asked[0].server}\n    names {FINGERPRINT}\n" in said
    assert f"DNS by {asked[1].server}\n    there is no record\n" in said


@pytest.mark.parametrize("answers", [(UNABLE,), (texts(RECORD), UNABLE)])
def test_too_few_that_answer_are_no_answer(answers: tuple[Reply, ...]) -> None:
    zones = tuple({(NAME, "TXT"): answer} for answer in answers)
    said, _ = prove(FOLDER, zones=zones, code=40)
    assert "answers SERVFAIL" in " ".join(said.split())
    assert "Could not be asked" in said


def test_what_a_domain_says_does_not_steer_the_terminal() -> None:
    hostile = f"v=sayso1; key={FINGERPRINT}; registry=a\x1b[2J"
    zone = {(NAME, "TXT"): Reply(records=(("", "TXT", _octal(hostile)),))}
    said, _ = prove(FOLDER, zones=(zone,), code=1)
    assert "a record cannot be read" in said


def _octal(text: str) -> str:
    escaped = "".join(f"\\{ord(char):03}" for char in text)
    return f'"{escaped}"'


def test_an_account_proves_any_domain() -> None:
    zone = {("_sayso.mara.example", "TXT"): texts(RECORD)}
    prove(ACCOUNT, "--domain", "mara.example", zones=(zone,), code=0)


def test_all_of_it_is_said_in_json() -> None:
    second = generate_key().public
    keep(FOLDER, line_of("fernwood"), second.line)
    zone = {(NAME, "TXT"): texts(RECORD, authenticated=True)}
    text, (asked,) = prove(FOLDER, "--json", zones=(zone,), code=0)
    said: dict[str, Any] = json.loads(text)
    assert (said["format"], said["outcome"]) == ("sayso/prove/1", "named")
    assert said["owner"] == "domain:fernwood.example"
    assert said["record_at"] == NAME
    assert said["records"][0] == RECORD
    assert said["document_at"] == "https://fernwood.example/.well-known/sayso.json"
    assert said["keys"] == [
        {"key": FINGERPRINT, "named": True},
        {"key": second.fingerprint, "named": False},
    ]
    seen, served = said["seen"]
    assert seen == {
        "asked": True,
        "authenticated": True,
        "method": "dns",
        "place": str(asked.server),
        "said": [f"names {FINGERPRINT}"],
        "texts": [RECORD],
    }
    assert (served["method"], served["texts"]) == ("well-known", [])


def test_json_says_what_could_not_be_asked() -> None:
    text, _ = prove(FOLDER, "--json", zones=({(NAME, "TXT"): UNABLE},), code=40)
    said: dict[str, Any] = json.loads(text)
    assert said["outcome"] == "unknown"
    assert said["seen"][0]["asked"] is False
    assert "answers SERVFAIL" in said["seen"][0]["said"][0]


def test_the_page_for_owners_shows_what_the_command_says() -> None:
    page_text = (ROOT / "site/docs/declare/proving-a-domain.md").read_text("utf-8")
    lines = page_text.splitlines()
    said = run_on_example()
    (record,) = said["records"]
    assert f"| Value | `{record}` |" in lines
    assert f"| Name | `{said['record_at']}` |" in lines
    assert said["document_at"] in lines
    assert f"```json\n{said['document']}```\n" in page_text


def run_on_example() -> dict[str, Any]:
    folder = str(ROOT / "declarations/domain/fe/fernwood.example")
    text, _ = prove(folder, "--json", zones=({},), code=1)
    said: dict[str, Any] = json.loads(text)
    return said


def test_a_folder_without_a_key_has_nothing_to_prove() -> None:
    keep(FOLDER)
    assert "`sayso key new` makes one" in " ".join(run(FOLDER, code=2).split())


def test_an_owner_file_that_cannot_be_read_is_told() -> None:
    Path(FOLDER, "owner.yaml").write_text("nothing", encoding="utf-8")
    assert "`sayso validate" in " ".join(run(FOLDER, code=2).split())


def test_a_folder_in_no_registry_has_no_name_to_give() -> None:
    Path("declarations/registry/policy.yaml").unlink()
    said = " ".join(run(FOLDER, code=2).split())
    assert "there is no registry/policy.yaml" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((FOLDER,), "nobody has it in the public DNS"),
        ((FOLDER, "--domain", "other.example"), "no other one proves it"),
        ((ACCOUNT,), "with --domain"),
        ((ACCOUNT, "--domain", "Mara.zz"), "in small letters"),
        ((ACCOUNT, "--domain", "mära.zz"), "xn--"),
        ((ACCOUNT, "--domain", "mara"), "not a domain such as"),
        ((ACCOUNT, "--domain", "192.0.2.1"), "is an address"),
        ((ACCOUNT, "--domain", "studio.local"), "for one network alone"),
        (("declarations/registry",), "not an owner's folder"),
    ],
    ids=[
        "example", "other", "none", "capitals", "letters", "one label", "address",
        "local", "folder",
    ],
)  # fmt: skip
def test_what_cannot_be_proved_is_told_before_anybody_is_asked(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with resolving({}) as nameserver:
        monkeypatch.setattr(domains, "system_resolver", lambda: nameserver.resolver)
        said = run(*arguments, code=2)
    assert words in " ".join(said.split())
    assert nameserver.asked == []


def test_a_machine_without_resolvers_cannot_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> object:
        raise FetchError("this machine is not set up to ask any resolver")

    monkeypatch.setattr(domains, "system_resolver", none)
    assert "not set up" in run(FOLDER, code=40)
