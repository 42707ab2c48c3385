"""What a file asks its holders to sign, in words: who may do what, and until when."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import assert_never

import click

from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.holders import Part, holders_of
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile, metadata_of, profile_of, targets_of
from sayso.wire.listed_key import listed_keys
from sayso.wire.log_policy import decode_log_policy, encode_log_policy
from sayso.wire.text import format_time

Rows = Iterator[tuple[str, str]]

_MEANS = {
    Part.ROOT: "may change all keys",
    Part.TARGETS: "say who signs releases, and who is believed about the log",
    Part.ONLINE: "signs snapshots and timestamps",
    Part.RELEASES: "signs releases",
}
_SHORT = 12
_LABELS = 16
"""More columns than labels and indents take."""


def told(folder: TrustFolder, file: RoleFile) -> str:
    """Return what one of the newest files says, and what it changes, in lines."""
    return "\n".join(fields([*_said(folder, file)], width()))


def show_newest(path: Path, then: str) -> None:
    """Show what the newest files in a folder say, and what to do then."""
    folder = read_trust_folder(path)
    for file in folder.newest:
        click.echo(f"{printable(str(path / file.name))}:\n{told(folder, file)}")
    click.echo("\n".join(paragraph(then, width())))


def called(folder: TrustFolder, key_id: str) -> str:
    """Return a key in short: the name of its file in `keys/`, and how its id begins.

    Where somebody decides whom to trust, the whole id is shown instead.
    """
    name = printable(folder.names.get(key_id, "without a name"))
    return f"{name} ({printable(key_id[:_SHORT])}…)"


def fingerprint(file: RoleFile) -> str:
    """Return the SHA-256 of what is signed, which no signature changes."""
    return sha256(metadata_of(file).signed_bytes).hexdigest()


def _said(folder: TrustFolder, file: RoleFile) -> Rows:
    root, _ = folder.newest
    profile, held = profile_of(root), holders_of([file])
    yield "content", fingerprint(file)
    if file.role is Role.ROOT:
        yield "profile", profile.name
        yield "beware", profile.weakness
    for part in Part:
        if ids := held.ids(part):
            yield part, f"{_least(part, profile)} of {len(ids)} {_MEANS[part]}"
            for key_id in ids:
                yield from _key(folder, "", key_id)
    if file.role is Role.TARGETS:
        yield from _policy(folder.policy)
    yield "holds", f"once it is published, until {format_time(file.expires)}"
    before = folder.before(file)
    if before is None:
        yield "follows", "nothing: it is the first"
    else:
        yield "follows", before.name
        yield from _changes(folder, file, before)


def _policy(policy: bytes) -> Rows:
    yield "policy", f"what {len(policy)} bytes of policy.txt say of the log"
    # Not its own lines: a comment could look like one of them. Names are opaque bytes,
    # and one that looks the same in another alphabet is another.
    said = encode_log_policy(decode_log_policy(policy))
    for line in said.decode("ascii", "backslashreplace").splitlines():
        first, *rest = paragraph(line, width() - _LABELS)
        yield "", first
        yield from (("", f"  {more}") for more in rest)
    for line in listed_keys(policy):
        yield "minisign", line


def _changes(folder: TrustFolder, file: RoleFile, before: RoleFile) -> Rows:
    found = [*_different(file, before)]
    old, new = holders_of([before]), holders_of([file])
    for part in Part:
        then, now = old.ids(part), new.ids(part)
        for key_id in now:
            if key_id not in then:
                found += _key(folder, f"{part}: a key is new", key_id)
        for key_id in then:
            if key_id not in now:
                found += _key(folder, f"{part}: a key is taken away", key_id)
    label = "changes"
    for _, change in found or [("", "nothing: it only holds for longer")]:
        yield label, change
        label = ""


def _different(file: RoleFile, before: RoleFile) -> Rows:
    if file.role is Role.TARGETS:
        if targets_of(file).targets != targets_of(before).targets:
            yield "", "policy.txt: other logs or witnesses are believed"
        return
    old, new = profile_of(before), profile_of(file)
    if old is not new:
        yield "", f"profile: {old.name} becomes {new.name}"


def _key(folder: TrustFolder, what: str, key_id: str) -> Rows:
    """Yield a key with its whole id on a line of its own, to be compared."""
    name = printable(folder.names.get(key_id, ""))
    if title := ", ".join(filter(None, (what, name))):
        yield "", title
    yield "", f"  {key_id}"


def _least(part: Part, profile: Profile) -> int:
    match part:
        case Part.ROOT:
            return profile.root.least
        case Part.TARGETS:
            return profile.targets.least
        case Part.ONLINE:
            return 1
        case Part.RELEASES:
            return profile.releases.least
        case _:
            assert_never(part)
