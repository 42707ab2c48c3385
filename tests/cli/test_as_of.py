"""`sayso lookup --as-of`: what was answered then, proved by the log of today."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.model.settings import Revocation
from sayso.wire.text import format_day, format_time
from tests.answers import documented
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    DENY,
    LISTED,
    UNDECLARED,
    Document,
    Files,
    cells,
    registry_document,
    with_counts,
)
from tests.webserver import files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(days=4)
HOUR = timedelta(hours=1)

Ask = Callable[..., Result]


WITHIN = {"number", "issued", "origin", "profile"}
"""What stands within other fields of the answer."""


def denied() -> Document:
    """Return a registry in which nobody permits anything any more."""
    document = deepcopy(registry_document(START))
    for item in document["policies"]:
        if item["number"] == 4:
            item["answers"] = [{"in": "anywhere", "uses": cells(DENY)}]
            item["declarations"] = [CATALOGUE]
            item["until"] = None
    return with_counts(document)


def world(*, revoked: bool = False) -> World:
    """Return three releases, an hour between each; the second permits less."""
    made = World(now=START)
    made.release(document=registry_document(START)).release(document=denied())
    bad = [Revocation(release=2, reason="the wrong file")] if revoked else []
    return made.release(document=registry_document(START), revoked=bad)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    Files(by_path=world().files).write(tmp_path / "registry")
    (tmp_path / "root.json").write_bytes(world().roots[0].data)
    return tmp_path


@pytest.fixture
def ask(place: Path) -> Ask:
    def run(*arguments: str, registry: str | None = None) -> Result:
        standard = ["--registry", registry or str(place / "registry")]
        standard += ["--root", str(place / "root.json"), "--store", str(place / "seen")]
        result = CliRunner().invoke(main, ["lookup", *standard, *arguments])
        assert "fault in sayso" not in result.output, result.output
        return result

    return run


def words(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("hours", "number", "code"),
    [(0, 1, 0), (0.5, 1, 0), (1, 2, 20), (1.99, 2, 20), (2, 3, 0)],
)
def test_the_release_of_then_answers(
    ask: Ask, hours: float, number: int, code: int
) -> None:
    moment = format_time((START + hours * HOUR).replace(microsecond=0))
    use = ["--use", "search", "--in", "DE"]
    result = ask(ALLOWED, *use, "--as-of", moment)
    assert result.exit_code == code, result.output
    said = words(result)
    assert f"This is what the registry said then: release {number} of" in said
    assert f"Asked about: in DE, as of {moment}" in said


def test_it_is_said_what_replaced_the_release_of_then(ask: Ask) -> None:
    moment = format_time(START + HOUR)
    said = words(ask(LISTED, "--as-of", moment))
    assert f"replaced by release 3 of {format_time(START + 2 * HOUR)}" in said
    assert "“Slow River” by Mara Lindqvist" in said
    newest = words(ask(LISTED, "--as-of", format_time(START + 3 * HOUR)))
    assert "and it is the newest still" in newest


def test_a_day_means_its_end(ask: Ask) -> None:
    day = format_day(START)
    end = datetime.combine(START.date(), datetime.max.time(), tzinfo=UTC)
    number = min(3, 1 + int((end - START) / HOUR))
    assert f"said then: release {number} of" in words(ask(LISTED, "--as-of", day))


def test_what_was_said_an_hour_ago_is_not_taken_for_the_newest(
    ask: Ask, place: Path
) -> None:
    made = World(now=START).release(document=registry_document(START))
    (place / "root.json").write_bytes(made.roots[0].data)
    use = ["--use", "search", "--in", "DE"]
    with serve(files(made.files)) as site:
        use += ["--as-of", format_time(START + HOUR)]
        assert ask(ALLOWED, *use, registry=site.address).exit_code == 0
        made.release(document=denied())
        site.replies.update(files(made.files))
        result = ask(ALLOWED, *use, registry=site.address)
        assert result.exit_code == 20, result.output


def test_today_means_now(ask: Ask) -> None:
    result = ask(UNDECLARED, "--as-of", format_day(datetime.now(UTC)), "--use", "index")
    assert result.exit_code == 30
    assert "release 3 of" in words(result)


def test_a_program_reads_the_same(ask: Ask) -> None:
    moment = format_time(START + HOUR)
    result = ask(ALLOWED, "--as-of", moment, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert set(document) == documented("sayso lookup --as-of", 0) - WITHIN
    assert (document["format"], document["as_of"]) == ("sayso/past/1", moment)
    assert document["release"]["number"] == 2
    assert document["successor"]["number"] == 3
    assert document["revoked"] is None
    assert {cell["verdict"] for cell in document["uses"].values()} == {"deny"}


def test_a_release_that_was_revoked_since_is_a_failure(ask: Ask, place: Path) -> None:
    Files(by_path=world(revoked=True).files).write(place / "registry")
    use = ["--use", "search", "--as-of"]
    result = ask(ALLOWED, *use, format_time(START + HOUR))
    assert result.exit_code == 40
    assert "REVOKED since: the wrong file. Do not rely on it." in words(result)
    document = json.loads(
        ask(ALLOWED, *use, format_time(START + HOUR), "--json").stdout
    )
    assert document["revoked"] == "the wrong file"
    assert ask(ALLOWED, *use, format_time(START), "--in", "DE").exit_code == 0


def test_before_the_first_release_there_is_no_answer(ask: Ask) -> None:
    result = ask(LISTED, "--as-of", format_time(START - HOUR))
    assert result.exit_code == 40
    assert "there was no release at" in words(result)


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        ("yesterday", "is neither a day, as 2026-12-03, nor a time"),
        ("2026-02-30", "is neither a day"),
        ("2999-01-01", "is not past"),
        (format_time((NOW + 2 * HOUR).replace(minute=30, second=0)), "is not past"),
    ],
)
def test_what_is_no_past_moment_is_a_mistake(ask: Ask, moment: str, why: str) -> None:
    result = ask(LISTED, "--as-of", moment)
    assert result.exit_code == 2
    assert why in words(result)


def test_a_tree_that_the_host_no_longer_has_is_named(ask: Ask, place: Path) -> None:
    for path in (place / "registry" / "lookup").rglob("*.gz"):
        path.unlink()
    result = ask(LISTED, "--as-of", format_time(START + HOUR))
    assert result.exit_code == 40
    assert "Release 2 is the one of that time, as the log proves, but this" in words(
        result
    )
    assert "Ask an archive or mirror" in words(result)


def test_from_the_web_it_takes_few_requests(ask: Ask) -> None:
    with serve(files(world().files)) as site:
        moment = format_time(START + HOUR)
        result = ask(LISTED, "--as-of", moment, registry=site.address)
        assert result.exit_code == 0, result.output
        of_log = [path for path in site.asked if path.startswith("/log/")]
        assert sorted(of_log) == ["/log/tile/0/000.p/3", "/log/tile/entries/000.p/3"]
        assert len([path for path in site.asked if "/lookup/" not in path]) <= 11
