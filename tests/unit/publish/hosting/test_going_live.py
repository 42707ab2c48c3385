"""Going live: whole at every moment, forwards only, and finished by the next run."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.errors import PublishError, UntrustedError
from sayso.publish.hosting import going_live
from sayso.publish.hosting.folder import FolderDestination
from sayso.publish.hosting.going_live import Check, publish
from sayso.publish.hosting.host import web_host
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files
from sayso.publish.hosting.serving import Stage, serving
from sayso.wire.places import CHECKPOINT, TIMESTAMP, metadata_path
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE
from tests.hosted import open_whole, put, put_folder, registry
from tests.webserver import serve


class KilledError(Exception):
    """What a test raises in the place of a power cut."""


class Killed(FolderDestination):
    """A folder whose publisher is killed after some operations, or in the next one."""

    def __init__(self, folder: Path, operations: int, *, within: bool) -> None:
        super().__init__(folder, lambda: None)
        self.left = operations
        self.within = within

    def _step(self, half: Callable[[], None]) -> None:
        if self.left == 0:
            if self.within:
                half()
            raise KilledError
        self.left -= 1

    def put(self, file: Outgoing) -> None:
        def half() -> None:
            place = self._folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            data = file.read()
            new = place.with_name(f".{place.name}.new")
            new.write_bytes(data[: len(data) // 2])

        self._step(half)
        super().put(file)

    def settle(self) -> None:
        self._step(lambda: None)
        super().settle()

    def remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._step(lambda: None)
            super().remove([path])

    def finish(self, summary: str) -> None:
        self._step(lambda: None)
        super().finish(summary)


def test_the_first_release_is_published_whole(tmp_path: Path) -> None:
    first = registry()
    source, target = first.write(tmp_path / "out"), tmp_path / "www"
    done = put_folder(source, target, first.check)
    assert (done.release.header.number, done.kept, done.removed) == (1, 0, 0)
    assert done.sent == len(first.files)
    assert done.bytes == sum(map(len, first.files.values()))
    assert {p: f.read() for p, f in outgoing_files(target).items()} == first.files
    assert open_whole(FolderFetcher(target), first.check).release == done.release


def test_what_is_there_is_not_sent_again(tmp_path: Path) -> None:
    first = registry()
    source, target = first.write(tmp_path / "out"), tmp_path / "www"
    put_folder(source, target, first.check)
    again = put_folder(source, target, first.check)
    assert (again.sent, again.kept) == (0, len(first.files))


def test_a_release_that_is_not_signed_does_not_go_out(tmp_path: Path) -> None:
    made = registry()
    signed = dict(made.files)
    built = made.next(title="Another River").files
    mixed = {**signed, RELEASE_FILE: built[RELEASE_FILE]}
    source = made.write(tmp_path / "out", mixed)
    with pytest.raises(PublishError, match="release 1, the newest that is signed"):
        put_folder(source, tmp_path / "www", made.check)
    assert not outgoing_files(tmp_path / "www")


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("old", [0, 1])
def test_killed_at_any_point_the_old_release_stays_whole_and_the_next_run_finishes(
    tmp_path: Path, old: int, *, within: bool
) -> None:
    made = registry(old)
    before = tmp_path / "before"
    before.mkdir()
    if old:
        put_folder(made.write(tmp_path / "old"), before, made.check)
    made.next(title="Another River")
    files = outgoing_files(made.write(tmp_path / "new"))
    seen = []
    for operations, target in ((n, tmp_path / f"www-{n}") for n in count()):
        shutil.copytree(before, target)
        destination = Killed(target, operations, within=within)
        try:
            put(files, destination, made.check)
        except KilledError:
            pass
        else:
            assert newest(target, made.check) == old + 1
            break
        seen.append(newest(target, made.check))
        if operations % 3 == 0:  # a third is enough to see it finished
            put_folder(tmp_path / "new", target, made.check)
            assert newest(target, made.check) == old + 1
    # Only after the timestamp is put is there a new release: it reaches the disk.
    assert seen == [old] * (len(seen) - 2) + [old + 1] * 2
    assert len(seen) > 20


def test_only_between_a_root_with_other_online_keys_and_its_timestamp_nobody_answers(
    tmp_path: Path,
) -> None:
    made = registry()
    target = tmp_path / "www"
    put_folder(made.write(tmp_path / "old"), target, made.check)
    made.rotate(first=301)
    made.next(title="Another River")
    files = outgoing_files(made.write(tmp_path / "new"))

    class Stopped(FolderDestination):
        def put(self, file: Outgoing) -> None:
            if file.path == TIMESTAMP:
                raise KilledError
            super().put(file)

    with pytest.raises(KilledError):
        put(files, Stopped(target, lambda: None), made.check)
    # Nobody is told anything wrong: the old timestamp is of a key that is gone.
    with pytest.raises(UntrustedError):
        made.check(FolderFetcher(target))
    (target / metadata_path("2.root.json")).unlink()
    assert newest(target, made.check) == 1
    put_folder(tmp_path / "new", target, made.check)
    assert newest(target, made.check) == 2


def newest(folder: Path, check: Check) -> int:
    """Return the number of the release that a folder has, whole; 0 for none."""
    if not (folder / TIMESTAMP).exists():
        return 0
    return open_whole(FolderFetcher(folder), check).index + 1


def test_each_file_goes_live_in_its_order(tmp_path: Path) -> None:
    made = registry(2)
    made.rotate(first=101)
    made.next()
    order: list[str] = []

    class Watched(FolderDestination):
        def put(self, file: Outgoing) -> None:
            order.append(file.path)
            super().put(file)

        def settle(self) -> None:
            order.append("settled")

    target = tmp_path / "www"
    target.mkdir()
    destination = Watched(target, lambda: None)
    put(outgoing_files(made.write(tmp_path / "out")), destination, made.check)
    stages = [serving(path).stage for path in order if path != "settled"]
    assert stages == sorted(stages)
    assert order.count("settled") == len(Stage)
    tail = [path for path in order if path != "settled"][-8:]
    assert tail == [
        REGISTRY_FILE,
        f"{REGISTRY_FILE}.minisig",
        RELEASE_FILE,
        f"{RELEASE_FILE}.minisig",
        "schema/release.json",
        metadata_path("1.root.json"),
        metadata_path("2.root.json"),
        TIMESTAMP,
    ]
    assert order[-2:] == [TIMESTAMP, "settled"]


def test_a_heartbeat_brings_only_what_was_signed(tmp_path: Path) -> None:
    made = registry(2)
    target = tmp_path / "www"
    put_folder(made.write(tmp_path / "out"), target, made.check)
    made.renew()
    source = made.write(tmp_path / "ledger", made.heartbeat())
    done = put_folder(source, target, made.check)
    assert done.sent == 1
    assert (target / TIMESTAMP).read_bytes() == made.files[TIMESTAMP]
    open_whole(FolderFetcher(target), made.check)


def test_a_part_is_refused_where_the_rest_is_not_there(tmp_path: Path) -> None:
    made = registry()
    source = made.write(tmp_path / "ledger", made.heartbeat())
    with pytest.raises(PublishError, match="readers would refuse this release"):
        put_folder(source, tmp_path / "www", made.check)
    assert not [*(tmp_path / "www").iterdir()]


@pytest.mark.parametrize("start", ["bulk/", "lookup/", "state/", "registry/", "index/"])
def test_a_release_is_looked_at_though_a_heartbeat_brought_its_log(
    tmp_path: Path, start: str
) -> None:
    """As where it waits in the log for the second of two keys that sign it."""
    one, two = registry(), registry(2)
    target = tmp_path / "www"
    put_folder(one.write(tmp_path / "one"), target, one.check)
    log = {p: d for p, d in two.files.items() if p.startswith("log/")}
    beat = {p: d for p, d in one.heartbeat().items() if p[:4] != "log/"}
    put_folder(one.write(tmp_path / "beat", {**beat, **log}), target, one.check)
    path = next(p for p in two.files if p.startswith(start) and p not in one.files)
    part = {p: d for p, d in two.files.items() if p != path}
    with pytest.raises(PublishError, match=f"{path}"):
        put_folder(two.write(tmp_path / "two", part), target, two.check)
    done = put_folder(two.write(tmp_path / "two"), target, two.check)
    assert done.release.header.number == 2


@pytest.mark.parametrize("start", ["bulk/", "lookup/", "state/", "registry/", "index/"])
def test_a_release_that_is_not_whole_is_refused(tmp_path: Path, start: str) -> None:
    made = registry()
    (path, *_) = sorted(path for path in made.files if path.startswith(start))
    source = made.write(tmp_path / "out")
    (source / path).unlink()
    with pytest.raises(PublishError, match=r"nothing was published|neither to be"):
        put_folder(source, tmp_path / "www", made.check)
    assert not [*(tmp_path / "www").iterdir()]


@pytest.mark.parametrize("start", ["bulk/", "state/", "registry/", "index/"])
def test_a_file_that_is_not_the_one_named_is_refused(
    tmp_path: Path, start: str
) -> None:
    made = registry()
    (path, *_) = sorted(path for path in made.files if path.startswith(start))
    source = made.write(tmp_path / "out")
    (source / path).write_bytes(bytes(len(made.files[path])))
    with pytest.raises(PublishError, match="is not the one that"):
        put_folder(source, tmp_path / "www", made.check)


@pytest.mark.parametrize(
    ("start", "end"), [("lookup/", ".gz"), ("tuf/targets/", ".release.json")]
)
def test_a_file_that_is_not_what_its_name_says_is_not_put(
    tmp_path: Path, start: str, end: str
) -> None:
    """Whoever opens the newest release reads neither a leaf nor what is older."""
    made = registry(2)
    path = next(p for p in registry().files if p.startswith(start) and p.endswith(end))
    source = made.write(tmp_path / "out")
    (source / path).write_bytes(bytes(len(made.files[path])))
    with pytest.raises(PublishError, match=f"{path} is not the file that its name"):
        put_folder(source, tmp_path / "www", made.check)
    assert not (tmp_path / "www" / TIMESTAMP).exists()


def test_what_a_reader_would_refuse_is_not_published(tmp_path: Path) -> None:
    made, other = registry(), registry()
    other.rotate(first=301)
    source = made.write(tmp_path / "out")
    # A root that follows, but the timestamp is of a key that it does not name.
    (source / metadata_path("2.root.json")).write_bytes(other.roots[1].data)
    with pytest.raises(PublishError, match="readers would refuse this release"):
        put_folder(source, tmp_path / "www", made.check)
    assert not [*(tmp_path / "www").iterdir()]


def test_an_older_folder_is_refused(tmp_path: Path) -> None:
    made = registry()
    old = made.write(tmp_path / "old")
    made.next(title="Another River")
    put_folder(made.write(tmp_path / "new"), tmp_path / "www", made.check)
    with pytest.raises(PublishError, match="nothing goes back"):
        put_folder(old, tmp_path / "www", made.check)


def test_a_failure_of_one_file_ends_the_run_before_anything_leads_to_it(
    tmp_path: Path,
) -> None:
    made = registry()
    source, target = made.write(tmp_path / "out"), tmp_path / "www"
    target.mkdir()

    class Full(FolderDestination):
        at_once = 4

        def put(self, file: Outgoing) -> None:
            if file.path.startswith("state/"):
                raise PublishError("no space left")
            super().put(file)

    with pytest.raises(PublishError, match="no space left"):
        put(outgoing_files(source), Full(target, lambda: None), made.check)
    assert not (target / CHECKPOINT).exists()
    assert not (target / TIMESTAMP).exists()


def test_progress_is_told_in_order(tmp_path: Path) -> None:
    made = registry()
    told: list[str] = []
    target = tmp_path / "www"
    target.mkdir()
    publish(
        outgoing_files(made.write(tmp_path / "out")),
        FolderDestination(target, lambda: None),
        check=made.check,
        host=None,
        prune_at=made.now + timedelta(days=1),
        steps=lambda step, done, total: told.append(step) if done < total else None,
    )
    assert [*dict.fromkeys(told)] == [
        "Looking at what is there",
        "Opening what is to be published",
        "Publishing what never changes",
        "Publishing the site",
        "Publishing the log",
        "Publishing the release",
        "Publishing the roots",
        "Publishing the timestamp",
        "Looking for what nobody needs",
    ]


def test_what_leads_to_others_is_put_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two roots the second, without the first, helps nobody."""
    asked: list[int] = []

    def pool(at_once: int) -> ThreadPoolExecutor:
        asked.append(at_once)
        return ThreadPoolExecutor(at_once)

    monkeypatch.setattr(going_live, "ThreadPoolExecutor", pool)
    monkeypatch.setattr(FolderDestination, "at_once", 4)
    made = registry()
    put_folder(made.write(tmp_path / "out"), tmp_path / "www", made.check)
    assert asked == [4 if stage < Stage.CHECKPOINT else 1 for stage in Stage]


