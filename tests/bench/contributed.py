"""A registry with very many owners, and two changes that somebody proposes.

python -m tests.bench.contributed FOLDER --owners 100k --recordings 1M

Git gets the files as one stream, so that 200,000 of them are there in seconds. Each of
the many owners is an account with one declaration. A few were admitted, and the label,
which has a catalogue of 50,000 rows, signed it.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import decode_manifest
from tests.bench import texts
from tests.bench.measure import number_of
from tests.bench.repository import git
from tests.bench.words import given, invented, phrases
from tests.vouched import Proof, Voucher, operators_yaml

ROWS = 50_000
LABEL = OwnerId("domain:fernwood.example")
FIRST = 910_000_000
"""The number of the first account; the first artist is who makes a change."""
CHANGED = 1000
"""How many rows the label takes away, and how many others it adds."""

ARTIST, SIGNED = "refs/heads/artist", "refs/heads/signed"
DONE = "contributed.json"
"""Stands in a repository that was written to its end, and says what is in it."""

_ORIGIN = "bench.example"
_ADMITTED = 20
_HOME = "domain/fe/fernwood.example"
_PREFIXES = ("QZX01", "QZX02", "QZX03", "QZX04", "QMX01", "QMX02", "TCX01", "TCX02")
_YEAR = 99_000

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributed:
    """What was written.

    Attributes:
        files: how many are below `declarations/`.
        recordings: how many are listed.
    """

    files: int
    recordings: int


def write_contributed(folder: Path, owners: int, recordings: int) -> Contributed:
    """Write a repository with a commit, and two branches with a change each."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    # Whoever clones a part may ask for what is missing.
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    each = max(-((ROWS - recordings) // owners), 1)
    before = _vouched(each)
    plain = _artists(range(_ADMITTED, owners), each)
    count = _fast_import(folder, _commit("main", "", chain(before.items(), plain)))
    _fast_import(folder, _commit("artist", "main", _edited(before).items()))
    _fast_import(folder, _commit("signed", "main", _signed(before).items()))
    return Contributed(files=count, recordings=owners * each + ROWS)


def _vouched(each: int) -> dict[str, bytes]:
    """Return the files that somebody vouches for: operators', and some owners'."""
    plain = {
        "registry/policy.yaml": texts.POLICY.encode(),
        "registry/operators.yaml": operators_yaml().encode(),
        f"{_HOME}/owner.yaml": texts.owner_file("Fernwood", "label").encode(),
        f"{_HOME}/catalogue.yaml": texts.declaration(
            "{any-ai: deny}", texts.catalogue_scope("catalogue.csv", ROWS)
        ).encode(),
        f"{_HOME}/catalogue.csv": _catalogue(0),
        **dict(_artists(range(_ADMITTED), each)),
    }
    proofs = {
        OwnerId(_account(one)): Proof(level="account") for one in range(_ADMITTED)
    }
    proofs[LABEL] = Proof(level="domain")
    return Voucher(proofs=proofs, origin=_ORIGIN).vouched(plain)


def _edited(before: Files) -> dict[str, bytes]:
    """Return what an artist changes: what one declaration says."""
    path = _home(0) + "/songs.yaml"
    return {
        path: before[path].replace(b"uses: {any-ai: deny}", b"uses: {search: deny}")
    }


def _signed(before: Files) -> dict[str, bytes]:
    """Return what the label changes: some rows, and what signs the catalogue."""
    path = f"{_HOME}/manifest.json"
    manifest = decode_manifest(before[path])
    held = Held(
        home=_HOME,
        sequence=manifest.sequence,
        manifest=sha256(before[path]).hexdigest(),
    )
    owned = {
        path: data
        for path, data in before.items()
        if path.startswith(_HOME) and not path.rpartition("/")[2].startswith("manifest")
    }
    owned[f"{_HOME}/catalogue.csv"] = _catalogue(CHANGED)
    proofs = {LABEL: Proof(level="key")}
    voucher = Voucher(proofs=proofs, held={LABEL: held}, origin=_ORIGIN)
    after = voucher.vouched(owned)
    return {path: data for path, data in after.items() if before.get(path) != data}


def _catalogue(start: int) -> bytes:
    lines, titles = ["isrc,title,artist"], phrases()
    for number in range(start, start + ROWS):
        title = titles[number * 37 % len(titles)]
        lines.append(f'QZX0526{number + 1:05},"{title}",Fernwood')
    return ("\n".join(lines) + "\n").encode()


def _artists(numbers: Iterable[int], each: int) -> Iterator[tuple[str, bytes]]:
    first, last, titles = given(), invented(), phrases()
    for number in numbers:
        name = f"{first[number % len(first)]} {last[number * 13 % len(last)]}"
        home = _home(number)
        owner = texts.owner_file(name, "artist", account=_account(number))
        yield f"{home}/owner.yaml", owner.encode()
        rows = "\n".join(
            f'  - {{isrc: {_code(ticket)}, title: "{titles[ticket * 37 % len(titles)]}"'
            f', artist: "{name}"}}'
            for ticket in range(number * each, (number + 1) * each)
        )
        said = texts.declaration("{any-ai: deny}", f"recordings:\n{rows}")
        yield f"{home}/songs.yaml", said.encode()


def _code(ticket: int) -> str:
    prefix, place = ticket % len(_PREFIXES), ticket // len(_PREFIXES)
    return f"{_PREFIXES[prefix]}{18 + place // _YEAR:02}{place % _YEAR + 1:05}"


def _account(number: int) -> str:
    return f"github:{FIRST + number}"


def _home(number: int) -> str:
    account = str(FIRST + number)
    return f"github/{account[-2:]}/{account}"


def _commit(
    branch: str, since: str, files: Iterable[tuple[str, bytes]]
) -> Iterator[bytes]:
    """Yield a commit as `git fast-import` reads it."""
    yield f"commit refs/heads/{branch}\n".encode()
    yield b"committer bench <bench@sayso.example> 1780272000 +0000\ndata 1\nx\n"
    if since:
        yield f"from refs/heads/{since}\n".encode()
    for path, data in files:
        yield f"M 100644 inline declarations/{path}\n".encode()
        yield f"data {len(data)}\n".encode() + data + b"\n"


def _fast_import(folder: Path, stream: Iterator[bytes]) -> int:
    """Let Git read a stream; return how many files it has."""
    count = 0
    with subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        for part in stream:
            count += part.startswith(b"M 100644 ")
            child.stdin.write(part)
        child.stdin.close()
    assert child.returncode == 0
    return count


def main() -> None:
    """Write the repository, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.contributed")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--owners", type=number_of, default=100_000)
    parser.add_argument("--recordings", type=number_of, default=1_000_000)
    asked = parser.parse_args()
    done = asked.folder / ".git" / DONE
    if not done.exists():
        found = write_contributed(asked.folder, asked.owners, asked.recordings)
        facts = {"files": found.files, "recordings": found.recordings}
        done.write_text(json.dumps(facts), "utf-8")
    sys.stdout.write(done.read_text("utf-8") + "\n")


if __name__ == "__main__":
    main()
