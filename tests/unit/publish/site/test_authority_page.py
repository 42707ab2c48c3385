"""The page about authority says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from sayso.model.authority import RECOVERY_WAIT, Ground
from sayso.model.declaration import DecisionKind, Level
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.told import WORDS
from sayso.publish.review.proposal import BYTES, FILES
from sayso.trust.sshsig import NAMESPACE
from sayso.wire import admission, folder_manifest, verification
from sayso.wire.entries import DisputeStatus
from sayso.wire.sshsig import BLOCKS_LIMIT, FILE_LIMIT

PAGE = Path(__file__).parents[4] / "site/docs/spec/authority.md"
TEXT = PAGE.read_text("utf-8")


def section(heading: str) -> str:
    _, _, after = TEXT.partition(f"\n## {heading}\n")
    assert after, heading
    return after.partition("\n## ")[0]


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without code marks."""
    found = re.search(r"^\|(?:.+\n\|)+.+$", section(heading), re.MULTILINE)
    assert found is not None, heading
    lines = found[0].split("\n")[2:]
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        for line in lines
    ]


def test_every_ground_is_explained_as_pages_and_commands_do() -> None:
    assert [(ground, words.replace("’", "'")) for ground, words in rows(
        "What is left out"
    )] == [(ground.value, WORDS[ground]) for ground in Ground]  # fmt: skip


def test_every_level_is_explained() -> None:
    assert [row[0] for row in rows("Levels")] == [
        level.word for level in Level if level is not Level.NONE
    ]


def test_every_kind_of_decision_is_explained() -> None:
    assert [row[0] for row in rows("Decisions")] == [
        kind.value for kind in DecisionKind
    ]


def test_every_status_of_a_dispute_is_explained() -> None:
    assert [row[0] for row in rows("Disputes")] == [s.value for s in DisputeStatus]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Admissions", admission.AdmissionFile),
        ("Manifest", folder_manifest.FolderManifest),
        ("Proofs of domains", verification.VerificationFile),
    ],
    ids=["admission", "manifest", "verification"],
)
def test_every_member_of_a_signed_file_is_explained(heading: str, kind: type) -> None:
    named = {name for row in rows(heading) for name in re.split("[, ]+", row[0])}
    assert named == {field.name for field in fields(kind)} | {"format"}


def test_the_formats_are_those_of_the_code() -> None:
    assert admission.FORMAT in section("Admissions")
    assert folder_manifest.FORMAT in section("Manifest")
    assert verification.FORMAT in section("Proofs of domains")
    assert f"The namespace is `{NAMESPACE}`." in section("Manifest")


def test_the_numbers_are_those_of_the_code() -> None:
    policy = RegistryPolicy(origin="registry.example")
    proofs = section("Proofs of domains")
    assert f"for {policy.recheck_days + policy.grace_days} days" in proofs
    assert f"`recheck_days`, {policy.recheck_days}," in proofs
    assert f"`grace_days`, {policy.grace_days}," in proofs
    assert f"the first {policy.account_recordings} of an owner" in section("Levels")
    assert f"waits {RECOVERY_WAIT.days} days" in section("Keys and epochs")
    assert f"at most {FILES:,} files and {BYTES // 2**20} MiB" in section("Review")
    signatures = f"at most {BLOCKS_LIMIT}, in at most {FILE_LIMIT // 2**10} KiB"
    assert signatures in section("Manifest")