def test_after_a_failure_nothing_more_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, put = Event(), list[str]()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, *_: object, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            ended.set()
            super().shutdown()

    def failing(_: FolderDestination, file: Outgoing) -> None:
        put.append(file.path)
        if len(put) > 1:
            # The one that was begun meanwhile waits until the failure is known.
            ended.wait()
        raise PublishError("no space")

    monkeypatch.setattr(going_live, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(FolderDestination, "put", failing)
    made = registry()
    with pytest.raises(PublishError, match="no space"):
        put_folder(made.write(tmp_path / "out"), tmp_path / "www", made.check)
    assert len(put) <= 2


def test_a_heartbeat_goes_on_whatever_else_was_lost(tmp_path: Path) -> None:
    made = registry()
    target = tmp_path / "www"
    put_folder(made.write(tmp_path / "out"), target, made.check)
    path = next(p for p in made.files if p.startswith("state/"))
    (target / path).unlink()
    source = made.renew().write(tmp_path / "ledger", made.heartbeat())
    assert put_folder(source, target, made.check).sent == 1


def test_a_host_that_serves_what_it_has_wrongly_gets_nothing_more(
    tmp_path: Path,
) -> None:
    """Where all becomes visible at once, it can be asked for no new file before."""

    class Atomic(FolderDestination):
        is_atomic = True

    made = registry()
    target = tmp_path / "www"
    put_folder(made.write(tmp_path / "out"), target, made.check)
    before = (target / TIMESTAMP).read_bytes()
    files = outgoing_files(made.renew().write(tmp_path / "ledger", made.heartbeat()))
    with serve({}) as site:
        host = web_host(site.address, lambda _: None)
        with pytest.raises(PublishError, match=site.address):
            put(files, Atomic(target, lambda: None), made.check, host=host)
    assert (target / TIMESTAMP).read_bytes() == before
