"""Attacks by what lies where: paths, kinds of files, sizes, and what rides along."""

from tests.attacks.pull_requests.case import (
    Case,
    Merged,
    at,
    broken,
    denying,
    eve,
)
from tests.attacks.pull_requests.scene import (
    EVE,
    HOME,
    MARA,
    Change,
    File,
    Odd,
)
from tests.declared import owner

YES = denying("XXM012600001", uses="{train-generative: allow}")
_NOTHING = denying("XXE012600001", uses="{search: allow}")
_MARA, _EVE = HOME[MARA], HOME[EVE]


def _own(name: str, file: File = YES) -> Change:
    """Return Eve's new folder with a file of any name in it."""
    return {**eve(), f"{_EVE}/{name}": file}


def _elsewhere(folder: str, **files: str) -> Change:
    """Return a folder that is called as Eve likes it, with her in its owner.yaml."""
    said = owner("Mara Lindqvist", f'accounts: ["{EVE}"]', role="artist")
    found = {"owner.yaml": said, **{f"{n}.yaml": text for n, text in files.items()}}
    return {f"declarations/{folder}/{name}": text for name, text in found.items()}


def _case(
    name: str, change: Change, *codes: str, merged: Merged, is_code: bool = False
) -> Case:
    return Case(
        name=name,
        change=lambda _world: change,
        codes=broken(*codes),
        merged=merged,
        is_code=is_code,
    )


PATHS = (
    _case(
        "a symbolic link in one's own folder",
        _own("songs.yaml", Odd(mode="120000", data="../../31/583231-mara/songs.yaml")),
        "102",
        merged=Merged.STOPPED,
    ),
    _case(
        "a symbolic link in the place of somebody's declaration",
        at(MARA, songs=Odd(mode="120000", data="/etc/passwd")),
        "102",
        merged=Merged.STOPPED,
    ),
    Case(
        name="a submodule",
        change=lambda world: _own("more", Odd(mode="160000", data=world.base)),
        codes=broken("102"),
        merged=Merged.STOPPED,
    ),
    Case(
        name="a submodule in the place of a declaration",
        change=lambda world: at(MARA, songs=Odd(mode="160000", data=world.base)),
        codes=broken("102"),
        merged=Merged.STOPPED,
    ),
    Case(
        name="a declaration marked as a program",
        change=lambda world: at(
            MARA, songs=Odd(mode="100755", data=world.files[f"{_MARA}/songs.yaml"])
        ),
        codes=broken("103"),
        merged=Merged.STOPPED,
    ),
    _case(
        "the same folder in capital letters",
        _elsewhere("github/31/583231-MARA", songs=YES),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a folder with a Cyrillic letter",
        _elsewhere("github/31/583231-m\u0430ra", songs=YES),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a folder with a dotless i",
        _elsewhere("github/31/583231-m\u0131ra", songs=YES),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "two names that are one after normalisation",
        {**_own("caf\u00e9.yaml"), f"{_EVE}/cafe\u0301.yaml": YES},
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a name that reads backwards",
        _own("a\u202elmay.yaml"),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a name with a line break and a command",
        _own("a\n::error file=b::c.yaml"),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a name with quotes",
        _own('"songs".yaml'),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a name that is no UTF-8",
        _own("so\udcffngs.yaml"),
        "104",
        merged=Merged.STOPPED,
    ),
    _case(
        "a name that Windows keeps for a device",
        _own("con.yaml"),
        "105",
        merged=Merged.STOPPED,
    ),
    _case(
        "attributes that hide a change from reviewers",
        _own(".gitattributes", "*.yaml -diff linguist-generated\n"),
        "101",
        merged=Merged.STOPPED,
    ),
    _case(
        "folders three hundred levels deep",
        {**eve(), "declarations/" + "a/" * 300 + "a.yaml": YES},
        "101",
        merged=Merged.STOPPED,
    ),
    _case(
        "somebody else's number with another name",
        _elsewhere("github/31/583231-mara2", songs=YES),
        "110",
        merged=Merged.LEFT_OUT,
    ),
    _case(
        "the number of an account that has no folder yet",
        _elsewhere("github/00/4400-anna", songs=YES),
        "108",
        "702",
        merged=Merged.LEFT_OUT,
    ),
    _case(
        "one's own folder under another's digits",
        _elsewhere("github/31/999977-eve", songs=YES),
        "107",
        merged=Merged.STOPPED,
    ),
    _case(
        "the folder of declarations once more, in capitals",
        {f"D{path[1:]}": f for path, f in _own("a").items()},
        merged=Merged.NOTHING,
        is_code=True,
    ),
    _case(
        "the folder of declarations once more, with a space",
        {
            path.replace("declarations", "declarations "): file
            for path, file in _own("a").items()
        },
        merged=Merged.NOTHING,
        is_code=True,
    ),
    _case(
        "a declaration of six million bytes",
        _own("songs.yaml", YES + "#" * 6 * 2**20),
        "008",
        merged=Merged.STOPPED,
    ),
    _case(
        "more bytes than a change may add, the same ones again and again",
        dict.fromkeys((f"{_MARA}/a{n}.yaml" for n in range(700)), "#" * 200 * 2**10),
        "705",
        merged=Merged.LEFT_OUT,
    ),
    _case(
        "two thousand files to tire whoever reads them",
        {f"{_MARA}/a{number}.yaml": "" for number in range(2001)},
        "705",
        merged=Merged.LEFT_OUT,
    ),
    _case(
        "one hostile file among forty of one's own",
        {
            **eve(**{f"a{number}": _NOTHING for number in range(40)}),
            **at(MARA, songs=YES),
        },
        "703",
        merged=Merged.LEFT_OUT,
    ),
)


def _riding(path: str, text: str = "a: b\n") -> Case:
    return Case(
        name=f"{path} rides along with a declaration",
        change=lambda _world: {**eve(), path: text},
        codes=broken("706"),
        merged=Merged.NOTHING,
        why="What it does to the program is for people to review.",
    )


RIDERS = (
    _riding(".github/workflows/check.yml", "on: push\n"),
    _riding(".ci/check", "false\n"),
    _riding("Makefile"),
    _riding("pyproject.toml"),
    _riding("mkdocs.yml"),
    _riding("builder/sayso/__init__.py", "import os\n"),
    _riding(".gitattributes", "declarations/** text eol=crlf\n"),
    _riding(".gitmodules", '[submodule "a"]\n'),
    _riding("declarations/README.md", "# Others\n"),
    Case(
        name="a workflow alone",
        is_code=True,
        change=lambda _world: {".github/workflows/check.yml": "on: push\n"},
        merged=Merged.NOTHING,
        why="People review code; what runs on a pull request is the base's own.",
    ),
    Case(
        name="the program alone",
        is_code=True,
        change=lambda _world: {"builder/sayso/__init__.py": "import os\n"},
        merged=Merged.NOTHING,
        why="People review code; what runs on a pull request is the base's own.",
    ),
)
