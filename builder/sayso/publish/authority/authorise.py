"""Authorising: which files of a commit a release is made from.

"A change that was merged without authority is left out: the earlier accepted version
keeps counting, the status page says so, no verdict changes." (Authority)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from sayso.model.authority import MANIFEST_FILE, Admission, Ground, Held, Ruling
from sayso.model.declaration import Decision, DecisionKind
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.ruling import decide
from sayso.publish.authority.authorised import Authorised
from sayso.publish.authority.before import Before
from sayso.publish.authority.example_keys import check_not_examples
from sayso.publish.authority.folder import Files, Vouched, change_of
from sayso.publish.authority.homes import homes_of
from sayso.publish.authority.intake import Intake
from sayso.publish.authority.office import (
    OPERATORS_FILE,
    POLICY_FILE,
    SETTINGS,
    fault_of_settings,
    held_settings,
    office_of,
    policy_of,
)
from sayso.publish.authority.records import Claims, accept_records, is_record
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.said import said_by
from sayso.publish.reading.sources import SourceTree
from sayso.wire.folder_manifest import REGISTRY
from sayso.wire.state import LeftOut, Record

_OPERATORS = OwnerId(REGISTRY)


def authorise(
    tree: SourceTree, before: Before, *, now: datetime
) -> tuple[SourceTree, Authorised]:
    """Return the files that a release is made from, and by what authority.

    Args:
        tree: the files of the commit.
        before: what the release before accepted.
        now: when the release is issued.

    Raises:
        PublishError: Git does not have an accepted file any more, or the operators'
            keys are those of the examples.
    """
    run = _Authorising(tree, before, now)
    run.settings()
    run.folders()
    run.records()
    files = tuple(sorted(run.files.values(), key=lambda file: file.path))
    left_out = tuple(sorted(run.left_out, key=lambda one: one.path))
    # What merely follows from their absence is nobody's mistake.
    refused = tree.refused | {one.path for one in left_out}
    return (
        replace(tree, files=files, refused=refused),
        Authorised(
            held=run.held,
            proved=dict(run.proved()),
            records=run.accepted,
            left_out=left_out,
            admitted=run.newest,
        ),
    )


class _Authorising:
    """Accepts the operators' settings, then folders, then records."""

    def __init__(self, tree: SourceTree, before: Before, now: datetime) -> None:
        self._tree = {file.path: file for file in tree.files}
        self._before = before
        self._now = now
        self.files = dict(self._tree)
        self.held = before.held()
        self.accepted: dict[str, Record] = dict(before.records)
        self.left_out: list[LeftOut] = []

    def settings(self) -> None:
        """Accept how the registry is run, where two operators signed a change."""
        known = {p: r.blob for p, r in self._before.records.items() if p in SETTINGS}
        now = {p: self._tree[p].blob for p in SETTINGS if p in self._tree}
        if not self._before.is_genesis and now != known:
            self._accept_settings(known)
        for path in SETTINGS:
            if path in self.files:
                record = Record(blob=self.files[path].blob, since=self._now)
                self.accepted.setdefault(path, record)
        if self._before.is_genesis:
            self.held[_OPERATORS] = held_settings(self._tree)
        self._office = office_of(self.files.get(OPERATORS_FILE))
        self._policy = policy_of(self.files.get(POLICY_FILE))
        check_not_examples(self._office, self._policy.origin)
        self._intake = Intake(
            self._tree, self._office.intake, settled=self._before.settled
        )
        self._proofs = self._intake.proofs(policy=self._policy, now=self._now)

    def _accept_settings(self, known: Mapping[str, str]) -> None:
        before = self._before.files(known)
        ground = fault_of_settings(
            self._tree,
            office_of(before.get(OPERATORS_FILE)),
            self.held.get(_OPERATORS, Held()),
            policy_of(before.get(POLICY_FILE)).origin,
        )
        for path in SETTINGS:
            file = self._tree.get(path)
            if ground is None:
                self.accepted.pop(path, None)
            elif (file.blob if file else None) != known.get(path):
                self._leave_out(path, file, ground)
                self._put(path, before.get(path))
        if ground is None:
            self.held[_OPERATORS] = held_settings(self._tree)

    def folders(self) -> None:
        """Accept each owner's folder as far as its owner made it so."""
        homes = homes_of(self._tree.values())
        self._decided = self._recoveries()
        for owner in sorted({*homes, *self.held} - {_OPERATORS}):
            held, found = self.held.get(owner, Held()), homes.get(owner, {})
            home = held.home or self._first_home(owner, found)
            for other in sorted(found.keys() - {home}):
                for name, file in sorted(found[other].items()):
                    path = f"{other}/{name}"
                    self._leave_out(path, file, Ground.SECOND_FOLDER, home)
                    self._put(path, None)
            files = found.get(home, {})
            if held.recovery is None and held.files == _blobs(files):
                continue
            self._folder(owner, home, held, files)

    def _folder(self, owner: OwnerId, home: str, held: Held, files: Files) -> None:
        ended = set(held.files)
        for number, step in self._steps(owner, home, held):
            earlier = self._earlier(held, step)
            ruling = self._ruling(owner, home, held, earlier, step, until=number)
            held = ruling.held
            ended |= set(held.files)
        earlier = self._earlier(held, files)
        ruling = self._ruling(owner, home, held, earlier, files)
        self.held[owner] = replace(ruling.held, home=home)
        if not ruling.held.is_known:
            del self.held[owner]
        for fault in ruling.faults:
            path = f"{home}/{fault.file}"
            self._leave_out(path, files.get(fault.file), fault.ground, fault.detail)
        for name in {*files, *ended}:
            blob = ruling.held.files.get(name)
            same = files.get(name)
            if same is None or same.blob != blob:
                file = earlier[name] if blob is not None else None
                self._put(f"{home}/{name}", file)

    def _steps(
        self, owner: OwnerId, home: str, held: Held
    ) -> Iterator[tuple[int, Files]]:
        """Yield the folder as it was between, where several signed changes came.

        New keys that one of them brought sign the next. The host's word tells what was
        merged, and in which order. A first release has no such past.
        """
        if self._before.is_genesis:
            return
        admissions = self._admissions(owner, home, held.admission)
        signed = [one.number for one in admissions if MANIFEST_FILE in one.files]
        blobs = dict(held.files)
        for admission in admissions:
            for name, blob in admission.files.items():
                if blob is None:
                    blobs.pop(name, None)
                else:
                    blobs[name] = blob
            if admission.number in signed[:-1]:
                yield admission.number, self._before.files(blobs)

    def _earlier(self, held: Held, files: Files) -> dict[str, SourceFile]:
        """Return the accepted files; those of the commit where they are the same."""
        old = {
            name: blob
            for name, blob in held.files.items()
            if name not in files or files[name].blob != blob
        }
        same = {name: files[name] for name in held.files if name not in old}
        return {**same, **self._before.files(old)}

    def _ruling(
        self,
        owner: OwnerId,
        home: str,
        held: Held,
        earlier: Files,
        files: Files,
        *,
        until: int | None = None,
    ) -> Ruling:
        admissions = self._admissions(owner, home, held.admission)
        vouched = Vouched(
            admissions=tuple(
                one for one in admissions if until is None or one.number <= until
            ),
            may_skip=True,
            proved=frozenset(self._proofs.get(owner, ())),
            decided=self._decided.get(owner, frozenset()),
        )
        change = change_of(owner, self._policy.origin, earlier, files, vouched)
        return decide(owner, held, change, now=self._now)

    def _first_home(self, owner: OwnerId, found: Mapping[str, Files]) -> str:
        """Return which of several folders of a new owner is the owner's own."""
        homes = sorted(found)
        for home in homes[:-1]:
            ruling = self._ruling(owner, home, Held(), {}, found[home])
            if ruling.held.is_known:
                return home
        return homes[-1]

    def _admissions(
        self, owner: OwnerId, home: str, after: int
    ) -> tuple[Admission, ...]:
        found = self._intake.admissions(owner, origin=self._policy.origin, after=after)
        start = f"{home}/"
        return tuple(
            replace(
                one,
                files={
                    path.removeprefix(start): blob
                    for path, blob in one.files.items()
                    if path.startswith(start)
                },
            )
            for one in found
        )

    def _recoveries(self) -> dict[OwnerId, frozenset[Fingerprint]]:
        """Return the new keys of owners that two operators found to be theirs."""
        found: dict[OwnerId, set[Fingerprint]] = defaultdict(set)
        known = {p: r for p, r in self._before.records.items() if is_record(p)}
        missing = {
            path: record.blob
            for path, record in known.items()
            if path not in self._tree or self._tree[path].blob != record.blob
        }
        files = {**self._tree, **self._before.files(missing)}
        records = accept_records(
            {path: file for path, file in files.items() if "/decisions/" in path},
            known,
            self._office,
            Claims(held={}, admissions=lambda _owner: []),
            since=self._now,
        )
        for path in records.files:
            match said_by(files[path]):
                case Decision(
                    kind=DecisionKind.RECOVERED, owner=str() as owner, key=str() as key
                ):
                    found[owner].add(key)
                case _:
                    pass
        return {owner: frozenset(keys) for owner, keys in found.items()}

    def records(self) -> None:
        """Accept decisions and disputes; one that was accepted stays as it is."""
        waiting = timedelta(days=self._policy.waiting_days)
        known = {p: r for p, r in self._before.records.items() if is_record(p)}
        found = accept_records(
            self._tree,
            known,
            self._office,
            Claims(
                held=self.held,
                admissions=lambda owner: self._intake.admissions(
                    owner, origin=self._policy.origin, after=0
                ),
            ),
            since=self._now if self._before.is_genesis else self._now + waiting,
        )
        self.accepted |= found.files
        earlier = self._before.files(
            {f.file: known[f.file].blob for f in found.faults if f.file in known}
        )
        for fault in found.faults:
            self._leave_out(
                fault.file, self._tree.get(fault.file), fault.ground, fault.detail
            )
            self._put(fault.file, earlier.get(fault.file))

    def proved(self) -> Iterable[tuple[OwnerId, datetime]]:
        """Yield the owners of whom a domain names a key that is theirs, and when."""
        for owner, seen in sorted(self._proofs.items()):
            keys = self.held.get(owner, Held()).keys & seen.keys()
            if keys:
                yield owner, max(seen[key] for key in keys)

    @property
    def newest(self) -> int:
        """The number of the newest admission."""
        return self._intake.newest

    def _put(self, path: str, file: SourceFile | None) -> None:
        if file is None:
            self.files.pop(path, None)
            return
        if not file.sha256:  # an earlier catalogue, of which only the blob is known
            data = file.data
            digest = sha256(data).hexdigest()
            file = replace(file, sha256=digest, size=len(data))
        self.files[path] = replace(file, path=path)

    def _leave_out(
        self, path: str, file: SourceFile | None, ground: Ground, detail: str = ""
    ) -> None:
        blob = None if file is None else file.blob
        since = self._before.since(path, blob, ground) or self._now
        self.left_out.append(
            LeftOut(path=path, blob=blob, ground=ground, detail=detail, since=since)
        )


def _blobs(files: Files) -> dict[str, str]:
    return {name: file.blob for name, file in files.items()}
