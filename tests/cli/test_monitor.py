"""`sayso monitor`: a log that only grows, what is new in it, and one that lies."""

import json
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.monitor_report import Report, document, words
from sayso.client.monitor import Changes, Step
from sayso.model.settings import Revocation
from sayso.trust.log import open_checkpoint, sign_checkpoint
from sayso.trust.private_keys import write_private_key
from sayso.wire.checkpoint import parse_checkpoint
from sayso.wire.log_policy import Log, encode_log_policy
from sayso.wire.note import decode_note, parse_verifier_key
from sayso.wire.places import CHECKPOINT
from sayso.wire.profile import encode
from sayso.wire.succession import read_entry
from sayso.wire.text import format_time
from tests.answers import documented
from tests.logs import LOG, ORIGIN, WITNESS_KEYS, WITNESSES, log_of, policy
from tests.published import Published, following
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    DENY,
    FERNWOOD,
    KEY,
    LISTED,
    MARA,
    Document,
    Files,
    cells,
    registry_document,
    with_counts,
)
from tests.webserver import files, serve

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)


@dataclass(slots=True, kw_only=True)
class Place:
    """A folder with a registry, and with what one monitor keeps."""

    folder: Path
    world: World = field(default_factory=lambda: World(now=START))

    @property
    def state(self) -> Path:
        return self.folder / "state" / "registry.seen"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def publish(self, **release: Any) -> None:  # noqa: ANN401 - as World takes it
        release.setdefault("document", registry_document(START))
        self.world.release(**release)
        Files(by_path=self.world.files).write(self.site)

    def run(self, *arguments: str) -> Result:
        if not {"--root", "--policy"} & {*arguments}:
            path = self.folder / "policy.txt"
            path.write_bytes(encode_log_policy(policy()))
            arguments = (*arguments, "--policy", str(path))
        if "--registry" not in arguments:
            arguments = (*arguments, "--registry", str(self.site))
        result = CliRunner().invoke(
            main, ["monitor", "--state", str(self.state), *arguments]
        )
        assert "fault in sayso" not in result.output, result.output
        return result

    def said(self, *arguments: str, code: int = 0) -> str:
        result = self.run(*arguments)
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    def told(self, *arguments: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
        result = self.run(*arguments, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def evidence(self) -> list[Path]:
        return sorted(self.state.parent.glob("*.evidence.json"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(folder=tmp_path)
    made.state.parent.mkdir()
    made.publish()
    return made


def changed_document(change: Callable[[Document], None]) -> Document:
    document = deepcopy(registry_document(START))
    change(document)
    return with_counts(document)


def deny_all(document: Document) -> None:
    for item in document["policies"]:
        if item["number"] == 4:
            item["answers"] = [{"in": "anywhere", "uses": cells(DENY)}]
            item["declarations"] = [CATALOGUE]
            item["until"] = None


def one_less(document: Document) -> None:
    document["recordings"] = [
        row for row in document["recordings"] if row["isrc"] != LISTED
    ]


def test_a_log_that_is_seen_first_is_read_from_its_beginning(place: Place) -> None:
    place.publish()
    said = place.said()
    assert f"{ORIGIN}: all of its 2 releases follow one another" in said
    assert "Release 2 of" in said
    assert "Release 1 of" not in said
    assert "recordings 4" in said


def test_nothing_new_is_said_in_a_line(place: Place) -> None:
    place.said()
    assert place.said() == f"{ORIGIN}: nothing new."


def test_each_new_release_is_told_with_what_changed(place: Place) -> None:
    place.said()
    place.publish(document=changed_document(one_less), loosened=3)
    place.publish(document=changed_document(one_less))
    said = place.said()
    assert "it only grew, from 1 releases to 3" in said
    assert f"Release 2 of {format_time(START + timedelta(hours=1))}" in said
    assert "recordings 3 (-1)" in said
    assert "loosened 3 recordings, 0 ranges" in said
    assert "Release 3 of" in said
    assert said.count("loosened") == 1


def test_a_program_reads_the_same(place: Place) -> None:
    place.publish()
    first = place.told()
    assert first["format"] == "sayso/monitored/1"
    assert first["since"] is None
    assert [release["number"] for release in first["releases"]] == [2]
    place.publish(document=changed_document(one_less))
    second = place.told()
    assert second["since"] == 2
    assert second["checkpoint"]["size"] == 3
    (release,) = second["releases"]
    assert (release["counts"]["recordings"], release["before"]["recordings"]) == (3, 4)
    assert release["commit"] is None
    assert second["witness"] is None


def test_a_revocation_is_something_to_look_at(place: Place) -> None:
    place.said()
    bad = Revocation(release=1, reason="the wrong \u202e file")
    place.publish(revoked=[bad])
    assert r"revokes release 1: the wrong \u202e file" in place.said(code=1)
    place.publish(revoked=[bad])
    assert "revokes" not in place.said()
    worse = Revocation(release=2, reason="it too")
    place.publish(revoked=[bad, worse])
    told = place.told(code=1)
    assert told["releases"][0]["revoked"] == [{"reason": "it too", "release": 2}]
    place.publish()
    assert "no longer says that release 1 is revoked" in place.said(code=40)


def test_a_watched_code_is_told_when_its_answer_changes(place: Place) -> None:
    first = place.said("--watch", ALLOWED, "--watch", LISTED)
    assert f"{ALLOWED} in release 1 listed yes" in first
    assert place.said("--watch", ALLOWED, "--watch", LISTED).endswith("nothing new.")
    place.publish()
    assert ALLOWED not in place.said("--watch", ALLOWED)
    place.publish(document=changed_document(deny_all))
    told = place.told("--watch", ALLOWED, "--watch", LISTED, code=1)
    (watched,) = told["watched"]
    assert (watched["topic"], watched["release"]) == (ALLOWED, 3)
    changes = {each["fact"]: each for each in watched["changes"]}
    assert changes["search"] == {
        "fact": "search",
        "before": "undeclared",
        "after": "deny",
    }
    assert "policy" in changes


def test_a_change_that_was_taken_back_meanwhile_is_told(place: Place) -> None:
    place.said("--watch", ALLOWED)
    place.publish(document=changed_document(deny_all))
    place.publish()
    said = place.said("--watch", ALLOWED, code=1)
    assert f"{ALLOWED} in release 2" in said
    assert "search deny, and was undeclared" in said
    assert f"{ALLOWED} in release 3" in said
    assert "search undeclared, and was deny" in said


def test_what_is_watched_from_today_on_is_told_without_a_new_release(
    place: Place,
) -> None:
    place.said()
    said = place.said("--watch", ALLOWED)
    assert f"nothing new. {ALLOWED} in release 1 listed yes" in said


def test_a_delta_that_is_gone_is_not_told(place: Place) -> None:
    place.said()
    before = {*place.world.files}
    place.publish(document=changed_document(one_less))
    for path in {*place.world.files} - before:
        if path.startswith("index/"):
            (place.site / path).unlink()
    (release,) = place.told()["releases"]
    assert release["changed"] is None


def test_what_a_delta_says_is_told() -> None:
    data = [*following(2)]
    first, second = (
        read_entry(each, index=index, before=None) for index, each in enumerate(data)
    )
    changes = Changes(recordings=1200, removed=1, policies=2, prefixes=3)
    report = Report(
        checkpoint=log_of(2).checkpoint(),
        since=1,
        steps=((Step(entry=second, before=first), changes),),
        told=(),
        witness=None,
    )
    said = " ".join(" ".join(words(report, 80)).split())
    assert "1,200 recordings are new or have another policy, 1 are no longer" in said
    assert "2 policies and 3 ranges of codes changed" in said
    (release,) = json.loads(encode(document(report)))["releases"]
    assert release["changed"] == {
        "recordings": 1200,
        "removed": 1,
        "policies": 2,
        "prefixes": 3,
    }


def test_a_recovery_is_something_to_look_at() -> None:
    first, second = (
        read_entry(each, index=index, before=None)
        for index, each in enumerate(following(2))
    )
    release = replace(second.release, recovery=True)
    report = Report(
        checkpoint=log_of(2).checkpoint(),
        since=1,
        steps=((Step(entry=replace(second, release=release), before=first), None),),
        told=(),
        witness=None,
    )
    assert report.is_alarming
    assert any("made without the state" in line for line in words(report, 80))


def test_an_older_release_that_cannot_be_asked_is_named(place: Place) -> None:
    place.said("--watch", ALLOWED)
    before = {*place.world.files}
    place.publish(document=changed_document(deny_all))
    gone = [path for path in {*place.world.files} - before if "lookup/" in path]
    place.publish()
    for path in gone:
        del place.world.files[path]
        (place.site / path).unlink()
    said = place.said("--watch", ALLOWED, code=1)
    assert f"{ALLOWED} in release 2" in said
    assert "is not there. Without this file there is no answer" in said
    place.publish(document=changed_document(one_less))
    newest = [path for path in place.world.files if "lookup/" in path]
    for path in newest:
        (place.site / path).unlink()
    assert "Without this file there is no answer" in place.said(
        "--watch", ALLOWED, code=40
    )


def test_the_root_leads_to_the_policy(place: Place) -> None:
    root = place.folder / "1.root.json"
    root.write_bytes(place.world.roots[0].data)
    assert "it has one release" in place.said("--root", str(root))
    place.publish()
    assert "from 1 releases to 2" in place.said("--root", str(root))


def test_whom_to_believe_is_asked_for(place: Place) -> None:
    result = CliRunner().invoke(
        main,
        ["monitor", "--state", str(place.state), "--registry", str(place.site)],
        env={"SAYSO_ROOT": ""},
    )
    assert result.exit_code == 40
    assert "no root was given" in result.output
    assert not place.state.exists()


def rewritten(count: int) -> Published:
    """Return another log of as many releases, signed by the same key."""
    other = [*following(count, next_policy=7)]
    return Published().add(other)


@pytest.mark.parametrize(
    ("count", "why"), [(2, "two trees of 2"), (5, "lead to the tree of 5")]
)
def test_a_log_that_was_rewritten_is_shouted_about(
    place: Place, count: int, why: str
) -> None:
    place.publish()
    place.said()
    seen = place.state.read_bytes()
    note = (place.site / CHECKPOINT).read_bytes()
    Files(by_path=rewritten(count).files).write(place.site)
    said = place.said(code=40)
    assert f"the log '{ORIGIN}' contradicts itself" in said
    assert why in said
    assert "Both are kept in" in said
    assert place.state.read_bytes() == seen
    (evidence,) = place.evidence()
    kept = json.loads(evidence.read_bytes())
    assert kept["format"] == "sayso/contradiction/1"
    assert kept["checkpoints"] == [
        note.decode(),
        (place.site / CHECKPOINT).read_text("utf-8"),
    ]
    for text in kept["checkpoints"]:
        assert open_checkpoint(text.encode(), policy()).checkpoint.origin == ORIGIN
    place.said(code=40)
    assert place.evidence() == [evidence]


def test_a_log_that_went_back_is_shouted_about(place: Place) -> None:
    old = {path: (place.site / path).read_bytes() for path in [CHECKPOINT]}
    place.publish()
    place.said()
    Files(by_path=old).write(place.site)
    said = place.said(code=40)
    assert "has 1 entries, and had 2: it went back. A copy" in said
    assert len(place.evidence()) == 1


def test_two_histories_for_two_readers_are_noticed(place: Place) -> None:
    """Those who go by the root are shown another log than those who read it."""
    root = place.folder / "1.root.json"
    root.write_bytes(place.world.roots[0].data)
    Files(by_path=rewritten(3).files).write(place.site)
    said = place.said("--root", str(root), code=40)
    assert "contradicts itself" in said
    assert len(place.evidence()) == 1
    assert not place.state.exists()


def test_another_log_is_not_followed_by_itself(place: Place) -> None:
    place.said()
    name = "other.example/log"
    log = place.world.log.log.checkpoint()
    note = sign_checkpoint(replace(log, origin=name), KEY)
    (place.site / CHECKPOINT).write_bytes(note)
    path = place.folder / "other.txt"
    logs = (Log(key=replace(LOG, name=name)),)
    path.write_bytes(encode_log_policy(replace(policy(), logs=logs)))
    said = place.said("--policy", str(path), code=40)
    assert f"{name} is another log than {ORIGIN}" in said
    assert "begin with another --state" in said


def test_a_release_that_does_not_follow_is_refused(place: Place) -> None:
    place.said()
    seen = place.state.read_bytes()
    other = World(now=START).release(document=changed_document(one_less)).release()
    place.world.log.add(other.log.log.entries[1:])
    Files(by_path=place.world.log.files).write(place.site)
    said = place.said(code=40)
    assert "release 2 says that it follows" in said
    assert "The log keeps this for ever: do not rely on the registry" in said
    assert place.state.read_bytes() == seen


def test_a_state_that_is_damaged_is_not_passed_over(place: Place) -> None:
    place.said()
    place.state.write_bytes(place.state.read_bytes()[:-3])
    assert "registry.seen is damaged" in place.said(code=40)


def witness(place: Place, *arguments: str) -> list[str]:
    path = place.folder / "witness.pem"
    if not path.exists():
        write_private_key(path, WITNESS_KEYS[0])
    name = WITNESSES[0].key.name
    out = place.folder / "cosigned"
    return ["--cosign", str(path), "--name", name, "--out", str(out), *arguments]


def test_a_witness_cosigns_what_it_saw(place: Place) -> None:
    place.world.witnesses = ()
    place.publish()
    wants = place.folder / "wants.txt"
    wants.write_bytes(encode_log_policy(policy("W1")))
    assert "too few witnesses" in place.said("--policy", str(wants), code=40)
    said = place.said(*witness(place), "--policy", str(wants))
    assert "It is cosigned as witness1.example+" in said
    note = (place.folder / "cosigned").read_bytes()
    opened = open_checkpoint(note, policy("W1"))
    assert opened.checkpoint == place.world.log.log.checkpoint()
    assert opened.cosigned["W1"] >= START
    key = place.told(*witness(place), "--policy", str(wants))["witness"]
    assert parse_verifier_key(key) == WITNESSES[0].key


def test_a_witness_does_not_cosign_a_contradiction(place: Place) -> None:
    place.said(*witness(place))
    cosigned = (place.folder / "cosigned").read_bytes()
    Files(by_path=rewritten(4).files).write(place.site)
    place.said(*witness(place), code=40)
    assert (place.folder / "cosigned").read_bytes() == cosigned


def test_a_witness_remembers_before_it_cosigns(place: Place) -> None:
    place.publish()
    out = str(place.folder / "absent" / "cosigned")
    said = place.said(*witness(place), "--out", out, code=2)
    assert "cosigned: No such file or directory" in said
    kept = json.loads(place.state.read_bytes())["checkpoint"]
    assert parse_checkpoint(decode_note(kept.encode()).text).size == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--cosign", "k.pem"], "a witness has a key, a name and a file"),
        (["--name", "w.example"], "a witness has a key, a name and a file"),
        (["--watch", "XX"], "Invalid value for '--watch'"),
        (["--owner", "fernwood"], "is not an owner's id"),
        (["--every", "often"], "is not a number of days, hours or minutes"),
        (["--every", "0h"], "give at least 1m"),
    ],
)
def test_a_mistake_in_the_question_is_2(
    place: Place, arguments: list[str], why: str
) -> None:
    assert why in place.said(*arguments, code=2)


def test_a_witness_has_a_name(place: Place) -> None:
    arguments = [
        "+" if each == WITNESSES[0].key.name else each for each in witness(place)
    ]
    assert "is not a name such as witness.example" in place.said(*arguments, code=2)


def test_the_state_needs_a_folder(place: Place) -> None:
    said = place.said("--state", str(place.site / CHECKPOINT / "seen"), code=40)
    assert "seen cannot be written" in said


def test_a_monitor_looks_again_and_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens between two looks happens where the command would wait."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            place.publish()
        elif len(waits) == 2:
            (place.site / CHECKPOINT).rename(place.site / "hidden")
        else:
            Files(by_path=rewritten(2).files).write(place.site)

    monkeypatch.setattr(time, "sleep", wait)
    result = place.run("--every", "90m")
    assert result.exit_code == 40
    assert waits == [5400.0] * 3
    assert "it has one release" in result.stdout
    assert "from 1 releases to 2" in result.stdout
    assert "log/checkpoint is not there" in result.stderr
    assert "contradicts itself" in result.stderr


def test_a_day_takes_few_requests(place: Place) -> None:
    place.said()
    place.publish()
    with serve(files(place.world.files)) as site:
        said = place.said("--registry", site.address)
        assert "from 1 releases to 2" in said
        first = [path for path in site.asked if not path.startswith("/index/")]
        assert first == [
            "/log/checkpoint",
            "/log/tile/0/000.p/2",
            "/log/tile/entries/000.p/2",
        ]
        site.asked.clear()
        place.said("--registry", site.address)
        assert site.asked == ["/log/checkpoint"]


def test_the_report_is_as_documented(place: Place) -> None:
    first = place.told("--watch", ALLOWED)
    assert set(first) == documented("sayso monitor", 0)
    (release,), (watched,) = first["releases"], first["watched"]
    assert set(release) == documented("sayso monitor", 1) - CHANGED
    assert set(watched) == documented("sayso monitor", 2) - {"before", "after", "fact"}
    assert set(watched["facts"]) >= {"listed", "owner", "policy", "train-generative"}


CHANGED = {"recordings", "removed", "policies", "prefixes", "release", "reason"}
"""What stands within other fields of a release."""


def owned(document: Document, number: int) -> Document:
    """Return a registry that says it is of a release of `World`."""
    counts = {**document["counts"]}
    del counts["disputes"]
    issued = format_time(START + timedelta(hours=number - 1))
    release = {**document["release"], "issued": issued, "number": number}
    return {**document, "counts": counts, "release": {**release, "profile": "operator"}}


def withdraw(document: Document) -> None:
    for entry in document["declarations"]:
        if entry["id"] == CATALOGUE:
            entry["withdrawn"] = {
                "on": "2026-11-20",
                "reason": "sold",
            }
    document["disputes"][0]["status"] = "closed"


def test_an_owner_is_told_when_declarations_change(tmp_path: Path) -> None:
    place = Place(folder=tmp_path)
    place.state.parent.mkdir()
    place.publish(document=owned(registry_document(START), 1))
    first = place.said("--owner", FERNWOOD)
    assert f"{FERNWOOD} in release 1" in first
    assert f"{CATALOGUE} domain, file {'01' * 32}" in first
    place.publish(document=owned(changed_document(withdraw), 2))
    told = place.told("--owner", FERNWOOD, "--owner", MARA, code=1)
    changes = {
        each["topic"]: {one["fact"]: one["after"] for one in each["changes"]}
        for each in told["watched"]
    }
    assert changes[FERNWOOD][CATALOGUE].endswith(", withdrawn on 2026-11-20")
    assert changes[FERNWOOD]["dispute 20261120-slow-river"] == "closed"
    assert changes[MARA] == {}
