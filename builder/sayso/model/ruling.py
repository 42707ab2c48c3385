"""The ruling: what of a change to an owner's folder is accepted.

"The same function decides three times": for the author, on the pull request, and at
publication (Authority). Reading files, checking signatures and asking Git is for
others; who calls it hands over facts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sayso.model.authority import (
    MANIFEST_FILE,
    OWNER_FILE,
    RECOVERY_WAIT,
    SIGNATURE_FILE,
    Admission,
    Change,
    Fault,
    Ground,
    Held,
    Recovery,
    Ruling,
    Signed,
)
from sayso.model.owner import OwnerId


def decide(owner: OwnerId, held: Held, change: Change, *, now: datetime) -> Ruling:
    """Return what of a change its owner may have made.

    "Level is per file. In a folder with a pinned key, a file that is unlisted or does
    not match the manifest has *account* level at most; keys, accounts, contact and
    delegation change only by signature." What lacks authority is left out: the
    accepted version stays.

    Args:
        owner: whose folder it is.
        held: what was accepted, the only source of who may change it.
        change: the folder as it would be.
        now: when it is decided, for keys that wait.
    """
    return _Decision(owner, held, change, now).ruling()


class _InvalidManifest(Exception):  # noqa: N818 - it ends a check, and is no error
    """A manifest does not count."""

    def __init__(self, ground: Ground, detail: str = "") -> None:
        super().__init__(ground)
        self.ground = ground
        self.detail = detail


class _Decision:
    """Decides file by file, then what the files need of each other."""

    def __init__(
        self, owner: OwnerId, held: Held, change: Change, now: datetime
    ) -> None:
        self._owner = owner
        self._held = held
        self._change = change
        self._now = now
        self._faults: list[Fault] = []
        self._files: dict[str, str] = dict(held.files)
        self._used: dict[str, int] = {}
        self._recovery: Recovery | None = None
        self._waiting: frozenset[str] = frozenset()

    def ruling(self) -> Ruling:
        held, change = self._held, self._change
        manifest = self._valid_manifest()
        names = {*held.files, *change.files} - {MANIFEST_FILE, SIGNATURE_FILE}
        for name in sorted(names):
            if held.files.get(name) != change.files.get(name):
                self._decide_file(name, manifest)
        self._keep_together()
        if manifest is None and self._changes(MANIFEST_FILE, SIGNATURE_FILE):
            self._fault_of_manifest()
        result = self._accepted(manifest)
        return Ruling(held=result, faults=tuple(self._faults))

    def _changes(self, *names: str) -> bool:
        return any(
            self._held.files.get(name) != self._change.files.get(name) for name in names
        )

    def _fault_of_manifest(self) -> None:
        if not any(fault.file == MANIFEST_FILE for fault in self._faults):
            ground = Ground.DELETED
            if MANIFEST_FILE in self._change.files:
                ground = Ground.SIGNATURE
            self._note(MANIFEST_FILE, ground)

    def _note(self, file: str, ground: Ground, detail: str = "") -> None:
        self._faults.append(Fault(file=file, ground=ground, detail=detail))

    def _valid_manifest(self) -> Signed | None:
        """Return the manifest where it counts; note why where it does not."""
        signed = self._change.signed
        if signed is None:
            return None
        try:
            self._check_manifest(signed)
        except _InvalidManifest as error:
            self._note(MANIFEST_FILE, error.ground, error.detail)
            return None
        return signed

    def _check_manifest(self, signed: Signed) -> None:
        held = self._held
        if not signed.is_ours:
            raise _InvalidManifest(Ground.TRANSPLANT)
        if signed.digest == held.manifest and not self._changes(SIGNATURE_FILE):
            return
        if signed.signers & held.keys and signed.epoch == held.epoch:
            self._check_next(signed)
        elif held.keys:
            self._check_recovered(signed)
        else:
            self._check_first(signed)

    def _check_next(self, signed: Signed) -> None:
        """Check that a manifest comes after the accepted one (no replay)."""
        held = self._held
        if signed.sequence <= held.sequence:
            raise _InvalidManifest(
                Ground.SEQUENCE, f"{signed.sequence} {held.sequence}"
            )
        # Of several that were merged since, the last is all there is to be seen.
        is_next = signed.sequence == held.sequence + 1 or not self._change.may_skip
        is_first = held.manifest is None
        if is_next and not is_first and signed.previous != held.manifest:
            raise _InvalidManifest(Ground.PREVIOUS)

    def _check_first(self, signed: Signed) -> None:
        """Check that an owner's first keys, or the first again, are the owner's own."""
        held = self._held
        new = (signed.signers & self._change.keys) - held.retired
        if not new or signed.epoch < held.epoch:
            raise _InvalidManifest(Ground.SIGNATURE)
        self._check_next(signed)
        is_filed = self._owner.startswith("github:") and (
            not self._changes(OWNER_FILE) or self._admitted(OWNER_FILE) is not None
        )
        if not is_filed and not new & self._change.proved:
            raise _InvalidManifest(Ground.UNPROVED)

    def _check_recovered(self, signed: Signed) -> None:
        """Check that new keys, for which no old key signed, have waited in public.

        "Recovery opens a new epoch: 30 days in public, vetoable by an old key."
        """
        held, change = self._held, self._change
        new = (signed.signers & change.keys) - held.retired
        if not new or signed.epoch != held.epoch + 1:
            raise _InvalidManifest(Ground.SIGNATURE)
        waiting = held.recovery
        goes_on = waiting is not None and waiting.manifest == signed.digest
        if waiting is None or not goes_on:
            waiting = Recovery(manifest=signed.digest, since=self._now)
        # A domain may be somebody else's by now: operators decide whose the key is.
        if not (self._is_own_account() or new & change.decided):
            raise _InvalidManifest(Ground.UNPROVED)
        if self._now < waiting.since + RECOVERY_WAIT:
            self._recovery, self._waiting = waiting, signed.matching
            day = (waiting.since + RECOVERY_WAIT).date().isoformat()
            raise _InvalidManifest(Ground.RECOVERY, day)

    def _is_own_account(self) -> bool:
        """Return whether the account that names the owner filed the new keys."""
        admission = self._admitted(OWNER_FILE)
        return admission is not None and admission.accounts == {self._owner}

    def _decide_file(self, name: str, manifest: Signed | None) -> None:
        """Accept the change of one file, or note why not."""
        new = self._change.files.get(name)
        listed = manifest is not None and name in manifest.files
        if manifest is not None and self._only_looks(name, manifest):
            self._note(name, Ground.NOT_YOURS, self._strangers(name))
        elif manifest is not None and self._is_signed(name, manifest):
            self._set(name, new)
        elif name in self._waiting:
            self._note(name, Ground.RECOVERY)
        elif name in self._held.signed:
            self._note(name, Ground.DIFFERS if listed else Ground.SIGNED_FILE)
        elif name == OWNER_FILE and self._held.keys and self._change.is_protected:
            self._note(name, Ground.PROTECTED)
        elif (admission := self._admitted(name)) is not None:
            self._set(name, new)
            self._used[name] = admission.number
        elif listed:
            self._note(name, Ground.DIFFERS)
        elif self._held.is_known:
            self._note(name, Ground.NOT_YOURS, self._strangers(name))
        else:
            self._note(name, Ground.UNPROVED, self._strangers(name))

    def _only_looks(self, name: str, manifest: Signed) -> bool:
        """Return whether somebody else changes how a signed file looks.

        It says the same, so that the signature holds; but people read the comments.
        """
        is_same = manifest.digest == self._held.manifest and name in manifest.kept
        return is_same and name in manifest.matching and self._admitted(name) is None

    def _is_signed(self, name: str, manifest: Signed) -> bool:
        if name in self._change.files:
            return name in manifest.matching
        # A manifest that was accepted before says nothing of what was deleted since.
        return name not in manifest.files and manifest.digest != self._held.manifest

    def _set(self, name: str, blob: str | None) -> None:
        if blob is None:
            self._files.pop(name, None)
        else:
            self._files[name] = blob

    def _admitted(self, name: str) -> Admission | None:
        """Return the newest admission of a file, where it is of these very bytes."""
        found = self._newest(name)
        if found is None or found.files[name] != self._change.files.get(name):
            return None
        return found if found.accounts <= self._held.filers(self._owner) else None

    def _newest(self, name: str) -> Admission | None:
        found = [one for one in self._change.admissions if name in one.files]
        return found[-1] if found else None

    def _strangers(self, name: str) -> str:
        found = self._newest(name)
        if found is None or found.files[name] != self._change.files.get(name):
            return ""
        return " ".join(sorted(found.accounts - self._held.filers(self._owner)))

    def _keep_together(self) -> None:
        """Leave out a declaration without its catalogue, and the other way round."""
        while any(list(map(self._revert, sorted(self._change.tables)))):
            pass
        if self._files and OWNER_FILE not in self._files:
            self._bring_back_owner()

    def _bring_back_owner(self) -> None:
        """Leave out what would be declared by nobody."""
        owner = self._held.files.get(OWNER_FILE)
        if owner is not None:
            self._set(OWNER_FILE, owner)
            self._note(OWNER_FILE, Ground.INCOMPLETE)
            return
        for name in sorted(self._files):
            self._note(name, Ground.INCOMPLETE, OWNER_FILE)
        self._files.clear()

    def _revert(self, pair: tuple[str, str]) -> bool:
        """Bring both of a pair back where one of them was left out."""
        refused = [n for n in pair if self._files.get(n) != self._change.files.get(n)]
        if not refused or len(refused) == len(pair):
            return False
        (name,) = set(pair) - set(refused)
        if self._files.get(name) == self._held.files.get(name):
            return False
        self._set(name, self._held.files.get(name))
        self._note(name, Ground.INCOMPLETE, refused[0])
        return True

    def _accepted(self, manifest: Signed | None) -> Held:
        """Return what is held from now on."""
        held, change = self._held, self._change
        files = self._files
        if manifest is not None:
            for name in (MANIFEST_FILE, SIGNATURE_FILE):
                self._set(name, change.files.get(name))
        # Who deleted everything stays known, so that nothing old is filed again.
        is_new = files.get(OWNER_FILE, "") == change.files.get(OWNER_FILE)
        keys = change.keys if is_new else held.keys
        # What was left out for another file may count as soon as that is mended.
        used = [
            number
            for name, number in self._used.items()
            if files.get(name) == change.files.get(name)
        ]
        if self._recovery is not None:
            used = []  # the admission of new keys is asked for until they have waited
        result = replace(
            held,
            files=files,
            signed=frozenset(self._signed(manifest)),
            accounts=change.accounts if is_new else held.accounts,
            keys=keys,
            retired=(held.retired | held.keys) - keys,
            admission=max([held.admission, *used]),
            recovery=self._recovery,
        )
        if manifest is not None and manifest.digest != held.manifest:
            # Whoever signs has seen what was filed until then: it is not filed again.
            numbers = (one.number for one in change.admissions)
            result = replace(
                result,
                admission=max(result.admission, *numbers, 0),
                epoch=manifest.epoch,
                sequence=manifest.sequence,
                manifest=manifest.digest,
            )
        return result

    def _signed(self, manifest: Signed | None) -> Iterator[str]:
        """Yield the files that the owner signed, as they are accepted."""
        held, change = self._held, self._change
        for name, blob in self._files.items():
            is_held = blob == held.files.get(name)
            is_new = blob == change.files.get(name)
            if manifest is not None and is_new:
                if name in manifest.matching:
                    yield name
            elif is_held and name in held.signed:
                yield name
