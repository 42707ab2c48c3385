"""`sayso event`: who is behind what is merged, and who only seems to be."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.github.provenance import CHECK, external_id
from tests.conftest import NeedsTool
from tests.github import REPOSITORY, TOKEN, Host, github
from tests.github_schemas import Webhooks, rest, webhooks
from tests.reviews import BASE, HEAD, OTHER

NUMBER = 12
ANNA, BO, EVE = "github:1001", "github:1002", "github:6666"


@dataclass(kw_only=True)
class Scene:
    """A job that asks, and the host that it asks."""

    host: Host
    events: Webhooks
    folder: Path
    say: Callable[[str, str], None]

    def queue(
        self, ref: str = f"refs/heads/gh-readonly-queue/main/pr-12-{BASE}"
    ) -> None:
        event = self.events.event(
            "merge_group$checks_requested",
            merge_group__head_ref=ref,
            merge_group__base_sha=BASE,
            merge_group__head_sha=OTHER,
        )
        self.happens("merge_group", event)

    def happens(self, name: str, event: object) -> None:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        self.say("GITHUB_EVENT_NAME", name)
        self.say("GITHUB_EVENT_PATH", str(path))

    def reviewed(self, external: str, **changes: object) -> None:
        self.host.runs.append(
            {
                "app": "github-actions",
                "conclusion": "success",
                "external_id": external,
                "head_sha": HEAD,
                "id": len(self.host.runs) + 1,
                "name": CHECK,
                "status": "completed",
                **changes,
            }
        )


@pytest.fixture
def scene(
    needs_tool: NeedsTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    tools = needs_tool("actionlint").parent
    with github(rest(tools / "github-openapi.json")) as host:
        for name, text in {
            "GITHUB_API_URL": host.address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, text)
        host.pulls[NUMBER] = {
            "base__ref": "main",
            "head__sha": HEAD,
            "merge_commit_sha": OTHER,
            "merged_at": "2026-11-28T05:00:00Z",
            "user__id": 1001,
        }
        host.merges[OTHER] = [NUMBER]
        made = Scene(
            host=host,
            events=webhooks(tools / "github-webhooks.json"),
            folder=tmp_path,
            say=monkeypatch.setenv,
        )
        made.queue()
        yield made


def event(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["event", *arguments])


WAYS = {"in the queue": (), "as a commit of main": ("--merge", OTHER)}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@ways
def test_author_and_sender_are_told(scene: Scene, way: tuple[str, ...]) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))

    done = event(*way)

    assert done.exit_code == 0, done.output
    assert done.stdout == f"{ANNA} {BO} 12 {HEAD}\n"


@ways
def test_the_newest_review_of_the_commit_counts(
    scene: Scene, way: tuple[str, ...]
) -> None:
    scene.host.runs = []
    for sender in (ANNA, BO, *[EVE] * 150, ANNA):
        scene.reviewed(external_id(NUMBER, ANNA, sender))
    scene.reviewed(external_id(NUMBER, ANNA, EVE), status="in_progress")

    assert event(*way).stdout == f"{ANNA} {ANNA} 12 {HEAD}\n"


FORGED = {
    "a job that is called so": (
        "ca395085-040a-526b-2ce8-bdc85f692774",
        {},
    ),
    "another app": (external_id(NUMBER, ANNA, ANNA), {"app": "eves-app"}),
    "another pull request of the same commit": (external_id(13, ANNA, ANNA), {}),
    "another author": (external_id(NUMBER, EVE, ANNA), {}),
    "another commit": (external_id(NUMBER, ANNA, ANNA), {"head_sha": BASE}),
    "another name": (external_id(NUMBER, ANNA, ANNA), {"name": "sayso/verdict2"}),
    "it has not ended": (external_id(NUMBER, ANNA, ANNA), {"status": "queued"}),
    "it says more": (external_id(NUMBER, ANNA, ANNA) + " sender=github:1", {}),
    "it says nothing": ("", {}),
}


@ways
@pytest.mark.parametrize(("external", "changes"), FORGED.values(), ids=FORGED)
def test_a_check_run_that_is_not_of_this_review_says_nothing(
    scene: Scene,
    external: str,
    changes: dict[str, object],
    way: tuple[str, ...],
) -> None:
    scene.reviewed(external, **changes)

    done = event(*way)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "pull request 12 has no check run sayso/verdict of its commit" in done.stderr


@ways
@pytest.mark.parametrize(("external", "changes"), FORGED.values(), ids=FORGED)
def test_a_later_forgery_changes_nothing(
    scene: Scene,
    external: str,
    changes: dict[str, object],
    way: tuple[str, ...],
) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))
    scene.reviewed(external, **changes)

    assert event(*way).stdout == f"{ANNA} {BO} 12 {HEAD}\n"


def reopened(scene: Scene, action: str) -> None:
    event = scene.events.event(
        f"pull_request${action}",
        pull_request__number=NUMBER,
        pull_request__head__sha=HEAD,
        pull_request__user__id=1001,
        sender__id=1003,
    )
    scene.happens("pull_request_target", event)


@pytest.mark.parametrize("action", ["opened", "synchronize"])
def test_who_sends_a_commit_is_its_sender(scene: Scene, action: str) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))
    reopened(scene, action)

    assert event().stdout == f"{ANNA} github:1003 12 {HEAD}\n"
    assert scene.host.asked == []


@pytest.mark.parametrize("action", ["reopened", "ready_for_review"])
def test_who_only_reopens_it_sent_nothing(scene: Scene, action: str) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))
    reopened(scene, action)

    assert event().stdout == f"{ANNA} {BO} 12 {HEAD}\n"


@pytest.mark.parametrize("action", ["reopened", "ready_for_review"])
def test_who_reopens_what_nobody_reviewed_answers_for_it(
    scene: Scene, action: str
) -> None:
    scene.reviewed(external_id(13, ANNA, BO))
    reopened(scene, action)

    assert event().stdout == f"{ANNA} github:1003 12 {HEAD}\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"merge_commit_sha": BASE},
        {"merged_at": None},
        {"base__ref": "next"},
    ],
    ids=",".join,
)
def test_a_commit_that_came_otherwise_came_from_nobody(
    scene: Scene, changes: dict[str, object]
) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))
    scene.host.pulls[NUMBER] |= changes

    done = event("--merge", OTHER)

    assert done.exit_code == 0, done.output
    assert done.stdout == ""


def test_a_commit_without_a_pull_request_came_from_nobody(scene: Scene) -> None:
    scene.host.merges = {}

    assert event("--merge", OTHER).stdout == ""


def test_an_account_that_is_gone_is_nobody(scene: Scene) -> None:
    scene.reviewed(external_id(NUMBER, ANNA, BO))
    scene.host.pulls[NUMBER]["user__id"] = 0

    done = event()

    assert done.exit_code == 40
    assert "no id" in done.stderr or "no user.id" in done.stderr


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/main",
        "refs/heads/gh-readonly-queue/main/pr-0-abc",
        "refs/heads/gh-readonly-queue/main/pr-12",
        "refs/heads/gh-readonly-queue/pr-12-abc",
        "refs/heads/gh-readonly-queue/main/pr-12-abc\n",
    ],
)
def test_a_branch_that_names_no_pull_request_is_refused(scene: Scene, ref: str) -> None:
    scene.queue(ref)

    done = event()

    assert done.exit_code == 40
    assert "does not name a pull request" in done.stderr


def test_other_events_are_not_about_a_merge(scene: Scene) -> None:
    scene.happens("issues", scene.events.event("issues$opened"))

    done = event()

    assert done.exit_code == 2
    assert "name --merge" in done.stderr


def test_an_event_that_nothing_is_done_for_is_refused(scene: Scene) -> None:
    scene.say("GITHUB_EVENT_NAME", "push")

    done = event()

    assert done.exit_code == 40
    assert "nothing to do for the event 'push'" in done.stderr


@pytest.mark.parametrize(
    ("place", "value"),
    [("base_sha", "main"), ("head_sha", "x" * 40), ("head_ref", None)],
)
def test_an_event_without_what_is_needed_is_refused(
    scene: Scene, place: str, value: object
) -> None:
    said = json.loads((scene.folder / "event.json").read_bytes())
    said["merge_group"][place] = value
    scene.happens("merge_group", said)

    done = event()

    assert done.exit_code == 40
    assert place in done.stderr
