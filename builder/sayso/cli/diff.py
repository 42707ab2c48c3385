"""`sayso diff`: what changed between two releases."""

from contextlib import nullcontext
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.diff_ends import Where, find_ends
from sayso.cli.diff_json import document
from sayso.cli.diff_table import check_free, table
from sayso.cli.diff_view import Seen, lines
from sayso.cli.exits import ExitCode
from sayso.cli.question import country_option, use_of
from sayso.cli.root import root_option, store_option
from sayso.cli.steps import shown_steps
from sayso.cli.terminal import width
from sayso.client.difference.comparing import Side, compare
from sayso.model.vocabulary import Use
from sayso.wire.profile import encode


@click.command(
    "diff",
    epilog="Example: sayso diff 41 42 --use train-generative "
    "--registry https://registry.example --root 1.root.json",
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--use",
    callback=use_of,
    metavar="USE",
    help="Compare the answers about one use. [default: all]",
)
@country_option
@click.option(
    "--registry",
    "location",
    metavar="FOLDER|URL",
    help="The registry whose releases are meant by numbers. [default: out/registry]",
)
@root_option
@store_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Write a table of every recording whose answer changed, with the declarations "
    "that decide; nothing is overwritten.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    before: str,
    after: str,
    use: Use | None,
    country: str | None,
    location: str | None,
    root_file: Path | None,
    store_folder: Path,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say what changed from release A to release B.

    Each is the number of a release of --registry, proved by its log; a web address,
    for its newest release; a folder of a release; or a folder that sayso sync --to
    made. The first three are verified by --root. A copy was verified when it was
    synced, so that two copies are compared offline, however old they are: this says
    what was, and is no answer.

    Each release is read as of the moment when it was issued. Exits 0 where nothing
    changed, 1 where something did, 2 where the question is wrong, and 40 where a
    release cannot be had or believed, or was revoked since.
    """
    moment = now()
    uses = tuple(Use) if use is None else (use,)
    if out is not None:
        check_free(out)
    where = Where(
        location=location, root_file=root_file, store=store_folder, now=moment
    )
    with shown_steps() as told:
        told("Asking", 0, 1)
        ends = find_ends((before, after), where)
        told("Fetching the releases", 0, 1)
        old, new = (Side(core=end.core(), moment=end.release.issued) for end in ends)
        with nullcontext() if out is None else table(out, uses) as take:
            difference = compare(
                old, new, uses=uses, territory=country, take=take, told=told
            )
    seen = Seen(
        ends=ends,
        difference=difference,
        now=moment,
        use=use,
        territory=country,
        file=None if out is None else str(out),
    )
    if as_json:
        click.echo(encode(document(seen)), nl=False)
    else:
        click.echo("\n".join(lines(seen, width())))
    if any(reason is not None for reason in seen.revoked):
        # Whoever only looks at the exit code has to learn of it.
        context.exit(ExitCode.FAILED)
    context.exit(ExitCode.DONE if difference.is_nothing else ExitCode.PROBLEMS)
