"""GitHub, as far as jobs ask it: on this machine, held to its published schemas."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.github_schemas import Rest
from tests.webserver import Reply, running

TOKEN = "the-token-of-the-job"  # noqa: S105 - it opens nothing
REPOSITORY = "sayso-test/registry"
BOT = "github-actions[bot]"
_REPO = "/repos/{owner}/{repo}"

Body = Any


@dataclass(kw_only=True)
class Asked:
    """One request; `body` is None where there was none."""

    method: str
    path: str
    query: dict[str, str]
    body: Body


@dataclass(kw_only=True)
class Mishap:
    """An answer in place of the right one, to the next request that fits."""

    method: str
    path: str
    reply: Reply


@dataclass(kw_only=True)
class Host:
    """A repository, and all that was asked of it.

    Attributes:
        pulls: each pull request by its number: what differs from the smallest one.
        merges: the numbers of the pull requests that a commit came from.
        runs: the check runs, oldest first.
        comments: of every issue, oldest first.
        labels: of the one issue that there is.
        known_labels: of the repository.
        files: of the one pull request: path and patch.
        remarks: review comments.
        contents: the names in a folder, by its path.
        mishaps: answers in place of the right ones, each once.
        faults: what broke a schema.
    """

    rest: Rest = field(repr=False)
    address: str = ""
    pulls: dict[int, dict[str, Body]] = field(default_factory=dict)
    merges: dict[str, list[int]] = field(default_factory=dict)
    runs: list[dict[str, Body]] = field(default_factory=list)
    comments: list[dict[str, Body]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    known_labels: list[str] = field(default_factory=list)
    files: list[tuple[str, str | None]] = field(default_factory=list)
    remarks: list[dict[str, Body]] = field(default_factory=list)
    contents: dict[str, list[str]] = field(default_factory=dict)
    mishaps: list[Mishap] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def sent(self, method: str, path: str) -> list[Body]:
        """Return the bodies of the requests that fit, in order."""
        return [
            each.body
            for each in self.asked
            if each.method == method and re.fullmatch(path, each.path)
        ]

    def comment(self, body: str, login: str = BOT) -> dict[str, Body]:
        """Let somebody have written a comment."""
        said = {"body": body, "id": len(self.comments) + 1, "login": login}
        self.comments.append(said)
        return said

    def reply(self, method: str, address: str, data: bytes) -> Reply:
        """Answer a request, with a mishap where one is due."""
        parts = urlsplit(address)
        query = {name: said[0] for name, said in parse_qs(parts.query).items()}
        body = json.loads(data) if data else None
        asked = Asked(method=method, path=parts.path, query=query, body=body)
        self.asked.append(asked)
        for mishap in self.mishaps:
            if mishap.method == method and re.search(mishap.path, parts.path):
                self.mishaps.remove(mishap)
                return mishap.reply
        try:
            status, said = self.answer(asked)
        except Exception as error:  # noqa: BLE001 - a test has to hear of it
            self.faults.append(f"{type(error).__name__}: {error}")
            return Reply(status=500)
        return Reply(status=status, body=json.dumps(said).encode())

    def answer(self, asked: Asked) -> tuple[int, Body]:
        """Return the status and the body of an answer, both held to the schema."""
        for route in _ROUTES:
            match = re.fullmatch(route.pattern, asked.path)
            if match and route.method == asked.method:
                self._check_asked(route, asked)
                status, body = route.act(self, asked, *map(unquote, match.groups()))
                self._check_answer(route, status, body)
                return status, body
        self.faults.append(f"nobody asks GitHub so: {asked.method} {asked.path}")
        return 404, {"message": "Not Found"}

    def _check_asked(self, route: "Route", asked: Asked) -> None:
        if asked.method in {"GET", "DELETE"}:
            known = self.rest.operation(route.method, route.template)["parameters"]
            names = {self._parameter(each) for each in known}
            self.faults += [name for name in asked.query if name not in names]
            return
        schema = self.rest.asked(route.method, route.template)
        self.faults += self.rest.faults(schema, asked.body)
        self.faults += self.rest.strays(schema, asked.body)

    def _parameter(self, parameter: Mapping[str, Any]) -> str:
        if "$ref" in parameter:
            name = parameter["$ref"].rpartition("/")[2]
            parameter = self.rest.document["components"]["parameters"][name]
        return str(parameter["name"])

    def _check_answer(self, route: "Route", status: int, body: Body) -> None:
        if status < 300 and body is not None:
            schema = self.rest.answered(route.method, route.template, status)
            self.faults += self.rest.faults(schema, body)

    def made(
        self, method: str, template: str, status: int, /, **changes: object
    ) -> Body:
        """Return the smallest answer to a request, or item of a list, with changes."""
        schema = self.rest.answered(method, template, status)
        items = schema.get("items") if schema.get("type") == "array" else schema
        return self.rest.sample(items or {}, **changes)


Act = Callable[..., tuple[int, Body]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One kind of request."""

    method: str
    template: str
    act: Act

    @property
    def pattern(self) -> str:
        """The paths that fit, with a group for each part that is open."""
        inner = self.template.removeprefix(_REPO)
        last = r"(.+)" if inner.endswith("{path}") else r"([^/]+)"
        text = re.sub(r"\\\{[a-z_]+\\\}$", lambda _: last, re.escape(inner))
        open_part = re.sub(r"\\\{[a-z_]+\\\}", "([^/]+)", text)
        return re.escape(f"/repos/{REPOSITORY}") + open_part


