"""Attacks with Git itself: histories, objects and settings that lie."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.errors import MalformedError
from sayso.publish.github.posting import check_proposed
from sayso.publish.github.provenance import Provenance
from sayso.publish.github.reviewed import read_report
from tests.attacks.pull_requests.case import at, denying, eve
from tests.attacks.pull_requests.merged import review
from tests.attacks.pull_requests.play import Stage
from tests.attacks.pull_requests.scene import EVE, HOME, MARA, Made, Odd
from tests.declared import owner

YES = denying("XXM012600001", uses="{train-generative: allow}")
_COMMAND = re.compile(
    r"::(error|warning) (col=\d+,endColumn=\d+,)?"
    r"file=declarations/github/77/999977-eve/[^:,\r\n]*,"
    r"(line=\d+,)?title=SAY\d{3}%3A [^:,\r\n]*::[^\r\n]*"
)
HOSTILE = at(MARA, songs=YES)


def test_a_push_after_the_review(registry: Stage) -> None:
    head = registry.world.commit(eve())
    report = read_report(review(registry.world, head, EVE).output.encode())
    pushed = registry.world.commit(HOSTILE, Made(parent=head))
    proposal = Provenance(number=1, head=head, author=EVE, sender=EVE)
    check_proposed(report, proposal)
    with pytest.raises(MalformedError, match="another commit"):
        check_proposed(report, replace(proposal, head=pushed))
    with pytest.raises(MalformedError, match="other people"):
        check_proposed(report, replace(proposal, sender=MARA))


def test_a_merge_that_changes_more_than_it_merges(registry: Stage) -> None:
    world = registry.world
    own = world.commit(eve())
    head = world.commit(HOSTILE, Made(parent=own, merges=world.base))
    reviewed = review(world, head, EVE)
    assert reviewed.codes == {"SAY703"}
    assert reviewed.report["files"] == 2


def test_a_merge_of_the_base_that_takes_it_back(registry: Stage) -> None:
    world = registry.world
    own = world.commit(eve(), Made(parent=world.first))
    path = f"{HOME[MARA]}/songs.yaml"
    since = {p: d for p, d in world.files.items() if world.former.get(p) != d}
    merged = {**since, path: world.former[path]}
    head = world.commit(merged, Made(parent=own, merges=world.base))
    assert review(world, head, EVE).codes == {"SAY703"}


def test_a_merge_that_crosses_with_the_base(registry: Stage) -> None:
    """A merge of it would bring back what was taken back since, unseen."""
    world, path = registry.world, f"{HOME[MARA]}/songs.yaml"
    more = denying("XXM012600001", "XXM012600002", "XXE012600001")
    honest = world.commit({path: more})
    others = world.commit({"Makefile": "all: more\n"})
    base = world.commit({path: more}, Made(parent=others, merges=honest))
    head = world.commit({"README.md": "# A\n"}, Made(parent=others, merges=honest))
    old = world.git("rev-parse", f"{others}:{path}")
    assert world.git("rev-parse", f"{head}:{path}") == old
    reviewed = review(world, head, EVE, base=base)
    assert reviewed.exit_code == 40
    assert "went off from 2 commits; merge" in " ".join(reviewed.output.split())
    merged = world.commit({path: more}, Made(parent=head, merges=base))
    assert review(world, merged, EVE, base=base).verdict == "code"
    kept = world.commit({}, Made(parent=head, merges=base))
    assert review(world, kept, EVE, base=base).codes == {"SAY701", "SAY706"}


def test_a_history_of_its_own(registry: Stage) -> None:
    world = registry.world
    head = world.commit({**world.files, **HOSTILE}, Made(parent=""))
    reviewed = review(world, head, EVE)
    assert reviewed.exit_code == 40
    assert "nothing was reviewed" in reviewed.output
    assert "no commit in common" in reviewed.output


def test_a_folder_with_one_name_twice(registry: Stage) -> None:
    """Of which one is the old file, and the other is not."""
    world = registry.world
    entries = (
        (world.base, "owner.yaml"),
        (world.commit(HOSTILE), "songs.yaml"),
        (world.base, "songs.yaml"),
    )
    tree = b""
    for commit, name in entries:
        blob = world.git("rev-parse", f"{commit}:{HOME[MARA]}/{name}")
        tree += f"100644 {name}\0".encode() + bytes.fromhex(blob)
    options = ("-t", "tree", "-w", "--literally", "--stdin")
    folder = world.git("hash-object", *options, given=tree)
    head = world.commit({HOME[MARA]: Odd(mode="040000", data=folder)})
    assert world.git("ls-tree", f"{head}:{HOME[MARA]}").count("songs.yaml") == 2
    reviewed = review(world, head, EVE)
    assert reviewed.exit_code == 40
    assert "has one name twice" in reviewed.output


def test_objects_that_are_replaced(registry: Stage) -> None:
    world = registry.world
    head = world.commit(HOSTILE)
    said = owner("Mara Lindqvist", f'accounts: ["{EVE}"]', role="artist")
    other = world.commit(at(MARA, owner=said), Made(parent=world.first))
    world.git("replace", world.base, other)
    try:
        assert EVE in world.git("show", f"{world.base}:{HOME[MARA]}/owner.yaml")
        assert review(world, head, EVE).codes == {"SAY701"}
    finally:
        world.git("replace", "--delete", world.base)


def test_programs_that_git_would_run_on_files(registry: Stage, tmp_path: Path) -> None:
    world, marker = registry.world, tmp_path / "ran"
    command = f"sh -c 'touch {marker}; cat'"
    names = {
        "filter.a.smudge": command,
        "filter.a.clean": command,
        "diff.a.textconv": command,
        "diff.a.command": command,
        "diff.external": command,
    }
    attributes = "* filter=a diff=a\n"
    head = world.commit(
        {**eve(songs=YES), ".gitattributes": attributes, **HOSTILE, "a.sh": command}
    )
    info = world.repository / "info/attributes"
    for name, value in names.items():
        world.git("config", name, value)
    info.parent.mkdir(exist_ok=True)
    info.write_text(attributes, encoding="utf-8")
    try:
        assert review(world, head, EVE).codes == {"SAY703", "SAY706"}
        assert not marker.exists()
        world.git("diff", "--ext-diff", world.base, head)
        assert marker.exists(), "it would have been run by a careless review"
    finally:
        info.unlink()
        for name in names:
            world.git("config", "--unset", name)


@pytest.mark.parametrize(
    "text",
    [
        "x\n::error file=a::b",
        "::set-output name=a::b",
        "%0A::warning::a",
        "\r::error::a",
        "##[error]a",
    ],
    ids=["line", "command", "escaped", "return", "group"],
)
def test_commands_for_the_runner_in_what_is_quoted(registry: Stage, text: str) -> None:
    quoted = text.replace("\n", "\\n").replace("\r", "\\r")
    songs = denying("XXE012600001").replace(
        "capacity: owner", f'capacity: "{quoted}"\n"{quoted}": a'
    )
    head = registry.world.commit(
        {**eve(songs=songs), f"{HOME[EVE]}/{text.replace('/', '')}.yaml": YES}
    )
    problems = review(registry.world, head, EVE).report["problems"]
    result = CliRunner().invoke(
        main,
        [
            "review",
            f"--repository={registry.world.repository}",
            f"--base={registry.world.base}",
            f"--head={head}",
            f"--author={EVE}",
            "--format=github",
        ],
    )
    assert result.exit_code == 1
    lines = result.output.removesuffix("\n").split("\n")
    assert len(lines) == len(problems) >= 3
    for line in lines:
        assert _COMMAND.fullmatch(line)
