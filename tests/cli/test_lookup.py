"""`sayso lookup`: verified first, answered in words, and never 0 by mistake."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.found import Found
from sayso.cli.panel import Panel, panel
from sayso.cli.terminal import printable
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import NOTICE, Use
from sayso.wire.profile import decode, encode
from sayso.wire.registry import decode_registry
from sayso.wire.text import Digest, format_time
from tests.answers import documented
from tests.believed import believed, consumer, stranger
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    CONTESTED,
    FERNWOOD,
    ISSUED,
    LASTS,
    LISTED,
    MARA,
    NOTHING,
    SONGS,
    UNDECLARED,
    UNDER_PREFIX,
    UNTITLED,
    cell,
    cells,
    parted_files,
    policy,
    registry_document,
    release_files,
    side,
)
from tests.webserver import files, serve

Lookup = Callable[..., Result]
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
FILES = believed(release_files(issued=NOW), now=NOW)


@pytest.fixture
def lookup(tmp_path: Path) -> Lookup:
    folder = FILES.write(tmp_path / "registry")
    who = consumer(tmp_path / "me", FILES.root)

    def run(*arguments: str, **environment: str) -> Result:
        standard = ["--registry", str(folder), *who]
        return CliRunner().invoke(
            main, ["lookup", *standard, *arguments], env=environment
        )

    return run


@pytest.mark.parametrize(
    ("isrc", "use", "country", "code"),
    [
        (ALLOWED, "search", "DE", 0),
        (LISTED, "index", None, 10),
        (LISTED, "train-generative", None, 20),
        (UNDER_PREFIX, "any-ai", None, 20),
        (ALLOWED, "search", None, 30),
        (ALLOWED, "search", "gb", 30),
        (UNDECLARED, "prompt", None, 30),
    ],
)
def test_the_exit_code_is_the_verdict(
    lookup: Lookup, isrc: str, use: str, country: str | None, code: int
) -> None:
    place = ["--in", country] if country else []
    result = lookup(isrc, "--use", use, *place)
    assert result.exit_code == code, result.output
    assert NOTICE.split(".")[0] in result.output


@pytest.mark.parametrize("isrc", [LISTED, CONTESTED, ALLOWED, UNTITLED, UNDECLARED])
def test_without_a_use_every_use_is_answered(lookup: Lookup, isrc: str) -> None:
    result = lookup(isrc)
    assert result.exit_code == 0
    for title in ("Train generative AI:", "Clone a voice or playing:", "Any other use"):
        assert title in result.output


@pytest.mark.parametrize(
    "isrc", ["xxf012600001", "XX-F01-26-00001", "ISRC XXF012600001"]
)
def test_an_isrc_is_read_in_any_form(lookup: Lookup, isrc: str) -> None:
    assert "XX-F01-26-00001" in lookup(isrc).output


def words(result: Result) -> str:
    return " ".join(result.output.split())


def test_an_answer_says_who_when_why_and_how_sure(lookup: Lookup) -> None:
    said = words(lookup(LISTED, "--use", "index"))
    assert "“Slow River” by Mara Lindqvist, as declared" in said
    assert "Index for AI retrieval: only with a licence" in said
    assert "Fernwood Records (domain:fernwood.example), as owner" in said
    assert "declaration domain:fernwood.example/catalogue" in said
    assert f"published {NOW:%Y-%m-%d}, effective from 2026-12-01" in said
    assert "The owner's most specific statement names this use." in said
    assert "the owner proved control of the domain" in said
    assert "ownership claimed, not reviewed" in said
    assert "https://fernwood.example/licensing (payment, per-model-version)" in said
    assert f"Release 1 of sayso.example, issued {NOW:%Y-%m-%d}" in said
    assert f"newest by the root {FILES.root.digest[:16]}…" in said
    assert "DEVELOPMENT" in said
    assert NOTICE in said


def test_a_dispute_shows_both_sides(lookup: Lookup) -> None:
    said = words(lookup(CONTESTED, "--use", "clone-voice"))
    assert "Clone a voice or playing: not permitted, disputed" in said
    assert "Fernwood Records (domain:fernwood.example), as owner" in said
    assert "Mara Lindqvist (github:583231), as performer" in said
    assert "open since 2026-11-20: I never signed this" in said


def test_nothing_declared_is_said_not_to_be_permission(lookup: Lookup) -> None:
    said = words(lookup(UNDECLARED))
    assert "not listed by itself" in said
    assert "No declaration: every use" in said
    assert "This is not permission." in said


def test_declared_text_cannot_steer_a_terminal(lookup: Lookup) -> None:
    output = lookup(CONTESTED).output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert r"Evil \u202etxt\u001b]0;" in output


def test_an_answer_fits_a_narrow_terminal(lookup: Lookup) -> None:
    for line in lookup(CONTESTED, COLUMNS="60").output.splitlines():
        assert len(line) <= 60


def test_colour_is_for_terminals_that_want_it(tmp_path: Path) -> None:
    folder = FILES.write(tmp_path / "registry")
    who = consumer(tmp_path / "me", FILES.root)
    asked = ["lookup", LISTED, "--registry", str(folder), *who]
    runner = CliRunner()
    assert "\x1b[31m" in runner.invoke(main, asked, color=True).output
    assert "\x1b" not in runner.invoke(main, asked).output
    quiet = runner.invoke(main, asked, env={"NO_COLOR": "1"})
    assert "\x1b" not in quiet.output


def test_json_is_a_document_of_its_own_format(lookup: Lookup) -> None:
    result = lookup(CONTESTED, "--use", "clone-voice", "--json")
    assert result.exit_code == 20
    document: Any = decode(result.stdout_bytes, limit=100_000)
    assert document["format"] == "sayso/answer/1"
    assert set(document) == documented("sayso lookup", 0)
    (answer,) = document["answers"]
    assert set(answer) == documented("sayso lookup", 1)
    assert set(document["declarations"][0]) == documented("sayso lookup", 2)
    assert answer["verdict"] == "deny"
    assert answer["disputed"] is True
    assert answer["rule"] == "strictest-owner"
    assert [entry["owner"] for entry in document["declarations"]] == [FERNWOOD, MARA]
    assert document["declarations"][1]["name"] == "Mara Lindqvist"
    assert document["disputes"][0]["status"] == "open"
    assert document["release"]["root"] == FILES.root.digest
    assert document["notice"] == NOTICE


def test_json_answers_every_use_and_says_until_when(lookup: Lookup) -> None:
    document = json.loads(lookup(ALLOWED, "--json", "--in", "DE").output)
    assert [answer["use"] for answer in document["answers"]] == list(Use)
    assert document["until"] == format_time(NOW + LASTS)
    assert document["territory"] == "DE"
    empty = json.loads(lookup(UNDECLARED, "--json").output)
    assert (empty["until"], empty["declarations"], empty["listed"]) == (None, [], False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["XXF01260001"], "has 11 letters and digits"),
        (["XXF01260000O"], "(is it a 0?)"),
        ([LISTED, "--use", "train"], "Did you mean train-"),
        ([LISTED, "--use", "zzz"], "clone-voice"),
        ([LISTED, "--in", "EU"], "not a country's two-letter code"),
        ([LISTED, "--max-age", "soon"], "not a number of days, hours or minutes"),
        ([LISTED, "--root", "absent.root.json"], "is not a root: absent.root.json is"),
        ([], "Missing argument"),
        ([LISTED, "--fast"], "--fast"),
    ],
)
def test_a_mistake_in_the_question_is_explained(
    lookup: Lookup, arguments: list[str], said: str
) -> None:
    result = lookup(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_no_root_is_no_answer(tmp_path: Path) -> None:
    folder = FILES.write(tmp_path / "registry")
    asked = ["lookup", LISTED, "--registry", str(folder)]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 40
    assert "give it with --root FILE or in SAYSO_ROOT" in result.stderr
    _, root, _, store = consumer(tmp_path / "me", FILES.root)
    environment = {"SAYSO_ROOT": root, "SAYSO_STORE": store}
    assert CliRunner().invoke(main, asked, env=environment).exit_code == 0
    assert [*Path(store).glob("*.json")]


def test_a_root_is_a_file_of_its_own_kind(lookup: Lookup, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("hello")
    result = lookup(LISTED, "--root", str(other))
    assert result.exit_code == 2
    assert "other.json is not a root" in result.stderr


def test_the_registry_built_here_is_asked_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["lookup", LISTED, *consumer(tmp_path / "me", FILES.root)]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    assert "there is no out/registry here" in result.stderr
    FILES.write(tmp_path / "out" / "registry")
    assert CliRunner().invoke(main, asked).exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["--use", "search"], ["--json"]])
def test_what_cannot_be_believed_is_40_and_no_answer(
    lookup: Lookup, arguments: list[str], tmp_path: Path
) -> None:
    wrong = consumer(tmp_path / "other", stranger(NOW))
    absent = ["--registry", "absent-folder"]
    for case in (wrong, absent):
        result = lookup(LISTED, *arguments, *case)
        assert result.exit_code == 40
        assert result.stdout == ""
        assert result.stderr.startswith("sayso: ")


def test_a_stale_registry_is_no_answer(tmp_path: Path) -> None:
    stale = believed(release_files(issued=NOW), now=NOW - timedelta(days=4))
    folder = stale.write(tmp_path / "registry")
    asked = ["lookup", LISTED, "--registry", str(folder)]
    result = CliRunner().invoke(main, [*asked, *consumer(tmp_path / "me", stale.root)])
    assert result.exit_code == 40
    assert "timestamp.json expired" in result.stderr
    assert "Check the clock; then try again later" in result.stderr


def test_a_registry_on_the_web_is_asked_once_within_its_age(tmp_path: Path) -> None:
    with serve(files(FILES.files)) as site:
        asked = ["lookup", LISTED, "--registry", site.address]
        asked += consumer(tmp_path, FILES.root)
        assert CliRunner().invoke(main, asked).exit_code == 0
        assert len(site.asked) == 9
        assert not any(path.endswith("/release.json") for path in site.asked)
        site.asked.clear()
        assert CliRunner().invoke(main, asked).exit_code == 0
        assert site.asked == []
        assert CliRunner().invoke(main, [*asked, "--max-age", "0m"]).exit_code == 0
        assert len(site.asked) == 2


@pytest.mark.parametrize("isrc", [LISTED, CONTESTED, UNDER_PREFIX, UNDECLARED])
def test_recordings_in_parts_are_answered_alike(
    lookup: Lookup, tmp_path: Path, isrc: str
) -> None:
    parted = believed(parted_files(NOW), now=NOW).write(tmp_path / "parted")
    where = ["--registry", str(parted), "--store", str(tmp_path / "other")]
    for asked in ([], ["--use", "prompt"], ["--in", "DE"], ["--json"]):
        result = lookup(isrc, *asked)
        other = lookup(isrc, *asked, *where)
        assert (other.exit_code, other.output) == (result.exit_code, result.output)


@pytest.mark.parametrize("arguments", [[], ["--use", "search"], ["--json"]])
def test_without_the_tree_of_parts_there_is_no_answer(
    lookup: Lookup, tmp_path: Path, arguments: list[str]
) -> None:
    release = parted_files(NOW)
    for path in [path for path in release.by_path if path.startswith("lookup/")]:
        del release.by_path[path]
    parted = str(believed(release, now=NOW).write(tmp_path / "parted"))
    for isrc in (LISTED, UNDECLARED):
        result = lookup(isrc, *arguments, "--registry", parted)
        assert (result.exit_code, result.stdout) == (40, "")
        assert "is not there" in result.stderr


def shown(document: dict[str, Any], isrc: str, use: str) -> str:
    registry = decode_registry(encode(document))
    listing = registry.listing(Isrc(isrc))
    found = Found(
        listing=listing,
        release=registry.release,
        registry=registry,
        root=Digest("0" * 64),
    )
    answers = (listing.answer(use, now=ISSUED),)
    view = Panel(found=found, territory=None, answers=answers)
    return " ".join(click.unstyle(" ".join(panel(view, 88))).split())


def disputed(*sides: dict[str, Any]) -> dict[str, Any]:
    """Return a registry in which every use of a recording is disputed so."""
    document = registry_document()
    said = cell("deny", "named", CATALOGUE, disputed=True, sides=sides)
    document["policies"][1] = {
        **policy(2, ("anywhere", cells(NOTHING, prompt=said))),
        "declarations": [CATALOGUE, f"{FERNWOOD}/for-mara", SONGS],
    }
    return document


def test_the_other_side_is_shown_where_it_did_not_decide() -> None:
    document = disputed(side(FERNWOOD, "deny", CATALOGUE), side(MARA, "allow", SONGS))
    said = shown(document, CONTESTED, "prompt")
    assert "disputed owners contradict each other" in said
    performer = f"as performer, in the declaration {SONGS}"
    assert f"Mara Lindqvist ({MARA}) says allow, {performer}" in said
    assert f"Fernwood Records ({FERNWOOD}) says deny, as owner" in said
    assert "says allow" not in shown(document, CONTESTED, "benchmark")


def test_what_is_withdrawn_or_expired_takes_no_side() -> None:
    document = disputed(side(FERNWOOD, "deny", CATALOGUE))
    document["declarations"][2] |= {
        "expires": "2026-01-01",
        "uses": {"prompt": "allow"},
    }
    said = shown(document, CONTESTED, "prompt")
    assert "disputed an open dispute names this recording" in said
    assert "contradict" not in said
    assert SONGS not in said
    assert "for-mara" not in said
    document["disputes"][0]["status"] = "closed"
    assert "owners contradict" in shown(document, CONTESTED, "prompt")


def test_a_dispute_against_a_declaration_names_it_and_its_author() -> None:
    document = disputed(side(FERNWOOD, "deny", CATALOGUE))
    document["disputes"][0]["against"] = f"{FERNWOOD}/gone"
    assert (
        f"against the declaration {FERNWOOD}/gone of Fernwood Records ({FERNWOOD})"
        in shown(document, CONTESTED, "prompt")
    )


def test_json_tells_each_side_and_what_ended(tmp_path: Path) -> None:
    document = disputed(side(FERNWOOD, "deny", CATALOGUE), side(MARA, "allow", SONGS))
    document["release"]["issued"] = format_time(NOW)
    registry = believed(release_files(document, NOW), now=NOW)
    folder = registry.write(tmp_path / "registry")
    where = ["--registry", str(folder), *consumer(tmp_path, registry.root), "--json"]
    result = CliRunner().invoke(main, ["lookup", CONTESTED, "--use", "prompt", *where])
    answered = json.loads(result.output)
    assert answered["answers"][0]["sides"] == [
        {
            "by": [CATALOGUE],
            "name": "Fernwood Records",
            "owner": FERNWOOD,
            "verdict": "deny",
        },
        {"by": [SONGS], "name": "Mara Lindqvist", "owner": MARA, "verdict": "allow"},
    ]
    catalogue, delegated, songs = answered["declarations"]
    assert catalogue["conditions"] == ["payment", "per-model-version"]
    assert (delegated["author"], delegated["owner"]) == (FERNWOOD, MARA)
    assert delegated["withdrawn"] == {
        "on": "2026-11-20",
        "reason": "sold",
        "successor": FERNWOOD,
    }
    assert (songs["conditions"], songs["withdrawn"]) == ([], None)


def test_a_delegate_and_a_withdrawal_are_named() -> None:
    document = registry_document()
    delegated = f"{FERNWOOD}/for-mara"
    document["policies"][0] = policy(
        1, ("anywhere", cells(cell("deny", "waiting", delegated)))
    )
    document["declarations"][1]["offer"] = {"conditions": [], "contact": "https://x"}
    said = shown(document, LISTED, "prompt")
    assert "filed by Fernwood Records (domain:fernwood.example)" in said
    assert "withdrawn on 2026-11-20" in said
    document["policies"][0] = policy(
        1, ("anywhere", cells(cell("ask", "named", delegated)))
    )
    assert "licence https://x ownership" in shown(document, LISTED, "prompt")


def test_an_operators_release_carries_no_warning() -> None:
    document = registry_document()
    document["release"]["profile"] = "operator"
    assert "DEVELOPMENT" not in shown(document, LISTED, "prompt")


def test_text_is_made_printable() -> None:
    assert printable("雨\u200d雨\u3000é") == "雨\u200d雨\u3000é"
    assert printable("\t\n\x7f\u2066a\u200db\u2028\ue000") == (
        r"\u0009\u000a\u007f\u2066a\u200db\u2028\ue000"
    )
