"""The benchmark: `python -m tests.bench --recordings 1M --stage build`."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    building,
    copies,
    engines,
    going_live,
    killing,
    publishing,
    reading,
    reviewing,
    screening,
    trusting,
)
from tests.bench.measure import CommandError, number_of
from tests.bench.report import Row, as_json, as_markdown, as_text
from tests.bench.setting import Setting

STAGES: dict[str, Callable[[Setting], list[Row]]] = {
    "limits": publishing.limits,
    "build": building.cold,
    "shares": building.shares,
    "tree": publishing.tree,
    "bulk": publishing.bulk,
    "lookup": publishing.lookup,
    "receipt": publishing.receipt,
    "refresh": trusting.refresh,
    "monitor": trusting.monitor,
    "incremental": building.incremental,
    "delta": building.delta,
    "publish": going_live.publish,
    "yaml": reading.yaml_files,
    "kill": killing.kill,
    "sync": copies.sync,
    "ask": copies.ask,
    "screen": screening.screen,
    "frames": engines.frames,
    "review": reviewing.review,
}


def main() -> int:
    """Run stages, and show what they measured.

    Returns:
        1 where a stage failed, whose row then says why; else 0.
    """
    given = _arguments()
    setting = Setting(
        work=given.work.resolve(),
        recordings=given.recordings,
        repeat=given.repeat,
        seed=given.seed,
        distribution=str(given.distribution.resolve()) if given.distribution else "",
    )
    rows: list[Row] = []
    failed = False
    for name in given.stage or STAGES:
        sys.stderr.write(f"{name} …\n")
        try:
            rows += STAGES[name](setting)
        except CommandError as error:
            failed = True
            rows.append(Row(stage=name, missing=f"failed: {_last_line(error)}"))
            sys.stderr.write(f"{error}\n")
    setting.tidy()
    facts: dict[str, object] = {
        "recordings": setting.recordings,
        "repeat": setting.repeat,
        "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "python": platform.python_version(),
    }
    sys.stdout.write(as_text(rows))
    if given.json:
        given.json.write_text(as_json(rows, facts), "utf-8")
    if given.markdown:
        given.markdown.write_text(as_markdown(rows), "utf-8")
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog=_stages(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--recordings", type=number_of, default=1_000_000, help="300k, 1M, 10M, 100M"
    )
    parser.add_argument(
        "--stage",
        nargs="+",
        choices=list(STAGES),
        metavar="STAGE",
        help="which of those below [all]",
    )
    parser.add_argument(
        "--work", type=Path, default=Path("out/bench"), help="[out/bench]"
    )
    parser.add_argument("--repeat", type=int, default=1, help="how often; medians")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--distribution", type=Path, help="counts of real codes, JSON")
    parser.add_argument("--json", type=Path, help="write everything there")
    parser.add_argument("--markdown", type=Path, help="write the table there")
    return parser.parse_args()


def _stages() -> str:
    """Return what each stage does, as its function says."""
    width = max(map(len, STAGES))
    lines = [
        f"  {name:<{width}}  {(stage.__doc__ or '').partition(chr(10))[0]}"
        for name, stage in STAGES.items()
    ]
    return "\n".join(["stages:", *lines])


def _last_line(error: CommandError) -> str:
    return (str(error).strip().splitlines() or ["?"])[-1]


if __name__ == "__main__":
    sys.exit(main())
