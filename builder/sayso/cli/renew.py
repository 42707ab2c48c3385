"""`sayso renew`: the heartbeat, which says that nothing is held back."""

from pathlib import Path

import click

from sayso.cli.issuing import issue_time, time_option
from sayso.cli.ledger import (
    complete_holders,
    keys_option,
    ledger_option,
    online_keys,
    trust_option,
)
from sayso.errors import PublishError
from sayso.publish.ledger.folder import open_ledger
from sayso.publish.ledger.naming import holders_files, roles_files
from sayso.publish.ledger.renewing import renewed
from sayso.publish.ledger.signed import read_in_force
from sayso.wire.profile import Json, encode
from sayso.wire.text import format_time

FORMAT = "sayso/renewed/1"


@click.command("renew", epilog="Example: sayso renew --ledger ledger --trust trust")
@ledger_option
@trust_option
@keys_option
@time_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(
    *,
    ledger_folder: Path,
    trust_folder: Path,
    keys_folder: Path | None,
    moment: str | None,
    as_json: bool,
) -> None:
    """Sign a new timestamp, and what else is due, without a new release.

    Run it several times a day, and publish the ledger then: sayso publish. Where the
    holders signed a new root or new targets, it brings these as well.
    """
    now = issue_time(moment, is_operator=True)
    holders, keys = complete_holders(trust_folder), online_keys(keys_folder)
    with open_ledger(ledger_folder) as ledger:
        before = read_in_force(ledger.read, holders)
        if before is None:
            raise PublishError(
                f"{ledger_folder} holds no release. If one was ever sealed, bring "
                "back the newest copy of the ledger; sayso seal begins the first"
            )
        after = renewed(holders, before, keys, now=now)
        ledger.commit(
            {**holders_files(holders), **roles_files(after)}, "Renew the timestamp"
        )
    timestamp = after.timestamp
    if as_json:
        document: dict[str, Json] = {
            "expires": format_time(timestamp.expires),
            "format": FORMAT,
            "snapshot": after.snapshot.version,
            "timestamp": timestamp.version,
        }
        click.echo(encode(document), nl=False)
    else:
        click.echo(
            f"Timestamp {timestamp.version} holds until "
            f"{format_time(timestamp.expires)}. sayso publish brings it to the host."
        )