def _page(asked: Asked, items: list[Body]) -> list[Body]:
    size, page = int(asked.query["per_page"]), int(asked.query["page"])
    return items[(page - 1) * size : page * size]


_COMMENTS = f"{_REPO}/issues/{{issue_number}}/comments"
_COMMENT = f"{_REPO}/issues/comments/{{comment_id}}"
_RUNS = f"{_REPO}/check-runs"
_RUN = f"{_REPO}/check-runs/{{check_run_id}}"
_RUNS_OF = f"{_REPO}/commits/{{ref}}/check-runs"
_PULLS_OF = f"{_REPO}/commits/{{commit_sha}}/pulls"
_PULL = f"{_REPO}/pulls/{{pull_number}}"
_FILES = f"{_PULL}/files"
_REMARKS = f"{_PULL}/comments"
_REVIEWS = f"{_PULL}/reviews"
_LABELS = f"{_REPO}/labels"
_LABELS_OF = f"{_REPO}/issues/{{issue_number}}/labels"
_LABEL_OF = f"{_LABELS_OF}/{{name}}"
_CONTENTS = f"{_REPO}/contents/{{path}}"


def _written(host: Host, said: dict[str, Body]) -> Body:
    return host.made(
        "POST", _COMMENTS, 201,
        body=said["body"], id=said["id"],
        user=_user(host, login=said["login"]),
    )  # fmt: skip


def _user(host: Host, **changes: object) -> Body:
    return host.rest.sample(host.rest.named("simple-user"), **changes)


def _list_comments(host: Host, asked: Asked, _issue: str) -> tuple[int, Body]:
    return 200, [_written(host, said) for said in _page(asked, host.comments)]


def _create_comment(host: Host, asked: Asked, _issue: str) -> tuple[int, Body]:
    return 201, _written(host, host.comment(asked.body["body"]))


def _update_comment(host: Host, asked: Asked, number: str) -> tuple[int, Body]:
    (said,) = [each for each in host.comments if each["id"] == int(number)]
    said["body"] = asked.body["body"]
    return 200, _written(host, said)


def _run(host: Host, run: dict[str, Body]) -> Body:
    changes: dict[str, Body] = {
        name: run[name]
        for name in ("conclusion", "external_id", "head_sha", "id", "name", "status")
    }
    body = host.made("POST", _RUNS, 201, **changes)
    body["app"]["slug"] = run["app"]
    return body


def _create_run(host: Host, asked: Asked) -> tuple[int, Body]:
    before = {"app": "github-actions", "conclusion": None, "external_id": ""}
    run = {**before, **asked.body, "id": len(host.runs) + 1}
    run["annotations"] = [*asked.body["output"].get("annotations", ())]
    host.runs.append(run)
    return 201, _run(host, run)


def _update_run(host: Host, asked: Asked, number: str) -> tuple[int, Body]:
    (run,) = [each for each in host.runs if each["id"] == int(number)]
    run["annotations"] += asked.body["output"].get("annotations", ())
    run |= asked.body
    return 200, _run(host, run)


def _list_runs(host: Host, asked: Asked, commit: str) -> tuple[int, Body]:
    found = [
        run
        for run in host.runs
        if run["head_sha"] == commit and run["name"] == asked.query["check_name"]
    ]
    if asked.query.get("filter", "latest") == "latest":
        found = found[-1:]
    page = [_run(host, run) for run in _page(asked, found)]
    return 200, {"check_runs": page, "total_count": len(found)}


