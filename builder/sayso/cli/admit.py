"""`sayso admit`: put the host's word on who made a change into a signed file."""

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.placing import PlaceError, place_files
from sayso.cli.private_key import open_key
from sayso.cli.review import account, author_option, proposed
from sayso.errors import PublishError
from sayso.publish.authority.signers import SUFFIX
from sayso.publish.reading.git import folder_in_repository
from sayso.publish.reading.git_changes import commit_id
from sayso.publish.report import as_text as problems_text
from sayso.publish.review.base import Base
from sayso.publish.review.examine import examine
from sayso.publish.review.proposal import Proposal
from sayso.trust.sshsig import sign
from sayso.wire.admission import AdmissionFile, encode_admission

_FOLDER = "registry/admissions"
_NAME = re.compile(r"([1-9][0-9]{0,9})\.json")

_EXAMPLES = """\
\b
Example:
  sayso admit --base HEAD^ --head FETCH_HEAD --merge HEAD --author github:583231 \\
    --sender github:583231 --pull-request 12 --key intake
"""


@click.command("admit", epilog=_EXAMPLES)
@click.option("--base", required=True, metavar="REV", help="What it was merged into.")
@click.option("--head", required=True, metavar="REV", help="What was reviewed.")
@click.option("--merge", required=True, metavar="REV", help="What came of it.")
@author_option
@click.option(
    "--sender",
    required=True,
    callback=account,
    metavar="github:ID",
    help="The account that pushed to it last.",
)
@click.option(
    "--pull-request", type=click.IntRange(1), metavar="N", help="Its number, if any."
)
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The private key of intake, whose public half operators.yaml lists.",
)
@click.option(
    "--declarations",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("declarations"),
    show_default=True,
    help="The folder of declarations, which is in the Git repository.",
)
@click.pass_context
def command(  # noqa: PLR0917 - click passes options by name
    context: click.Context,
    base: str,
    head: str,
    merge: str,
    author: str,
    sender: str,
    pull_request: int | None,
    key_file: Path,
    declarations: Path,
) -> None:
    """Write an admission: who made a change that was merged, and which bytes it has.

    Git does not record who opened a pull request, and anybody can forge the author of
    a commit. So the job that knows writes it down, signed, and a release counts an
    unsigned change only with it. What a review refuses is not admitted.

    The exit code is 0 when it is written, or there is nothing to admit; 1 when the
    review refuses the change, or the file cannot be written.
    """
    key = open_key(key_file)
    folder = folder_in_repository(declarations)
    if folder is None:
        raise click.UsageError(f"{declarations} is in no Git repository")
    base_id, merge_id = (commit_id(declarations, one) for one in (base, merge))
    proposal = proposed(
        declarations, base_id, merge_id, folder=folder, author=author, sender=sender
    )
    accepted = Base(declarations, base_id, folder)
    if key.public.fingerprint not in accepted.office.intake:
        raise PublishError(
            f"{key.public.fingerprint} is no key of intake: operators.yaml lists those"
        )
    now = datetime.now(UTC).replace(microsecond=0)
    review = examine(accepted, proposal, now=now)
    if review.is_refused:
        text = problems_text(review.problems, folder=f"{folder}/")
        click.echo(text, nl=False, err=True)
        click.echo("Nothing was admitted.", err=True)
        context.exit(ExitCode.PROBLEMS)
    files = _admitted(proposal)
    if review.owner is None or not files:
        click.echo("There is nothing to admit: no owner's file was changed.")
        return
    number = _next_number(declarations / _FOLDER)
    data = encode_admission(
        AdmissionFile(
            number=number,
            origin=accepted.policy.origin,
            owner=review.owner,
            author=author,
            sender=sender,
            pull_request=pull_request,
            base=base_id,
            head=commit_id(declarations, head),
            merge=merge_id,
            admitted=now,
            files=files,
        )
    )
    path = declarations / _FOLDER / f"{number}.json"
    try:
        place_files({path: data, path.with_name(path.name + SUFFIX): sign(key, data)})
    except PlaceError as error:
        raise PublishError(str(error)) from error
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    click.echo(f"{path}: {count} of {review.owner}, by {author}.")


def _admitted(proposal: Proposal) -> dict[str, str | None]:
    """Return the blob of each file that an account may file, by path."""
    return {
        path: one.blob
        for path, one in proposal.inside.items()
        if not path.startswith("registry/")
    }


def _next_number(folder: Path) -> int:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = [int(one[1]) for one in map(_NAME.fullmatch, names) if one]
    return max(found, default=0) + 1
