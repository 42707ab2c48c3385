"""The public API: exactly what `sayso` names, at light cost."""

import ast
import shutil
import subprocess
import sys
from doctest import DocTestParser, DocTestRunner
from pathlib import Path

import pytest

import sayso
from tests.fresh import PINNED, build_fresh

ROOT = Path(__file__).parents[2]


def promised_to_checkers() -> set[str]:
    tree = ast.parse((ROOT / "builder/sayso/__init__.py").read_text("utf-8"))
    return {
        name.asname or name.name
        for block in tree.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }


def test_the_names_are_sorted_and_said_once() -> None:
    assert sayso.__all__ == sorted(set(sayso.__all__))


def test_type_checkers_and_python_see_the_same_names() -> None:
    assert set(sayso.__all__) == promised_to_checkers()


@pytest.mark.parametrize("name", sayso.__all__)
def test_every_name_loads_and_is_documented(name: str) -> None:
    thing = getattr(sayso, name)
    if not isinstance(thing, type(str)) or thing is not sayso.Isrc:
        assert thing.__doc__


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'is_allowed'"):
        getattr(sayso, "is_allowed")  # noqa: B009 - the point is the look-up


def test_the_example_of_the_package_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_fresh(tmp_path)
    shutil.copy(tmp_path / PINNED, tmp_path / "1.root.json")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    example = DocTestParser().get_doctest(sayso.__doc__, {}, "sayso", None, 0)
    ran = DocTestRunner().run(example)
    assert (ran.failed, ran.attempted) == (0, len(example.examples))
    assert ran.attempted


def test_a_look_up_loads_no_columns() -> None:
    program = "import sys, sayso; sayso.Registry; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sayso" in loaded
    assert not loaded & {"numpy", "pyarrow", "narwhals", "tuf", "cryptography"}
