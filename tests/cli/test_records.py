"""`sayso withdraw`, `sayso dispute` and `sayso decide`, as people call them."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli import record as record_module
from sayso.cli import withdraw as withdraw_module
from sayso.cli.placing import PlaceError
from tests.declared import FACTS, FERNWOOD, MARA, declaration, recordings
from tests.vouched import line_of

ONE, TWO = "XXF012600001", "XXF012600002"
SONGS = f"declarations/{FERNWOOD}/songs.yaml"
DENY = declaration("{any-ai: deny}", recordings(ONE))
BOTH = ("--operator", "github:900000101", "--operator", "github:900000102")
SEEN = ("--evidence", "Letter of 2011, seen.")
DISPUTED = (
    "--claimant", "583231", "--against", "fernwood.example/songs", "--isrc", ONE,
    "--claim", "It is mine.", "--on", "2026-11-22",
)  # fmt: skip
DISPUTE = "declarations/disputes/2026/20261122-583231-songs.yaml"
DECISIONS = Path("declarations/registry/decisions/2026")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write({f"declarations/{path}": text for path, text in FACTS.items()})
    write({SONGS: DENY})
    return tmp_path


def write(texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")


def sayso(*arguments: str, code: int = 0) -> str:
    result: Result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    assert "fault in sayso" not in result.output
    return " ".join(result.output.split())


def files() -> dict[str, bytes]:
    found = (path for path in Path("declarations").rglob("*") if path.is_file())
    return {path.as_posix(): path.read_bytes() for path in found}


def full(*arguments: str) -> str:
    return CliRunner().invoke(main, arguments).output


def test_a_declaration_is_withdrawn_and_its_owner_told_what_follows() -> None:
    assert full(
        "withdraw", SONGS, "--reason", "sold", "--on", "2020-03-02",
        "--successor", "harrow.example",
    ) == f"""\
{SONGS}

What follows:
  1. This declaration ceases to speak with the next release. What else you
     declared for its recordings then applies, and what others did. Where
     nothing is left, the answer is undeclared, which is not permission.
  2. Whatever gets looser by this waits seven days in public: what was denied
     stays denied until then. What gets stricter holds at once.
  3. domain:harrow.example now has to declare the same recordings in its own
     folder. Until it does, everybody sees that the transfer is not confirmed.
     If it does so while this declaration still holds, there is no gap.
  4. Keep the file: what you said until then stays on record. Do not delete it.
  5. Hand it in like any change: a pull request that holds only your folder.
"""  # fmt: skip
    assert Path(SONGS).read_text("utf-8") == DENY + (
        "withdrawn:\n  on: 2020-03-02\n  reason: sold\n"
        "  successor: domain:harrow.example\n"
    )
    assert sayso("validate").endswith("no problems.")


def test_without_a_day_it_ends_today() -> None:
    sayso("withdraw", SONGS, "--reason", "error")
    assert "withdrawn:\n  on: 20" in Path(SONGS).read_text("utf-8")


def test_in_a_signed_folder_it_is_to_be_signed_again() -> None:
    write({f"declarations/{FERNWOOD}/manifest.json": "{}"})
    folder = str(Path(SONGS).parent)
    assert f"sayso sign {folder}" in sayso("withdraw", SONGS, "--reason", "error")


def test_a_successor_without_a_folder_is_told() -> None:
    told = sayso(
        "withdraw", SONGS, "--reason", "sold", "--successor", "newowner.example"
    )
    assert "domain:newowner.example has no folder in this registry yet." in told


def test_a_second_withdrawal_is_refused_and_changes_nothing() -> None:
    sayso("withdraw", SONGS, "--reason", "error")
    before = files()
    assert "withdrawn already" in sayso("withdraw", SONGS, "--reason", "sold", code=1)
    assert files() == before


def test_a_withdrawal_can_be_looked_at_first() -> None:
    before = files()
    assert "reason: duplicate" in sayso(
        "withdraw", SONGS, "--reason", "duplicate", "--dry-run"
    )
    assert files() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--reason", "bored"), 2, "licence-signed"),
        (("--reason", "sold", "--on", "2.3.2027"), 2, "2027-03-02"),
        (("--reason", "sold", "--successor", "mara"), 2, "is a login"),
    ],
    ids=["reason", "day", "successor"],
)
def test_what_cannot_be_meant_is_explained(
    arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in sayso("withdraw", SONGS, *arguments, code=code)


def test_a_file_in_no_owner_s_place_is_not_withdrawn() -> None:
    write({"declarations/odd/songs.yaml": DENY})
    assert "in no place of a declaration" in sayso(
        "withdraw", "declarations/odd/songs.yaml", "--reason", "error", code=1
    )


def test_a_withdrawal_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full_disk(*_: object) -> None:
        raise PlaceError("songs.yaml: No space left on device")

    monkeypatch.setattr(withdraw_module, "replace_file", full_disk)
    said = sayso("withdraw", SONGS, "--reason", "error", code=1)
    assert said == "sayso: songs.yaml: No space left on device. Nothing was written"


def test_a_dispute_is_written_and_its_claimant_told_what_follows() -> None:
    assert (
        full("dispute", *DISPUTED, "--requested", "Take it out.")
        == f"""\
{DISPUTE}

