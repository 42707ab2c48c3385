"""One look of a monitor at a log, in the order that makes it safe.

The checkpoint is believed, then held against the last one that was seen; then the new
releases are read; then it is kept what was seen; and only then is anything cosigned.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sayso.cli.monitor_report import Report
from sayso.cli.placing import replace_file
from sayso.cli.root import pinned_root
from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.files import read_file
from sayso.client.kept import KeptFile
from sayso.client.log import LogTree, check_grown, read_checkpoint
from sayso.client.monitor import (
    SEEN_LIMIT,
    Changes,
    Facts,
    Seen,
    Step,
    changes_of,
    decode_seen,
    encode_contradiction,
    encode_seen,
    new_releases,
    newest_release,
)
from sayso.client.refresh import refresh
from sayso.client.watch import tell
from sayso.errors import FetchError, MalformedError, RewrittenError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.trust.keys import SigningKey
from sayso.trust.note import cosign
from sayso.wire.checkpoint import Checkpoint, parse_checkpoint
from sayso.wire.log_policy import POLICY_LIMIT, LogPolicy, decode_log_policy
from sayso.wire.log_proof import decode_log_proof
from sayso.wire.note import KeyType, VerifierKey, decode_note, format_verifier_key
from sayso.wire.places import POLICY_NAME, PROOF_NAME
from sayso.wire.succession import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Who cosigns a checkpoint, and into which file."""

    key: SigningKey
    name: str
    out: Path

    @property
    def verifier(self) -> str:
        """The key as a policy names it."""
        public = self.key.public.key
        key = VerifierKey(name=self.name, type=KeyType.COSIGNATURE, key=public)
        return format_verifier_key(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a monitor does each time that it looks.

    Attributes:
        location: of the registry.
        root_file: by which the log's policy is believed; None where it is given.
        policy_file: the log's policy; None where the root leads to it.
        kept: what was seen last.
        topics: codes and owners, of which it is told what changes.
        witness: who cosigns what was seen, if anybody does.
    """

    location: str
    root_file: Path | None
    policy_file: Path | None
    kept: KeptFile
    topics: tuple[Isrc | OwnerId, ...]
    witness: Witness | None


def look(watch: Watch, moment: datetime, say: Callable[[Report], None]) -> Report:
    """Say what there is to say of a log, keep what was seen, and return what was said.

    It is said before it is kept: what a crash cuts off is said again the next time.

    Raises:
        RewrittenError: the log contradicts what was seen; both checkpoints are kept.
        RegistryError: something cannot be had or not be believed; nothing is kept.
        PlaceError: the cosigned checkpoint cannot be written.
    """
    fetcher, witness = fetcher_of(watch.location), watch.witness
    with watch.kept.locked():
        seen = _seen(watch.kept)
        note, log, new = _believed(fetcher, watch, seen, moment)
        old = None if seen is None else seen.checkpoint
        steps = [*new_releases(log, old, new, now=moment)]
        shown = steps if old is not None else steps[-1:]
        known = {} if seen is None else {**seen.watched}
        asked = _asked(watch, known, shown, log, new)
        report = Report(
            checkpoint=new,
            since=None if old is None else old.size,
            steps=tuple((step, _changes(fetcher, step)) for step in shown),
            told=tuple(tell(fetcher, watch.topics, known, asked)),
            witness=None if witness is None else witness.verifier,
        )
        say(report)
        watch.kept.write(encode_seen(Seen(note=note, watched=known)))
        # From here on a witness remembers this checkpoint, whatever happens.
        if witness is not None:
            cosigned = cosign(note, witness.key, name=witness.name, now=moment)
            replace_file(witness.out, cosigned)
    return report


def _seen(kept: KeptFile) -> Seen | None:
    data = kept.read(limit=SEEN_LIMIT)
    if data is None:
        return None
    try:
        return decode_seen(data)
    except MalformedError as error:
        raise MalformedError(
            f"{kept.path} is damaged: {error}. Bring back a copy; without it nobody "
            "notices what was taken back before today"
        ) from error


def _believed(
    fetcher: Fetcher, watch: Watch, seen: Seen | None, moment: datetime
) -> tuple[bytes, LogTree, Checkpoint]:
    """Return the newest checkpoint, when it contradicts nothing that was believed."""
    policy, shown = _policy(fetcher, watch, moment)
    note, trusted = read_checkpoint(
        fetcher, policy, for_witness=watch.witness is not None
    )
    new = trusted.checkpoint
    log = LogTree(fetcher, new)
    if seen is not None:
        if seen.checkpoint.origin != new.origin:
            raise UntrustedError(
                f"{new.origin} is another log than {seen.checkpoint.origin}, which was "
                "seen here before. If the registry's holders announced it, begin with "
                "another --state for it"
            )
        with _kept_as_evidence(watch.kept, seen.note, note, moment):
            log.check_grown(seen.checkpoint)
    if shown is not None:
        # Others are shown this one: one log has one history, whoever asks.
        other = parse_checkpoint(decode_note(shown).text)
        old, later = sorted((other, new), key=lambda each: each.size)
        with _kept_as_evidence(watch.kept, shown, note, moment):
            check_grown(fetcher, old, later)
    return note, log, new


def _policy(
    fetcher: Fetcher, watch: Watch, moment: datetime
) -> tuple[LogPolicy, bytes | None]:
    """Return who is believed about the log, and a checkpoint that others are shown."""
    if watch.policy_file is not None:
        data = read_file(watch.policy_file, limit=POLICY_LIMIT)
        return decode_log_policy(data), None
    trusted = refresh(fetcher, pinned_root(watch.root_file), now=moment)
    proof = decode_log_proof(trusted.files[PROOF_NAME])
    return decode_log_policy(trusted.files[POLICY_NAME]), proof.checkpoint


@contextmanager
def _kept_as_evidence(
    kept: KeptFile, old: bytes, new: bytes, moment: datetime
) -> Iterator[None]:
    """Keep two checkpoints that contradict each other, beside what was seen."""
    try:
        yield
    except RewrittenError as error:
        # One file for one contradiction, however often it is seen.
        name = sha256(decode_note(old).text.encode() + decode_note(new).text.encode())
        path = kept.path.with_name(
            f"{kept.path.name}.{name.hexdigest()[:16]}.evidence.json"
        )
        evidence = encode_contradiction(old, new, why=str(error), found=moment)
        if not path.exists():
            KeptFile(path).write(evidence)
        raise RewrittenError(f"{error}. Both are kept in {path}") from error


def _asked(
    watch: Watch,
    known: Mapping[str, Facts],
    steps: list[Step],
    log: LogTree,
    new: Checkpoint,
) -> list[Entry]:
    """Return the releases to ask of what is watched, the newest last."""
    is_known = known.keys() >= {*watch.topics}
    # What is watched from today on is told even if no release is new.
    if steps or is_known or not new.size:
        return [step.entry for step in steps]
    return [newest_release(log, new)]


def _changes(fetcher: Fetcher, step: Step) -> Changes | None:
    try:
        return changes_of(fetcher, step)
    except FetchError:
        # An old delta may be gone; that the log grew is known all the same.
        return None