def _pull(host: Host, number: int, template: str) -> Body:
    return host.made("GET", template, 200, number=number, **host.pulls[number])


def _get_pull(host: Host, _asked: Asked, number: str) -> tuple[int, Body]:
    if int(number) not in host.pulls:
        return 404, {"message": "Not Found"}
    return 200, _pull(host, int(number), _PULL)


def _list_pulls(host: Host, asked: Asked, commit: str) -> tuple[int, Body]:
    found = _page(asked, host.merges.get(commit, []))
    return 200, [_pull(host, number, _PULLS_OF) for number in found]


def _list_files(host: Host, asked: Asked, _number: str) -> tuple[int, Body]:
    found = []
    for path, patch in _page(asked, host.files):
        file = host.made("GET", _FILES, 200, filename=path)
        found.append(file if patch is None else {**file, "patch": patch})
    return 200, found


def _list_remarks(host: Host, asked: Asked, _number: str) -> tuple[int, Body]:
    return 200, [
        host.made(
            "GET", _REMARKS, 200,
            body=said["body"], line=said["line"], path=said["path"],
            user=_user(host, login=said.get("login", BOT)),
        )
        for said in _page(asked, host.remarks)
    ]  # fmt: skip


def _create_review(host: Host, asked: Asked, _number: str) -> tuple[int, Body]:
    shown = {path: patch for path, patch in host.files if patch is not None}
    for said in asked.body["comments"]:
        assert said["path"] in shown, "GitHub takes no remark on what is not changed"
    host.remarks += asked.body["comments"]
    return 200, host.made("POST", _REVIEWS, 200)


def _list_labels(host: Host, asked: Asked, _issue: str) -> tuple[int, Body]:
    page = _page(asked, host.labels)
    return 200, [host.made("GET", _LABELS_OF, 200, name=name) for name in page]


def _create_label(host: Host, asked: Asked) -> tuple[int, Body]:
    name = asked.body["name"]
    if name in host.known_labels:
        return 422, {"message": "Validation Failed"}
    host.known_labels.append(name)
    return 201, host.made("POST", _LABELS, 201, name=name)


def _add_labels(host: Host, asked: Asked, _issue: str) -> tuple[int, Body]:
    for name in asked.body["labels"]:
        assert name in host.known_labels
        host.labels.append(name)
    return 200, [host.made("GET", _LABELS_OF, 200, name=name) for name in host.labels]


def _remove_label(
    host: Host, _asked: Asked, _issue: str, name: str
) -> tuple[int, Body]:
    if name not in host.labels:
        return 404, {"message": "Label does not exist"}
    host.labels.remove(name)
    return 200, [host.made("GET", _LABELS_OF, 200, name=each) for each in host.labels]


def _get_contents(host: Host, _asked: Asked, path: str) -> tuple[int, Body]:
    if path not in host.contents:
        return 404, {"message": "Not Found"}
    entry = host.rest.named("content-directory")["items"]
    return 200, [host.rest.sample(entry, name=name) for name in host.contents[path]]


_ROUTES = tuple(
    Route(method=method, template=template, act=act)
    for method, template, act in (
        ("GET", _COMMENTS, _list_comments),
        ("POST", _COMMENTS, _create_comment),
        ("PATCH", _COMMENT, _update_comment),
        ("POST", _RUNS, _create_run),
        ("PATCH", _RUN, _update_run),
        ("GET", _RUNS_OF, _list_runs),
        ("GET", _PULLS_OF, _list_pulls),
        ("GET", _PULL, _get_pull),
        ("GET", _FILES, _list_files),
        ("GET", _REMARKS, _list_remarks),
        ("POST", _REVIEWS, _create_review),
        ("GET", _LABELS_OF, _list_labels),
        ("POST", _LABELS, _create_label),
        ("POST", _LABELS_OF, _add_labels),
        ("DELETE", _LABEL_OF, _remove_label),
        ("GET", _CONTENTS, _get_contents),
    )
)


@contextmanager
def github(rest: Rest) -> Iterator[Host]:
    """Play GitHub on a free port until the block ends; no schema may be broken."""
    host = Host(rest=rest)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                host.faults.append("the token is not in its place")
            reply = host.reply(self.command, self.path, data)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - its own names

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as host.address:
        yield host
    assert not host.faults, host.faults[:3]