What now, and what follows:
  1. Hand it in as a pull request of its own, with nothing else in it, from an
     account that may speak for github:583231.
  2. Filing changes no answer, so nobody can silence another by filing.
  3. Two operators look at it. They ask the other owner to answer, and accept
     it, or close it, by a decision that both sign and everybody can read.
  4. Once they accept it, and until they close it, a yes of the other owner for
     these recordings does not count, “ask” means no, and the answers are shown
     as disputed. A no stays a no.
  5. If you have not declared these recordings yourself, do so: your own no
     counts without any dispute.
"""
    )
    assert 'requested: "Take it out."' in Path(DISPUTE).read_text("utf-8")
    assert sayso("validate").endswith("no problems.")


def test_a_dispute_may_be_against_an_owner_and_have_another_name() -> None:
    arguments = ["fernwood.example" if "/" in one else one for one in DISPUTED]
    told = sayso("dispute", *arguments, "--name", "slow-river")
    assert told.startswith("declarations/disputes/2026/20261122-slow-river.yaml")
    text = Path("declarations/disputes/2026/20261122-slow-river.yaml").read_text()
    assert "against: domain:fernwood.example\n" in text


def test_an_owner_may_be_named_by_a_web_address() -> None:
    arguments = ["https://fernwood.example/" if "/" in a else a for a in DISPUTED]
    told = sayso("dispute", *arguments, "--dry-run")
    assert "against: domain:fernwood.example recordings" in told


def test_the_day_of_filing_is_today_when_it_is_left_out() -> None:
    told = sayso("dispute", *DISPUTED[:-2], "--dry-run")
    assert "filed: 20" in told
    assert not Path("declarations/disputes").exists()


@pytest.mark.parametrize(
    ("scope", "against", "isrc", "known"),
    [
        (recordings(ONE), "fernwood.example/songs", ONE, True),
        (recordings(ONE), "fernwood.example/songs", TWO, False),
        (recordings(ONE), "fernwood.example", ONE, True),
        ("prefix: XXF01", "fernwood.example", TWO, True),
        ("prefix: XXF01", "fernwood.example", "XXF022600001", False),
        ("prefix: XXF01", "fernwood.example/other", TWO, False),
        ("catalogue: {file: songs.csv}", "fernwood.example/songs", TWO, True),
        ("catalogue: {file: songs.csv}", "fernwood.example/songs", ONE, False),
    ],
    ids=[
        "list", "list-other", "owner", "prefix", "prefix-other", "declaration-other",
        "catalogue", "catalogue-other",
    ],
)  # fmt: skip
def test_a_code_that_the_other_owner_never_named_is_doubted(
    scope: str, against: str, isrc: str, *, known: bool
) -> None:
    write({SONGS: declaration("{any-ai: deny}", scope)})
    other = declaration("{any-ai: deny}", recordings("XXF012600009"))
    write({f"declarations/{FERNWOOD}/other.yaml": other})
    if "csv" in scope:
        write({f"declarations/{FERNWOOD}/songs.csv": f"isrc,title\n{TWO},Two\n"})
    told = sayso(
        "dispute", "--claimant", "583231", "--against", against, "--isrc", isrc,
        "--claim", "It is mine.",
    )  # fmt: skip
    assert ("is the code right?" in told) is not known


def test_no_dispute_takes_the_place_of_another() -> None:
    sayso("dispute", *DISPUTED)
    before = files()
    assert "exists already; choose another --name" in sayso(
        "dispute", *DISPUTED, code=1
    )
    assert files() == before


def test_a_dispute_against_nothing_is_not_written() -> None:
    arguments = ["fernwood.example/none" if "/" in one else one for one in DISPUTED]
    before = files()
    told = sayso("dispute", *arguments, code=1)
    assert "domain:fernwood.example/none is not in this registry" in told
    assert files() == before


def test_a_record_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def taken(*_: object) -> None:
        raise PlaceError("declarations/disputes: Permission denied")

    monkeypatch.setattr(record_module, "place_files", taken)
    assert "Permission denied. Nothing was written" in sayso(
        "dispute", *DISPUTED, code=1
    )


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [
        (
            ("reviewed", "--owner", "fernwood.example", "--prefix", "XXF01"),
            "fernwood-reviewed",
            "seven days after",
        ),
        (
            ("settled", "--owner", "583231", "--range", f"{ONE}-{TWO}"),
            "583231-settled",
            "goes before what others say of a whole prefix",
        ),
        (
            ("dispute-accepted", "--dispute", "20261122-583231-songs"),
            "583231-songs-accepted",
            "It holds at once",
        ),
        (
            ("dispute-closed", "--dispute", "20261122-583231-songs"),
            "583231-songs-closed",
            "own statements apply again",
        ),
        (
            (
                *("recovered", "--owner", "fernwood.example"),
                *("--key", "SHA256:" + "A" * 43),
            ),
            "fernwood-recovered",
            "wait 30 days",
        ),
    ],
    ids=["reviewed", "settled", "accepted", "closed", "recovered"],
)
def test_a_decision_is_written_for_two_to_sign(
    arguments: tuple[str, ...], name: str, words: str
) -> None:
    sayso("dispute", *DISPUTED)
    told = sayso("decide", *arguments, *SEEN, *BOTH, "--on", "2026-11-24")
    path = DECISIONS / f"20261124-{name}.yaml"
    assert told.startswith(path.as_posix())
    assert f"Ada and Ben each sign it: sayso sign {path.as_posix()}" in told
    assert words in told
    assert sayso("validate").endswith("no problems.")


def test_a_decision_may_have_another_name_and_is_of_today() -> None:
    told = sayso(
        "decide", "reviewed", "--owner", "fernwood.example", "--isrc", ONE, *SEEN,
        *BOTH, "--name", "letters", "--dry-run",
    )  # fmt: skip
    assert "decided: 20" in told
    assert f"isrcs: [{ONE}]" in told
    told = sayso(
        "decide", "reviewed", "--owner", "fernwood.example", "--isrc", ONE, *SEEN,
        *BOTH, "--name", "letters", "--on", "2026-11-24",
    )  # fmt: skip
    assert told.startswith((DECISIONS / "20261124-letters.yaml").as_posix())


def test_a_dispute_that_is_accepted_is_not_accepted_again() -> None:
    accept = ("decide", "dispute-accepted", "--dispute", "20261122-583231-songs")
    sayso("dispute", *DISPUTED)
    sayso(*accept, *SEEN, *BOTH)
    before = files()
    told = sayso(*accept, *SEEN, *BOTH, "--name", "again", code=1)
    assert "accepted already; it can only be closed. Nothing was written" in told
    assert files() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reviewed", "--owner", "fernwood.example", *BOTH), "SAY803"),
        (("recovered", "--owner", "fernwood.example", *BOTH), "SAY803"),
        (("dispute-closed", "--dispute", "20261122-other", *BOTH), "SAY801"),
        (
            ("reviewed", "--owner", "nobody.example", "--isrc", ONE, *BOTH),
            "SAY801",
        ),
        (
            ("reviewed", "--owner", "fernwood.example", "--isrc", ONE, *BOTH[:2]),
            "SAY802",
        ),
        (
            (
                *("reviewed", "--owner", "fernwood.example", "--isrc", ONE),
                *("--operator", "github:700123", *BOTH[:2]),
            ),
            "github:700123 is not listed",
        ),
    ],
    ids=["extent", "key", "dispute", "owner", "one-operator", "stranger"],
)
def test_a_decision_that_could_not_count_is_not_written(
    arguments: tuple[str, ...], words: str
) -> None:
    before = files()
    told = sayso("decide", *arguments, *SEEN, code=1)
    assert words in told
    assert told.removesuffix(".").endswith("Nothing was written")
    assert files() == before


def test_mara_with_a_key_is_told_to_sign_the_dispute() -> None:
    path = Path(f"declarations/{MARA}/owner.yaml")
    key = line_of("github:583231")
    path.write_text(f'{path.read_text("utf-8")}keys: ["{key}"]\n', encoding="utf-8")
    assert f"sayso sign {DISPUTE}" in sayso("dispute", *DISPUTED)
