"""Stages about trust: refreshing, following the log, and entering a release."""

from tests.bench.report import Row
from tests.bench.setting import Facts, Setting, child, number

_DELAY = 0.03
"""Seconds that each request waits where a network is imitated."""
_TURNS = 20
_LOGS = (("a year of daily", 365, 24), ("ten years of hourly", 87_600, 1))
_LEAST = 100_000
"""Registries of fewer recordings are for trying out: their logs are short as well."""
_MS = 1000
_OTHERS = {
    "one_connection": "bare GETs on one connection",
    "apart": "bare GETs, each on its own",
    "tuf": "ngclient",
}


def refresh(setting: Setting) -> list[Row]:
    """Refresh in each profile: first, again, after a release, and not at all."""
    scratch = setting.fresh("refresh")
    options = ("--count", str(_TURNS * setting.repeat), "--delay", str(_DELAY))
    done, facts = child("tests.bench.refreshes", str(scratch), *options)
    profiles = facts["profiles"]
    assert isinstance(profiles, dict)
    return [
        _refresh_row(f"refresh, {profile}: {case}", spent, done.peak)
        for profile, cases in profiles.items()
        for case, spent in cases.items()
    ]


def _refresh_row(stage: str, spent: Facts, peak: int) -> Row:
    far = f" at {_DELAY * _MS:.0f} ms a request"
    ratios = {
        "requests": number(spent, "requests"),
        "bytes": number(spent, "bytes"),
        "ms on loopback": number(spent, "seconds") * _MS,
        f"ms{far}": number(spent, "far_seconds") * _MS,
    }
    for name, what in _OTHERS.items():
        for start, where in (("", ""), ("far_", far)):
            if f"{start}times_{name}" in spent:
                ratios[f"× {what}{where}"] = number(spent, f"{start}times_{name}")
    if "times_tuf" in spent:
        ratios["requests of ngclient"] = number(spent, "tuf_requests")
        ratios["bytes of ngclient"] = number(spent, "tuf_bytes")
    return Row(stage=stage, seconds=number(spent, "seconds"), peak=peak, ratios=ratios)


def monitor(setting: Setting) -> list[Row]:
    """Follow logs of a year and of ten, and enter releases into them."""
    rows: list[Row] = []
    for name, entries, hours in _LOGS:
        count = entries if setting.recordings >= _LEAST else min(entries, 1000)
        scratch = setting.fresh("monitor")
        options = ("--entries", str(count), "--hours", str(hours))
        done, facts = child("tests.bench.follows", str(scratch), *options)
        what = f"{name} releases, {count:,} entries"
        alone = number(facts, "alone")
        rows += [
            _followed(f"monitor: all of {what}", _part(facts, "all"), alone, done.peak),
            _followed(f"monitor: one more after {what}", _part(facts, "next"), alone),
            _appended(f"log: enter one after {what}", _part(facts, "append")),
        ]
    return rows


def _followed(stage: str, spent: Facts, alone: float, peak: int | None = None) -> Row:
    seconds, new = number(spent, "seconds"), int(number(spent, "releases"))
    return Row(
        stage=stage,
        seconds=seconds,
        recordings=new,
        peak=peak,
        ratios={
            "requests": number(spent, "requests"),
            "bytes": number(spent, "bytes"),
            "ms": seconds * _MS,
            "× bare GETs and SHA-256": number(spent, "times_limit"),
            "× release.json one by one, without a log": seconds / (alone * new),
            "requests one by one": float(new),
        },
    )


def _appended(stage: str, spent: Facts) -> Row:
    seconds = number(spent, "seconds")
    return Row(
        stage=stage,
        seconds=seconds,
        out=int(number(spent, "bytes")),
        ratios={
            "ms": seconds * _MS,
            "files": number(spent, "files"),
            "× writing the same files to the disk": number(spent, "times_limit"),
            "× a commit of Git": number(spent, "times_commit"),
        },
    )


def _part(facts: Facts, name: str) -> Facts:
    part = facts[name]
    assert isinstance(part, dict)
    return part
