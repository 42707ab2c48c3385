"""The declarations of a commit: read from Git, like a folder that holds the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from sayso.errors import PublishError
from sayso.publish.reading import committed
from sayso.publish.reading.committed import read_commit
from sayso.publish.reading.file import blob_id
from sayso.publish.reading.git import CommitFile
from sayso.publish.reading.sources import SourceTree
from tests.declared import FACTS, FERNWOOD

PLAIN = 0o100644
TEXTS = {
    **FACTS,
    f"{FERNWOOD}/songs.csv": "isrc\nXXF012600001\n",
    f"{FERNWOOD}/more.csv": "isrc\nXXF012600002\n",
}


class Objects:
    """What Git has; it keeps what was asked for at a time."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.by_id = {blob_id(text.encode()): text.encode() for text in texts.values()}
        self.files = tuple(
            CommitFile(
                path=path,
                mode=PLAIN,
                blob=blob_id(text.encode()),
                size=len(text.encode()),
            )
            for path, text in sorted(texts.items())
        )
        self.asked: list[int] = []

    def read(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        self.asked.append(len(blobs))
        return {blob: self.by_id[blob] for blob in blobs}

    def tree(self, files: Sequence[CommitFile] | None = None) -> SourceTree:
        return read_commit(
            self.files if files is None else files, self.read, commit="ab" * 20
        )


def codes(tree: SourceTree) -> list[str]:
    return [problem.rule.code for problem in tree.problems]


def test_all_files_are_read_with_their_digests() -> None:
    tree = Objects(TEXTS).tree()
    assert (tree.commit, tree.clean, tree.problems) == ("ab" * 20, True, ())
    assert {file.path: file.data.decode() for file in tree.files} == TEXTS
    assert [file.path for file in tree.files] == sorted(TEXTS)
    for file in tree.files:
        assert file.sha256 == sha256(file.data).hexdigest()
        assert file.blob == blob_id(file.data)


def test_no_files_are_no_files() -> None:
    assert Objects({}).tree().files == ()


def test_few_bytes_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "_HELD", 300)
    objects = Objects(TEXTS)
    assert len(objects.tree().files) == len(TEXTS)
    assert len(objects.asked) > 3
    assert sum(objects.asked) == len(TEXTS)


def test_a_catalogue_is_asked_for_again() -> None:
    objects = Objects(TEXTS)
    (file, _) = (f for f in objects.tree().files if f.path.endswith(".csv"))
    before = len(objects.asked)
    assert file.data == TEXTS[file.path].encode()
    assert len(objects.asked) == before + 1
    objects.by_id[file.blob] = b"other"
    with pytest.raises(PublishError, match="changed in Git"):
        _ = file.data


def test_bytes_that_are_not_of_their_id_are_refused() -> None:
    objects = Objects(TEXTS)
    objects.by_id[objects.files[0].blob] = b"other"
    with pytest.raises(PublishError, match="other bytes"):
        objects.tree()


@pytest.mark.parametrize(
    ("mode", "code"), [(0o120000, "SAY102"), (0o160000, "SAY102"), (0o100755, "SAY103")]
)
def test_what_is_no_plain_file_is_not_read(mode: int, code: str) -> None:
    objects = Objects(TEXTS)
    first, *rest = objects.files
    tree = objects.tree([replace(first, mode=mode), *rest])
    assert codes(tree) == [code]
    assert tree.refused == {first.path}
    assert not tree.clean
    assert len(tree.files) == len(rest)


def test_too_large_a_file_is_not_read() -> None:
    objects = Objects(TEXTS)
    first, *rest = objects.files
    tree = objects.tree([replace(first, size=2**30), *rest])
    assert len(codes(tree)) == 1
    assert tree.refused == {first.path}


def test_a_file_where_none_is_expected_is_not_read() -> None:
    tree = Objects({**TEXTS, "nowhere/x.txt": "x"}).tree()
    assert len(codes(tree)) == 1
    assert tree.refused == {"nowhere/x.txt"}


def test_names_that_are_one_on_other_systems_are_problems() -> None:
    objects = Objects(TEXTS)
    first = objects.files[0]
    tree = objects.tree([*objects.files, replace(first, path=first.path.upper())])
    assert any("one file on Windows" in problem.message for problem in tree.problems)


def test_there_is_a_most() -> None:
    objects = Objects(TEXTS)
    tree = read_commit(objects.files, objects.read, commit="ab" * 20, limit=3)
    assert len(tree.files) == 3
    assert "more than 3 files" in tree.problems[0].message
