"""The issue form: what is filled in becomes files, and links that hand them in."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.github.issue_answer import MARKER
from sayso.publish.github.issue_form import (
    CAPACITIES,
    CAPACITY,
    CHOICES,
    CONTACT,
    LABEL,
    NAME,
    PROFILE,
    RECORDINGS,
    ROLE,
    ROLES,
)
from tests.conftest import NeedsTool
from tests.github import BOT, REPOSITORY, TOKEN, Host, github
from tests.github_schemas import Webhooks, rest, webhooks

FORM = Path(__file__).parents[2] / ".github/ISSUE_TEMPLATE/declare.yml"
FOLDER = "declarations/github/31/583231-mara"
FILLED = {
    NAME: "Mara Lindqvist",
    ROLE: "I make the music",
    CAPACITY: "They are mine, or ours",
    PROFILE: "No AI at all, now or later",
    CONTACT: "_No response_",
    RECORDINGS: (
        "```text\nXXM022600001 | Slow River\n\nXXM022600002 | 4:44 @ Home\n```"
    ),
}


def fields() -> list[dict[str, Any]]:
    form = yaml.safe_load(FORM.read_text("utf-8"))
    return [each for each in form["body"] if each["type"] != "markdown"]


def body(answers: Mapping[str, str]) -> str:
    """Return an issue as GitHub makes it of a form: in CRLF, once it was edited."""
    parts = [
        f"### {field['attributes']['label']}\n\n{answers[field['attributes']['label']]}"
        for field in fields()
    ]
    return "\n\n".join(parts).replace("\n", "\r\n")


@dataclass(kw_only=True)
class Scene:
    """A job that answers an issue, and the host that it answers at."""

    host: Host
    events: Webhooks
    folder: Path
    say: Callable[[str, str], None]

    def post(self, text: str | None, login: str = "Mara") -> Result:
        event = self.events.event(
            "issues$opened",
            issue__number=41,
            issue__body=text,
            issue__user__id=583231,
            issue__user__login=login,
            # Whoever edits it is not who speaks.
            sender__id=6666,
        )
        path = self.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        return CliRunner().invoke(main, ["post"])

    @property
    def comment(self) -> str:
        (said,) = [each["body"] for each in self.host.comments if each["login"] == BOT]
        assert isinstance(said, str)
        return said

    def files(self) -> dict[str, str]:
        """Return the files that the links of the comment hand in."""
        found = {}
        for link in re.findall(r"\[Hand in\]\((.+?)\) ", self.comment):
            assert link.startswith(f"https://github.example/{REPOSITORY}/new/main?")
            query = parse_qs(urlsplit(link).query, strict_parsing=True)
            found[query["filename"][0]] = query["value"][0]
        return found


@pytest.fixture
def scene(
    needs_tool: NeedsTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    tools = needs_tool("actionlint").parent
    with github(rest(tools / "github-openapi.json")) as host:
        for name, text in {
            "GITHUB_API_URL": host.address,
            "GITHUB_EVENT_NAME": "issues",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, text)
        monkeypatch.chdir(tmp_path)
        yield Scene(
            host=host,
            events=webhooks(tools / "github-webhooks.json"),
            folder=tmp_path,
            say=monkeypatch.setenv,
        )


def test_the_form_asks_what_is_read() -> None:
    form = yaml.safe_load(FORM.read_text("utf-8"))
    by_label = {each["attributes"]["label"]: each["attributes"] for each in fields()}
    assert form["labels"] == [LABEL]
    assert [*by_label] == [*FILLED]
    for question, words in ((ROLE, ROLES), (CAPACITY, CAPACITIES), (PROFILE, CHOICES)):
        assert by_label[question]["options"] == [*words]


def test_a_form_becomes_files_that_hold(scene: Scene) -> None:
    done = scene.post(body(FILLED))

    assert done.exit_code == 0, done.output
    assert done.output == "Issue 41 is answered.\n"
    assert scene.comment.startswith(f"{MARKER}\n\n### 2 recordings, ready to hand in\n")
    files = scene.files()
    assert [*files] == [f"{FOLDER}/owner.yaml", f"{FOLDER}/issue-41.yaml"]
    for path, text in files.items():
        file = scene.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    checked = CliRunner().invoke(main, ["validate"])
    assert checked.exit_code == 0, checked.output
    assert "accounts: [github:583231]" in files[f"{FOLDER}/owner.yaml"]
    assert 'title: "4:44 @ Home"' in files[f"{FOLDER}/issue-41.yaml"]
    assert "if it is handed in from this account" in scene.comment


@pytest.mark.parametrize("profile", CHOICES)
def test_every_choice_makes_a_file_that_holds(scene: Scene, profile: str) -> None:
    contact = "https://mara.example/licensing"
    scene.post(body({**FILLED, PROFILE: profile, CONTACT: contact}))

    for path, text in scene.files().items():
        file = scene.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    checked = CliRunner().invoke(main, ["validate"])
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("name", ["583231", "583231-mara", "583231-an-old-login"])
def test_somebody_who_has_a_folder_gets_no_other(scene: Scene, name: str) -> None:
    names = ["58323", "1583231", "5832310-mara", "583231-Mara.x", name]
    scene.host.contents = {"declarations/github/31": names}

    scene.post(body(FILLED))

    assert [*scene.files()] == [f"declarations/github/31/{name}/issue-41.yaml"]


def test_a_login_that_no_folder_can_have_is_left_out(scene: Scene) -> None:
    scene.post(body(FILLED), login="mara_corp")

    assert next(iter(scene.files())) == "declarations/github/31/583231/owner.yaml"


def test_the_comment_is_edited_with_the_issue(scene: Scene) -> None:
    scene.post(body({**FILLED, RECORDINGS: "Slow River"}))
    assert "### ✎ Nearly there" in scene.comment
    scene.post(body(FILLED))

    assert "ready to hand in" in scene.comment
    assert len(scene.host.comments) == 1


MISTAKES = {
    "no name": ({NAME: "_No response_"}, "please type something here"),
    "another role": ({ROLE: "I am the king"}, "Choose one of: I make the music;"),
    "another right": ({CAPACITY: "x"}, "Choose one of: They are mine, or ours;"),
    "no choice": ({PROFILE: "_No response_"}, "Choose one of: No AI at all"),
    "no code": ({RECORDINGS: "Slow River"}, "line 1:"),
    "no recordings": ({RECORDINGS: "```text\n\n```"}, "no recording here yet"),
    "no contact": (
        {PROFILE: "Only with a licence: ask me"},
        "A page or the address of a role is needed.",
    ),
    "a wrong contact": ({CONTACT: "call me"}, CONTACT),
    "a performer who says yes": (
        {
            PROFILE: "Everything that is known today",
            CAPACITY: "I perform on them; somebody else owns them",
        },
        "Only who owns a recording can say yes to it.",
    ),
    "too many": (
        {RECORDINGS: "\n".join(f"XXM0226{n:05}" for n in range(501))},
        "A form takes 500 recordings",
    ),
    "a question twice": (
        {NAME: f"Mara\n\n### {PROFILE}\n\nEverything that is known today"},
        "Choose one of: No AI at all",
    ),
}


@pytest.mark.parametrize(("changes", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_question(
    scene: Scene, changes: dict[str, str], said: str
) -> None:
    done = scene.post(body({**FILLED, **changes}))

    assert done.exit_code == 0, done.output
    assert "### ✎ Nearly there" in scene.comment
    assert said in scene.comment
    assert scene.files() == {}


@pytest.mark.parametrize("text", [None, "", "Hello", "### Who\n\nme"])
def test_an_issue_that_is_no_form_is_asked_everything(
    scene: Scene, text: str | None
) -> None:
    scene.post(text)

    for question in (NAME, ROLE, CAPACITY, PROFILE, RECORDINGS):
        assert question in scene.comment


def test_a_long_list_is_shown_to_be_pasted(scene: Scene) -> None:
    lines = "\n".join(f"XXM0226{n:05} | Song {n}" for n in range(300))
    scene.post(body({**FILLED, RECORDINGS: lines}))

    assert [*scene.files()] == [f"{FOLDER}/owner.yaml"]
    assert "and paste this into it:" in scene.comment
    assert '- {isrc: XXM022600299, title: "Song 299"}\n```' in scene.comment


def test_a_list_too_long_for_a_comment_is_sent_elsewhere(scene: Scene) -> None:
    title = "A very long title " * 9
    lines = "\n".join(f"XXM0226{n:05} | {title}{n}" for n in range(500))
    scene.post(body({**FILLED, RECORDINGS: lines}))

    assert "is too long for this way; see https://sayso.example/declare/" in (
        scene.comment
    )
    assert len(scene.comment) < 65_536


@pytest.mark.parametrize(
    "text",
    ["@everyone", "``` \n# Merged", "<!-- x -->", "\u202e", "[x](https://e.example)"],
)
def test_a_strangers_answer_stays_text(scene: Scene, text: str) -> None:
    scene.post(body({**FILLED, RECORDINGS: text, CONTACT: text}))

    outside = re.sub(
        r"^(`{3,})text\n.*?\n\1$", "", scene.comment, flags=re.DOTALL | re.MULTILINE
    )
    for sign in ("@", "# Merged", "<!-- x", "\u202e", "e.example"):
        assert sign not in outside
