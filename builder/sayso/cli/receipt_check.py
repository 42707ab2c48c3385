"""`sayso verify` of a receipt: from a pinned root, offline unless told otherwise."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from sayso.cli.asking import asked
from sayso.cli.clock import now
from sayso.cli.code_list import read_codes
from sayso.cli.exits import ExitCode
from sayso.cli.receipt_view import Shown, document, lines
from sayso.cli.root import pinned_root
from sayso.cli.terminal import width
from sayso.client.fetch import fetcher_of
from sayso.client.files import read_file
from sayso.client.receipt import Proved, check_file, verify_receipt
from sayso.client.receipt_standing import standing_of
from sayso.errors import UntrustedError
from sayso.wire.answered import list_digest
from sayso.wire.profile import encode
from sayso.wire.receipt_kinds import Filed, Screened

_SOURCE_LIMIT = 2**26


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a receipt is compared with.

    Attributes:
        roots: what `--root` gives.
        store: where it is kept what was seen of registries.
        location: of the registry of today.
        file: of a declaration.
        answers: of a list.
        codes: a list.
    """

    roots: tuple[Path, ...]
    store: Path
    location: str | None = None
    file: Path | None = None
    answers: Path | None = None
    codes: Path | None = None

    @property
    def is_given(self) -> bool:
        """Whether anything is."""
        return any((self.location, self.file, self.answers, self.codes))


def check_receipt(
    path: Path, data: bytes, beside: Beside, *, as_json: bool
) -> ExitCode:
    """Verify a receipt, say what it proves, and return what to exit with.

    That is a failure where the release is revoked: whoever only looks at the exit code
    must not rely on it.

    Args:
        path: of its file.
        data: its bytes.
        beside: by what it is believed, and what it is compared with.
        as_json: whether a program reads the answer.

    Raises:
        RegistryError: it proves nothing, or something that it is compared with
            differs.
        click.UsageError: it is of another kind than what it is compared with.
    """
    pinned = [*map(pinned_root, beside.roots or [None])]
    proved = verify_receipt(data, pinned)
    checked: list[str] = []
    match proved.receipt.said:
        case Filed() as said if beside.file is not None:
            check_file(said, read_file(beside.file, limit=_SOURCE_LIMIT))
            checked.append("file")
        case Screened() as said if beside.answers is not None:
            checked += _compared(said, beside.answers, beside.codes, proved, beside)
        case _ if any((beside.file, beside.answers, beside.codes)):
            raise click.UsageError(
                "--file goes with the receipt of a declaration, and --answers with "
                "that of a list; --list needs --answers too, where the salt stands"
            )
        case _:
            pass
    standing = None
    if beside.location is not None:
        newest = max(pinned, key=lambda root: root.version)
        fetcher, trusted = asked(
            beside.location, newest, beside.store, now=now(), max_age=timedelta(0)
        )
        standing = standing_of(proved.believed, trusted, fetcher)
    shown = Shown(
        name=path.name, proved=proved, checked=tuple(checked), standing=standing
    )
    if as_json:
        click.echo(encode(document(shown)), nl=False)
    else:
        click.echo("\n".join(lines(shown, width())))
    is_revoked = standing is not None and standing.revoked is not None
    return ExitCode.FAILED if is_revoked else ExitCode.DONE


def _compared(
    said: Screened,
    answers: Path,
    codes: Path | None,
    proved: Proved,
    beside: Beside,
) -> list[str]:
    """Compare what stayed with whoever asked, and return the names of what was."""
    # Columns take longer to load than all the rest takes.
    from sayso.client.answers_file import AnswersFile  # noqa: PLC0415

    file = AnswersFile(answers)
    file.check(said)
    checked = ["answers"]
    if codes is not None:
        if list_digest(file.salt, read_codes(codes, "--list")) != said.list:
            raise UntrustedError(f"{codes} is not the list that the receipt is of")
        checked.append("list")
    if beside.location is not None:
        from sayso.client.receipt_list import check_screening  # noqa: PLC0415
        from sayso.client.whole import open_core  # noqa: PLC0415

        core = open_core(fetcher_of(beside.location), proved.believed.release)
        check_screening(
            core, said, file.keys(), salt=file.salt, asked=proved.receipt.asked
        )
        checked.append("core")
    return checked
