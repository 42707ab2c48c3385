"""`sayso post`: what a pull request is answered at GitHub, and with which requests."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.github.comment import MARKER
from sayso.publish.github.markdown import suggestion
from sayso.publish.github.provenance import external_id
from tests.conftest import NeedsTool
from tests.github import BOT, REPOSITORY, TOKEN, Host, Mishap, github
from tests.github_schemas import Webhooks, rest, webhooks
from tests.reviews import AUTHOR, BASE, HEAD, OTHER, problem, row, written
from tests.webserver import Reply

NUMBER = 12
ISSUE = rf"/repos/{REPOSITORY}/issues/{NUMBER}"
CHECKS = rf"/repos/{REPOSITORY}/check-runs"
PATH = "declarations/github/31/583231-mara/2026-slow-river.yaml"
PATCH = "@@ -10,3 +10,6 @@ recordings:\n a\n b\n c\n+d\n+e\n+f\n@@ -40 +43,2 @@\n g\n+h"
"""It shows the lines 10 to 15, 43 and 44."""
MANY = {f"use-{n}": "deny" for n in range(33)}
BUSY = Reply(status=503)


@dataclass(kw_only=True)
class Scene:
    """A job that answers, and the host that it answers at."""

    host: Host
    events: Webhooks
    folder: Path
    say: Callable[[str, str], None]

    def post(self, data: bytes | None, *options: str) -> Result:
        """Run the command for a report; None where there is none."""
        path = self.folder / "report.json"
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
        return CliRunner().invoke(main, ["post", "--report", str(path), *options])

    def happens(self, name: str, event: object) -> None:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        self.say("GITHUB_EVENT_NAME", name)
        self.say("GITHUB_EVENT_PATH", str(path))

    def pull_request(self, **changes: object) -> None:
        event = self.events.event(
            "pull_request$opened",
            pull_request__number=NUMBER,
            pull_request__head__sha=HEAD,
            pull_request__head__ref="my branch#1",
            pull_request__head__repo__full_name="mara/registry",
            pull_request__user__id=583231,
            sender__id=583231,
        )
        event |= changes
        self.happens("pull_request_target", event)

    @property
    def comment(self) -> str:
        (said,) = [each["body"] for each in self.host.comments if each["login"] == BOT]
        assert isinstance(said, str)
        return said

    @property
    def run(self) -> dict[str, Any]:
        (found,) = self.host.runs
        return found


@pytest.fixture
def scene(
    needs_tool: NeedsTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    tools = needs_tool("actionlint").parent
    with github(rest(tools / "github-openapi.json")) as host:
        host.pulls[NUMBER] = {"head__sha": HEAD}
        for name, text in {
            "GITHUB_API_URL": host.address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, text)
        monkeypatch.setattr("time.sleep", lambda _: None)
        made = Scene(
            host=host,
            events=webhooks(tools / "github-webhooks.json"),
            folder=tmp_path,
            say=monkeypatch.setenv,
        )
        made.pull_request()
        yield made


def test_what_is_accepted_gets_a_check_run_a_comment_and_a_label(scene: Scene) -> None:
    done = scene.post(written(notes=["It counts from the next release."]))

    assert done.exit_code == 0, done.output
    assert done.output == "Pull request 12 is answered: Ready to be merged.\n"
    assert scene.run["name"] == "sayso/verdict"
    assert scene.run["head_sha"] == HEAD
    assert scene.run["conclusion"] == "success"
    assert scene.run["external_id"] == external_id(NUMBER, AUTHOR, AUTHOR)
    assert scene.run["annotations"] == []
    assert scene.host.labels == ["sayso: accepted"]
    assert scene.comment.startswith(f"{MARKER}\n\n### ✓ Ready to be merged\n")
    assert "```text\nIt counts from the next release.\n```" in scene.comment
    assert (
        "| `XXF012600001` | `Slow River` | `undeclared`: `train-generative` | "
        "`deny`: `train-generative` |" in scene.comment
    )
    assert "[The run](https://github.example/sayso-test/registry/actions/runs/77)" in (
        scene.comment
    )


def test_what_is_to_mend_says_where_and_how(scene: Scene) -> None:
    scene.host.labels = ["sayso: accepted", "sayso: mine", "help wanted"]

    done = scene.post(written(problems=[problem()]))

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "failure"
    (annotation,) = scene.run["annotations"]
    assert annotation == {
        "annotation_level": "failure",
        "end_column": 14,
        "end_line": 15,
        "message": 'An unquoted No is not a title.\nfix: Write title: "No".',
        "path": PATH,
        "start_column": 12,
        "start_line": 15,
        "title": "SAY203: A value that has to be quoted",
    }
    assert scene.host.labels == ["sayso: mine", "help wanted", "sayso: to mend"]
    link = f"https://github.example/mara/registry/edit/my%20branch%231/{PATH}#L15"
    assert f"[edit this line in your browser]({link})" in scene.comment
    assert "[why: SAY203](https://sayso.example/rules/" in scene.comment
    assert 'An unquoted No is not a title.\nWrite title: "No".\n```' in scene.comment


def test_what_belongs_to_others_is_refused(scene: Scene) -> None:
    done = scene.post(written(problems=[problem(code="SAY701", line=0, column=0)]))

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "failure"
    (annotation,) = scene.run["annotations"]
    assert annotation["start_line"] == annotation["end_line"] == 1
    assert "start_column" not in annotation
    assert scene.host.labels == ["sayso: refused"]
    assert "### ✗ Not yours to change: 1 problem" in scene.comment
    assert "[edit this file in your browser](" in scene.comment
    assert scene.comment.count("#L") == 0


def test_a_problem_of_the_whole_change_has_no_file_to_edit(scene: Scene) -> None:
    done = scene.post(written(problems=[problem(path="", line=0, column=0)]))

    assert done.exit_code == 0, done.output
    assert scene.run["annotations"][0]["path"] == "declarations"
    assert "**Mend** `declarations` · [why: SAY203]" in scene.comment


def test_what_is_refused_beyond_what_is_described_is_refused(scene: Scene) -> None:
    done = scene.post(written(verdict="refuse"))

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "failure"
    assert "### ✎ Problems to mend" in scene.comment


def test_a_warning_does_not_stand_in_the_way(scene: Scene) -> None:
    done = scene.post(written(problems=[problem(severity="warning")]))

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "success"
    assert scene.run["annotations"][0]["annotation_level"] == "warning"
    assert "**Look at** `declarations/" in scene.comment


def test_code_is_not_judged(scene: Scene) -> None:
    scene.host.labels = ["sayso: to mend"]
    report = written(
        kind="code", verdict="code", owner=None, preview={"more": 0, "rows": []}
    )

    done = scene.post(report)

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "neutral"
    assert scene.host.labels == []
    assert "No declarations are touched" in scene.comment


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "the check made no report"),
        (b"", "not JSON"),
        (b"{\n}\n", "has no 'format'"),
        (b"x" * (2**20 + 1), "at most 1048576"),
        (written(head=OTHER), "about another commit"),
        (written(author="github:1"), "about other people"),
        (written(sender="github:1"), "about other people"),
        (written(verdict="code", problems=[problem()]), "says code against"),
        (written(verdict="accept", problems=[problem()]), "says accept against"),
        (written(more="member"), "not part of the format"),
        (written(author="mara"), "not the number of an account"),
        (written(owner="mara"), "not an owner"),
        (written(preview={"more": 0, "rows": [row(after=MANY)]}), "each use"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_a_report_of_this_commit_the_check_has_failed(
    scene: Scene, data: bytes | None, why: str
) -> None:
    scene.host.labels = ["sayso: accepted"]

    done = scene.post(data)

    assert done.exit_code == 0, done.output
    assert why in done.stderr
    assert scene.run["conclusion"] == "failure"
    assert scene.run["head_sha"] == HEAD
    assert scene.host.labels == []
    assert "### This could not be checked" in scene.comment
    assert "there is nothing that you did wrong" in scene.comment


def test_without_a_named_report_the_check_has_failed(scene: Scene) -> None:
    done = CliRunner().invoke(main, ["post"])

    assert done.exit_code == 0, done.output
    assert "no report was named" in done.stderr
    assert scene.run["conclusion"] == "failure"


def test_the_comment_is_edited_in_place(scene: Scene) -> None:
    scene.host.comments += [
        {"body": f"Nice record! {n}", "id": n, "login": "eve"} for n in range(1, 150)
    ]
    scene.post(written(problems=[problem()]))
    scene.post(written())
    before = len(scene.host.asked)
    scene.post(written())

    assert "### ✓ Ready to be merged" in scene.comment
    assert len(scene.host.sent("POST", f"{ISSUE}/comments")) == 1
    assert len(scene.host.sent("PATCH", r".*/issues/comments/150")) == 1
    again = [each.method for each in scene.host.asked[before:]]
    # The same answer is not written again.
    assert again.count("PATCH") == 0


@pytest.mark.parametrize("login", ["eve", "github-actions", "other-app[bot]"])
def test_a_comment_of_anybody_else_is_not_touched(scene: Scene, login: str) -> None:
    theirs = scene.host.comment(f"{MARKER}\n\nReady to be merged, says {login}", login)
    ours = scene.host.comment(f"Quoting {MARKER}")

    scene.post(written())

    assert theirs["body"].endswith(login)
    assert ours["body"] == f"Quoting {MARKER}"
    assert scene.host.sent("PATCH", r".*/issues/comments/.*") == []
    assert len(scene.host.comments) == 3


def test_120_problems_are_annotated_in_three_requests(scene: Scene) -> None:
    problems = [problem(line=n) for n in range(1, 121)]

    done = scene.post(written(problems=problems))

    assert done.exit_code == 0, done.output
    assert [each["start_line"] for each in scene.run["annotations"]] == [*range(1, 121)]
    (first,) = scene.host.sent("POST", CHECKS)
    second, third = scene.host.sent("PATCH", f"{CHECKS}/1")
    assert [len(each["output"]["annotations"]) for each in (first, second, third)] == [
        50, 50, 20,
    ]  # fmt: skip
    # Only the last request says how it ended.
    assert ["conclusion" in each for each in (first, second, third)] == [
        False, False, True,
    ]  # fmt: skip
    assert "120 of 120 are shown" in third["output"]["summary"]
    assert "**20 of 120** are shown here" in scene.comment


def test_more_problems_than_anybody_reads_are_counted(scene: Scene) -> None:
    problems = [problem(line=n, message="x", fix="y") for n in range(1, 1_205)]

    done = scene.post(written(problems=problems))

    assert done.exit_code == 0, done.output
    assert len(scene.run["annotations"]) == 500
    assert "500 of 1,204 are shown" in scene.run["output"]["summary"]
    assert "1,204 problems to mend" in scene.comment


def test_a_pull_request_that_has_moved_on_gets_the_check_run_alone(
    scene: Scene,
) -> None:
    scene.host.pulls[NUMBER]["head__sha"] = OTHER

    done = scene.post(written())

    assert done.exit_code == 0, done.output
    assert "has moved on, and has the check run alone" in done.output
    assert scene.run["head_sha"] == HEAD
    assert scene.host.comments == []
    assert scene.host.labels == []


def test_a_verdict_is_that_of_who_sent_the_commit(scene: Scene) -> None:
    scene.post(written())
    event = json.loads((scene.folder / "event.json").read_bytes())
    event |= {"action": "reopened", "sender": {**event["sender"], "id": 6666}}
    scene.happens("pull_request_target", event)

    done = scene.post(written())

    assert done.exit_code == 0, done.output
    assert scene.host.runs[-1]["external_id"] == external_id(NUMBER, AUTHOR, AUTHOR)
    assert scene.host.runs[-1]["conclusion"] == "success"


def test_a_label_that_somebody_took_away_meanwhile_is_no_fault(scene: Scene) -> None:
    scene.host.labels = ["sayso: to mend"]
    gone = Mishap(method="DELETE", path="/labels/", reply=Reply(status=404))
    scene.host.mishaps = [gone]
    scene.host.known_labels = ["sayso: accepted"]

    done = scene.post(written())

    assert done.exit_code == 0, done.output
    assert "sayso: accepted" in scene.host.labels


def test_the_label_that_is_there_is_left(scene: Scene) -> None:
    scene.host.labels = ["sayso: accepted"]

    scene.post(written())

    assert scene.host.sent("POST", ".*labels") == []
    assert scene.host.sent("DELETE", ".*labels.*") == []


def test_lines_that_the_diff_shows_are_suggested(scene: Scene) -> None:
    scene.host.files = [("README.md", None), (PATH, PATCH)]
    mended = '    title: "No"'
    problems = [
        problem(line=line, suggestion=mended) for line in (9, 10, 15, 16, 42, 43, 44)
    ]
    problems += [
        problem(line=11),
        problem(line=0, column=0, suggestion=mended),
        problem(line=12, suggestion="two\nlines"),
        problem(line=13, suggestion=mended, path="github/31/583231-mara/other.yaml"),
    ]

    done = scene.post(written(problems=problems))

    assert done.exit_code == 0, done.output
    (review,) = scene.host.sent("POST", r".*/pulls/12/reviews")
    assert review["commit_id"] == HEAD
    assert review["event"] == "COMMENT"
    assert [(each["path"], each["line"]) for each in review["comments"]] == [
        (PATH, 10), (PATH, 15), (PATH, 43), (PATH, 44),
    ]  # fmt: skip
    for each in review["comments"]:
        assert each["body"].endswith(f"```suggestion\n{mended}\n```")
    # What was suggested is not suggested twice.
    scene.post(written(problems=problems))
    assert len(scene.host.sent("POST", r".*/pulls/12/reviews")) == 1


def test_of_two_suggestions_for_a_line_one_is_made(scene: Scene) -> None:
    scene.host.files = [(PATH, PATCH)]
    problems = [problem(suggestion="a"), problem(suggestion="b")]

    scene.post(written(problems=problems))

    (review,) = scene.host.sent("POST", r".*/pulls/12/reviews")
    assert len(review["comments"]) == 1


def test_a_suggestion_that_github_does_not_take_is_no_fault(scene: Scene) -> None:
    scene.host.files = [(PATH, PATCH)]
    refused = Mishap(method="POST", path="/reviews$", reply=Reply(status=422))
    scene.host.mishaps = [refused]

    done = scene.post(written(problems=[problem(suggestion="mended")]))

    assert done.exit_code == 0, done.output
    assert scene.host.mishaps == []


def test_a_fork_that_is_gone_has_no_page_to_edit(scene: Scene) -> None:
    event = json.loads((scene.folder / "event.json").read_bytes())
    event["pull_request"]["head"]["repo"] = None
    scene.happens("pull_request_target", event)

    done = scene.post(written(problems=[problem()]))

    assert done.exit_code == 0, done.output
    assert "in your browser]" not in scene.comment


HOSTILE = (
    "@everyone",
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "``` \n# Merged by the operators\n```",
    "`@eve`",
    "| a | b |",
    "<!-- sayso:review -->",
    "::error file=x::y",
    "%0A::stop-commands::x",
    "\u202egnp.exe",
    "a\r\nb",
    "-->",
    "",
    " `",
)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_strangers_text_stays_text(scene: Scene, text: str) -> None:
    hostile = problem(
        message=text, fix=text, title=text, path=f"github/31/{text}", code=text
    )
    rows = [row(title=text, isrc=text, before={"index": text}, after={"index": "ask"})]
    report = written(
        problems=[hostile], notes=[text], level=text, preview={"more": 3, "rows": rows}
    )

    done = scene.post(report)

    assert done.exit_code == 0, done.output
    outside = outside_of_code(scene.comment.removeprefix(MARKER))
    for sign in ("@", "<script", "![", "evil", "<!--", "::", "Merged", "\u202e"):
        assert sign not in outside, sign
    assert "and 3 more" in scene.comment
    table = [line for line in scene.comment.splitlines() if line.startswith("| `")]
    assert len(table) == 1
    assert len(re.findall(r"(?<!\\)\|", table[0])) == 5


def outside_of_code(text: str) -> str:
    """Return what is left of Markdown without its code and its addresses."""
    text = re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    return re.sub(r"\]\(https://[a-z.]+/[A-Za-z0-9%/._#-]*\)", "]()", text)


def test_the_longest_report_makes_a_comment_that_github_takes(scene: Scene) -> None:
    long = "\U0001f3b5`|" * 1_200
    words = {
        f"a-use-with-a-name-as-long-as-{n:02}": f"{n}{long[:60]}" for n in range(32)
    }
    rows = [
        row(title=long[:900], before=words, after={}, isrc=long[:90]) for _ in range(31)
    ]
    report = written(
        problems=[problem(message=long, fix=long, path=long) for _ in range(21)],
        notes=[long] * 11,
        preview={"more": 10**9, "rows": rows},
    )

    done = scene.post(report)

    assert done.exit_code == 0, done.output
    assert 10_000 < len(scene.comment) <= 60_000
    assert "**10 of 21** are shown here" in scene.comment
    assert "and 1,000,000,016 more" in scene.comment


def test_a_suggestion_cannot_leave_its_block() -> None:
    said = suggestion("```\n@everyone ````")
    assert said.splitlines()[0] == "`````suggestion"
    assert said.splitlines()[-1] == "`````"


LIMITED = {
    "429 with a time": Reply(status=429, headers={"Retry-After": "7"}),
    "403 with a time": Reply(status=403, headers={"Retry-After": "100000"}),
    "403 without any left": Reply(status=403, headers={"X-RateLimit-Remaining": "0"}),
}


@pytest.mark.parametrize("reply", LIMITED.values(), ids=LIMITED)
def test_a_limit_is_waited_for(
    scene: Scene, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    scene.host.mishaps = [Mishap(method="POST", path="/comments$", reply=reply)]

    done = scene.post(written())

    assert done.exit_code == 0, done.output
    assert len(scene.host.comments) == 1
    (seconds,) = waited
    assert 0 < seconds <= 60


def test_what_can_be_sent_again_is_sent_again_after_a_failure(scene: Scene) -> None:
    scene.host.comment(f"{MARKER}\n\nold")
    scene.host.mishaps = [
        Mishap(method="GET", path="/pulls/12$", reply=BUSY),
        Mishap(method="PATCH", path="/issues/comments/1$", reply=BUSY),
        Mishap(method="PATCH", path="/issues/comments/1$", reply=Reply(status=500)),
    ]

    done = scene.post(written())

    assert done.exit_code == 0, done.output
    assert "Ready" in scene.comment


FAILURES = {
    "it stays busy": [("GET", "/pulls/12$", BUSY)] * 4,
    "it stays limited": [("POST", "/comments$", LIMITED["429 with a time"])] * 4,
    "it may have been done": [("POST", "/check-runs$", BUSY)],
    "it is forbidden": [("POST", "/check-runs$", Reply(status=403))],
    "it leads elsewhere": [
        (
            "GET",
            "/pulls/12$",
            Reply(status=301, headers={"Location": "https://evil.example/"}),
        )
    ],
    "it is too long": [("GET", "/pulls/12$", Reply(body=b" " * (8 * 2**20 + 1)))],
    "it is no JSON": [("GET", "/pulls/12$", Reply(body=b"<html>"))],
    "it is nested": [("GET", "/pulls/12$", Reply(body=b"[" * 100_000))],
    "it repeats a key": [("GET", "/pulls/12$", Reply(body=b'{"a":1,"a":2}'))],
    "it is not a number": [("GET", "/pulls/12$", Reply(body=b'{"a":NaN}'))],
    "it is too large": [("GET", "/pulls/12$", Reply(body=b"9" * 5_000))],
    "it is not a list": [("GET", "/comments$", Reply(body=b"{}"))],
    "it has no number": [("POST", "/check-runs$", Reply(body=b'{"id":true}'))],
    "it is refused with text": [("POST", "/comments$", Reply(status=410, body=b"no"))],
    "it is refused with words": [
        ("POST", "/comments$", Reply(status=410, body=b'{"message":"Gone\\u001b"}'))
    ],
}


@pytest.mark.parametrize("failures", FAILURES.values(), ids=FAILURES)
def test_where_github_does_not_answer_the_job_fails(
    scene: Scene, failures: list[tuple[str, str, Reply]]
) -> None:
    scene.host.mishaps = [
        Mishap(method=method, path=path, reply=reply)
        for method, path, reply in failures
    ]

    done = scene.post(written())

    assert done.exit_code == 40
    assert "GitHub" in done.stderr
    assert TOKEN not in done.output
    assert "\x1b" not in done.output
    assert scene.host.mishaps == []


def test_a_host_that_is_not_there_is_said(scene: Scene) -> None:
    scene.say("GITHUB_API_URL", "http://127.0.0.1:1")

    done = scene.post(written())

    assert done.exit_code == 40
    assert "GitHub gives no answer to POST 'check-runs'" in done.stderr


@pytest.mark.parametrize("address", ["http://api.github.com", "ftp://127.0.0.1", "x"])
def test_the_token_is_sent_over_https_only(scene: Scene, address: str) -> None:
    scene.say("GITHUB_API_URL", address)

    done = scene.post(written())

    assert done.exit_code == 40
    assert "it is not https" in done.stderr


@pytest.mark.parametrize(
    "name", ["GITHUB_TOKEN", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY"]
)
def test_outside_of_a_job_there_is_nothing_to_answer(scene: Scene, name: str) -> None:
    scene.say(name, "")

    done = scene.post(written())

    assert done.exit_code == 2
    assert name in done.stderr


def test_an_event_that_is_not_there_is_said(scene: Scene) -> None:
    scene.say("GITHUB_EVENT_PATH", "nowhere.json")

    done = scene.post(written())

    assert done.exit_code == 40
    assert "the event cannot be read" in done.stderr


def queue(scene: Scene) -> None:
    ref = f"refs/heads/gh-readonly-queue/main/pr-12-{BASE}"
    event = scene.events.event(
        "merge_group$checks_requested",
        merge_group__head_ref=ref,
        merge_group__base_sha=BASE,
        merge_group__head_sha=HEAD,
    )
    scene.happens("merge_group", event)


def test_the_queue_gets_the_check_run_alone(scene: Scene) -> None:
    queue(scene)

    done = scene.post(written(author="github:7"))

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "success"
    assert scene.run["head_sha"] == HEAD
    assert scene.run["external_id"] == external_id(NUMBER, "github:7", AUTHOR)
    assert [each.method for each in scene.host.asked] == ["POST"]


@pytest.mark.parametrize(
    "data",
    [None, written(base=OTHER), written(head=OTHER)],
    ids=["none", "base", "head"],
)
def test_the_queue_does_not_go_on_without_a_report(
    scene: Scene, data: bytes | None
) -> None:
    queue(scene)

    done = scene.post(data)

    assert done.exit_code == 0, done.output
    assert scene.run["conclusion"] == "failure"
