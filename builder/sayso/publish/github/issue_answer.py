"""Answering an issue form: with the files, and links that hand them in.

No pull request is opened for anybody. The person who opened the issue presses the
button, so GitHub itself says who it was, and there is nothing to forge.
"""

import re
from typing import Final

from sayso.model.owner import OwnerId, shard_of
from sayso.model.rules import SITE
from sayso.publish.drafting.answers import AnswerError, parse_login
from sayso.publish.drafting.guidance import advice
from sayso.publish.drafting.template import declaration_text, folder_of, owner_text
from sayso.publish.github.api import Api
from sayso.publish.github.event import Issue
from sayso.publish.github.foreign import member
from sayso.publish.github.issue_form import Form, FormError, read_form
from sayso.publish.github.links import FOLDER
from sayso.publish.github.markdown import block, code
from sayso.publish.github.posting import edit_or_write
from sayso.publish.site.starters import new_file

MARKER: Final = "<!-- sayso:issue -->"
"""How the comment is found again; nobody sees it."""

_LONGEST_SHOWN: Final = 50_000
_LONGEST_LINE: Final = 1_000

_EDIT: Final = (
    "Edit the issue above (… → *Edit*) and change this; it is read again by itself:"
)
_PRESS: Final = (
    "Press each link while you are signed in as the account that wrote this issue, "
    "then *Commit changes*, *Propose changes* and *Create pull request*. That is your "
    "signature: nobody else can do it for you. Where there are two files, hand in the "
    "second once the first is merged, which takes some minutes."
)


def answer_issue(api: Api, event: Issue, repository: str) -> None:
    """Answer an issue form.

    Args:
        api: the repository.
        event: the issue.
        repository: its address on the web.

    Raises:
        FetchError: GitHub does not answer.
    """
    name = f"issue-{event.number}"
    try:
        form = read_form(event.body, event.author, name)
    except FormError as error:
        text = _mend(error.faults)
    else:
        folder = _folder(api, OwnerId(event.author))
        text = _hand_in(form, event, folder, repository)
    edit_or_write(api, event.number, f"{MARKER}\n\n{text}", MARKER)


def _mend(faults: tuple[str, ...]) -> str:
    return "\n\n".join(
        [
            "### ✎ Nearly there",
            _EDIT,
            block(*[line for fault in faults for line in fault.split("\n")]),
        ]
    )


def _hand_in(form: Form, event: Issue, folder: str | None, repository: str) -> str:
    declaration = form.declaration
    place = f"{FOLDER}/{folder or folder_of(declaration.owner, _login(event.login))}"
    name = declaration.id.rpartition("/")[2]
    files = {f"{place}/{name}.yaml": declaration_text(declaration)}
    if folder is None:
        files = {f"{place}/owner.yaml": owner_text(form.owner), **files}
    count = f"{form.count:,} recording" + ("" if form.count == 1 else "s")
    parts = [
        f"### {count}, ready to hand in",
        _PRESS,
    ]
    for path, text in files.items():
        parts += _file(path, text, repository)
    said = advice(declaration, form.count)
    parts += ["What counts, and when:", "\n".join(f"- {line}" for line in said)]
    return "\n\n".join(parts)


def _file(path: str, text: str, repository: str) -> list[str]:
    link = new_file(repository, path, text)
    if link is not None:
        return [f"- [Hand in]({link}) {code(path)}"]
    if len(text) > _LONGEST_SHOWN:
        return [f"{code(path)} is too long for this way; see {SITE}declare/"]
    empty = new_file(repository, path, "")
    shown = block(*text.rstrip("\n").split("\n"), limit=_LONGEST_LINE)
    return [f"- [Open]({empty}) {code(path)}, and paste this into it:", shown]


def _login(login: str) -> str:
    """Return a login as a part of a folder's name; some accounts have no such one."""
    try:
        return parse_login(login)
    except AnswerError:
        return ""


def _folder(api: Api, owner: OwnerId) -> str | None:
    """Return the folder that an account has, below the declarations."""
    number = owner.partition(":")[2]
    wanted = re.compile(rf"{number}(?:-[a-z0-9-]{{1,39}})?", re.ASCII)
    above = f"github/{shard_of(owner)}"
    said = api.get_where_there(f"contents/{FOLDER}/{above}")
    for entry in said if isinstance(said, list) else ():
        name = member(entry, "name")
        if isinstance(name, str) and wanted.fullmatch(name):
            return f"{above}/{name}"
    return None
