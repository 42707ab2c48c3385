"""`sayso key new`: an SSH key pair in two files, and what to do with it next."""

import os
import sys
from pathlib import Path

import click

from sayso.cli.placing import PlaceError, place_files
from sayso.cli.terminal import paragraph, printable, width
from sayso.cli.trust.asked import ask_new_secret
from sayso.errors import PublishError
from sayso.trust.ssh_key import SshKey, generate_key
from sayso.wire.profile import encode

FORMAT = "sayso/key/1"

_SUFFIX = ".pub"
_DECLARATIONS = "declarations"
_COMMENT_LIMIT = 256

_EXAMPLES = """
\b
Examples:
  sayso key new
  sayso key new --out /media/stick/sayso --comment mara@studio
"""


@click.command("new", epilog=_EXAMPLES)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file of the private key; FILE.pub is the public one.  "
    "[default: ~/.ssh/sayso]",
)
@click.option(
    "--comment",
    default="sayso",
    show_default=True,
    help="What FILE.pub says of the key after it; it means nothing.",
)
@click.option(
    "--no-passphrase",
    is_flag=True,
    help="Ask for none: whoever has the file can sign.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what was made in JSON.")
def command(
    out: Path | None, comment: str, *, no_passphrase: bool, as_json: bool
) -> None:
    """Make a key pair of Ed25519, in the format of OpenSSH.

    FILE is secret and readable by you alone; FILE.pub is public, and a line of it goes
    into your owner.yaml. You are asked for a passphrase twice, at a terminal. Nothing
    is ever overwritten.

    `ssh-keygen -t ed25519` makes a key that is just as good.

    The exit code is 0 when both files are there, 1 when one cannot be written where
    you want it (then neither is), and 2 for wrong options, or when there is no
    terminal to ask on.
    """
    secret = Path.home() / ".ssh" / "sayso" if out is None else out
    public = Path(f"{secret}{_SUFFIX}")
    _check_comment(comment)
    _check_place(secret, public)
    passphrase = "" if no_passphrase else _ask_passphrase()
    key = generate_key()
    text = key.text(passphrase.encode())
    line = f"{key.public.line} {comment}".rstrip()
    _write(secret, text, public, f"{line}\n".encode())
    if as_json:
        click.echo(
            encode(
                {
                    "file": _named(secret),
                    "fingerprint": key.public.fingerprint,
                    "format": FORMAT,
                    "key": key.public.line,
                    "passphrase": bool(passphrase),
                    "public_file": _named(public),
                }
            ),
            nl=False,
        )
    else:
        _say(secret, public, key.public, locked=bool(passphrase))


def _check_comment(comment: str) -> None:
    if len(comment) > _COMMENT_LIMIT or printable(comment) != comment:
        raise click.BadParameter(
            f"a comment is one line of at most {_COMMENT_LIMIT} visible characters",
            param_hint="--comment",
        )


def _check_place(secret: Path, public: Path) -> None:
    """Check that both files are new, and that nobody would publish the secret one.

    Raises:
        PublishError: they are not, or the place is among declarations in Git.
    """
    for path in (secret, public):
        # A link that leads nowhere is in the way as well.
        if path.exists() or path.is_symlink():
            raise PublishError(
                f"{path} exists already, and no key is ever overwritten; name another "
                "file with --out"
            )
    folder = secret.parent.resolve()
    for tree in (folder, *folder.parents):
        within = folder.relative_to(tree).parts
        if (tree / ".git").exists() and _DECLARATIONS in within:
            raise PublishError(
                f"{secret} is among declarations, which are published, and a private "
                "key never is; name a file elsewhere, as in --out ~/.ssh/sayso"
            )


def _ask_passphrase() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask for a passphrase on; give --no-passphrase for "
            "a key without one"
        )
    return ask_new_secret("passphrase")


def _write(secret: Path, text: bytes, public: Path, line: bytes) -> None:
    """Write both files, or neither.

    Raises:
        PublishError: one cannot be written.
    """
    try:
        secret.parent.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(secret, flags, mode=0o600)
    except OSError as error:
        raise PublishError(f"{secret} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        place_files({public: line})
    except BaseException as error:
        # Half a pair would stand in the way of a whole one.
        secret.unlink()
        if isinstance(error, (OSError, PlaceError)):
            raise PublishError(f"no key was written: {error}") from error
        raise


def _named(path: Path) -> str:
    # A name may have bytes that are no UTF-8, and JSON has none.
    return str(path).encode("utf-8", "backslashreplace").decode()


def _say(secret: Path, public: Path, key: SshKey, *, locked: bool) -> None:
    click.echo(f"{printable(str(secret))}: secret, for nobody else to read")
    click.echo(f"{printable(str(public))}: public")
    click.echo(f"\nIts fingerprint is {key.fingerprint}.")
    click.echo(f"\nAdd it to your owner.yaml:\n\nkeys:\n  - {key.line}\n\nWhat now:")
    for number, sentence in enumerate(_next_steps(locked=locked), 1):
        lines = paragraph(sentence, width(), first=f"  {number}. ", rest="     ")
        click.echo("\n".join(lines))


def _next_steps(*, locked: bool) -> tuple[str, ...]:
    sign = (
        "Sign your folder: `sayso sign FOLDER`. What is signed counts for more than "
        "what an account has sent."
    )
    prove = (
        "Prove your domain, if you have one: `sayso prove FOLDER` says which DNS "
        "record, or which file on your web server, names the key."
    )
    kept = "the secret file, and its passphrase," if locked else "the secret file"
    keep = (
        f"Keep a copy of {kept} where no computer reaches it, such as on a stick in a "
        "drawer. A lost key is replaced in public, and that takes 30 days; with a "
        "second key in owner.yaml it takes none."
    )
    other = (
        "A key of `ssh-keygen -t ed25519` is just as good, and so is a security key "
        "(`ssh-keygen -t ed25519-sk`): either may be listed instead, or as well."
    )
    return sign, prove, keep, other
