"""Signs the example declarations anew, after one of them was changed.

    .venv/bin/python -m tests.examples

The keys are those of `tests.vouched`, which everybody can make: what they sign is worth
nothing but as an example, and their registry is called `sayso.example`.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sayso.model.owner import OwnerId
from sayso.publish.reading.layout import Place, place_of
from tests.declared import files_of
from tests.vouched import INTAKE, Proof, Voucher, is_made, line_of

FOLDER: Final = Path(__file__).parents[1] / "declarations"
CHECKED: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
ACCOUNT: Final = Proof(level="account")
DOMAIN: Final = Proof(level="domain", checked=CHECKED)
SIGNED: Final = frozenset({OwnerId("github:900031175")})
"""The owners without a domain who sign with a key."""

_KEY = re.compile(r'"ssh-ed25519 [A-Za-z0-9+/=]+( [^"]*)?"')


def proof_of(owner: OwnerId) -> Proof:
    """Return what the examples prove of an owner."""
    if owner in SIGNED:
        return Proof(level="key")
    return ACCOUNT if owner.startswith("github:") else DOMAIN


def plain(folder: Path) -> dict[str, str | bytes]:
    """Return the files that people wrote, with the keys that sign them."""
    written: dict[str, str | bytes] = {}
    for path, data in sorted(files_of(folder).items()):
        if is_made(path):
            continue
        place = place_of(path)
        written[path] = data
        if isinstance(place, Place) and place.owner and place.name == "owner.yaml":
            line = f'"{line_of(place.owner)}"'
            written[path] = _KEY.sub(line, data.decode())
        elif path == "registry/operators.yaml":
            written[path] = _operators(data.decode())
    return written


def _operators(text: str) -> str:
    """Return the list of operators, each with a key, and the key of intake."""
    lines: list[str] = []
    for line in text.splitlines():
        if re.match(r" +keys:|intake:", line):
            continue
        lines.append(line)
        if found := re.match(r" +account: (github:[0-9]+)", line):
            lines.append(f'    keys: ["{line_of(found[1])}"]')
    lines.append(f'intake: ["{line_of(INTAKE)}"]')
    return "\n".join(lines) + "\n"


def signed(folder: Path) -> dict[str, bytes]:
    """Return all files of the examples, as they should be."""
    files = plain(folder)
    owners = {
        place.owner
        for place in map(place_of, files)
        if isinstance(place, Place) and place.owner is not None
    }
    proofs = {owner: proof_of(owner) for owner in sorted(owners)}
    return Voucher(proofs=proofs).vouched(files)


def sign_all(folder: Path) -> None:
    """Write what has changed, and take away what is no longer there."""
    wanted = signed(folder)
    for path, data in files_of(folder).items():
        if path not in wanted:
            (folder / path).unlink()
        elif data == wanted[path]:
            del wanted[path]
    for path, data in wanted.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    sign_all(FOLDER)
