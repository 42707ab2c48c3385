"""What YAML files say, as bytes, in other processes, and only once."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError, PublishError
from sayso.publish.reading import readings as readings_module
from sayso.publish.reading import unswept as unswept_module
from sayso.publish.reading import worker as worker_module
from sayso.publish.reading import workers as workers_module
from sayso.publish.reading.layout import Kind, Place, place_of
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.said import FORM_OF, Found, parse_yaml
from sayso.publish.reading.said_bytes import decode_said, encode_said
from sayso.publish.reading.sources import source_file
from sayso.publish.reading.unswept import unswept
from sayso.publish.reading.workers import parse_apart
from tests.cases import CORPUS
from tests.declared import FACTS, FERNWOOD, declaration, recordings

SONGS = f"{FERNWOOD}/songs.yaml"
TEXTS = {
    **FACTS,
    **{
        f"{FERNWOOD}/d{number}.yaml": declaration(
            "{any-ai: deny}" if number % 3 else "{any-ai: no}",
            recordings(f"XXF0126{number:05}"),
        )
        for number in range(300)
    },
}


def corpus() -> Iterator[Found]:
    """Yield every YAML file of the corpus that is where it may be."""
    for file in sorted(CORPUS.rglob("*.yaml")):
        parts = file.relative_to(CORPUS).parts
        path = "/".join(parts[1 if parts[0] == "base" else 2 :])
        place = place_of(path)
        if isinstance(place, Place):
            yield source_file(path, file.read_bytes()), place


def found(path: str = SONGS, text: str | None = None) -> Found:
    text = declaration("{any-ai: deny}", "prefix: XXF01") if text is None else text
    place = place_of(path)
    assert isinstance(place, Place)
    return source_file(path, text.encode()), place


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start other processes for few files already."""
    monkeypatch.setattr(readings_module, "_MANY", 1)


def test_bytes_say_what_each_file_of_the_corpus_says() -> None:
    kinds, problems = set(), 0
    for file, place in corpus():
        said = parse_yaml(file.path, file.data, place)
        assert decode_said(encode_said(said), place.kind, file.path) == said
        kinds.add(place.kind)
        problems += len(said.problems)
    assert kinds == set(FORM_OF)
    assert problems > 50


def test_the_same_bytes_are_shown_at_each_path() -> None:
    file, place = found(text="a: [\n")
    said = parse_yaml(file.path, file.data, place)
    other = decode_said(encode_said(said), place.kind, "other.yaml")

    assert {problem.path for problem in said.problems} == {SONGS}
    assert {problem.path for problem in other.problems} == {"other.yaml"}


@given(data=st.binary(max_size=40), kind=st.sampled_from(sorted(FORM_OF)))
def test_other_bytes_are_refused(data: bytes, kind: Kind) -> None:
    try:
        said = decode_said(data, kind, SONGS)
    except MalformedError:
        return
    assert decode_said(encode_said(said), kind, SONGS) == said


@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_changed_bytes_are_refused_or_say_something_of_their_form(
    place: int, bit: int
) -> None:
    file, at = found()
    said = parse_yaml(file.path, file.data, at)
    data = bytearray(encode_said(said))
    data[place % len(data)] ^= 1 << bit
    try:
        other = decode_said(bytes(data), Kind.DECLARATION, SONGS)
    except MalformedError:
        return
    assert other.value is None or type(other.value) is type(said.value)


def test_a_declaration_without_a_scope_is_refused() -> None:
    file, place = found()
    said = parse_yaml(file.path, file.data, place)
    assert said.value is not None
    odd = said._replace(value=replace(said.value, scope=None))  # type: ignore[type-var]

    with pytest.raises(MalformedError, match=r"songs.yaml says"):
        decode_said(encode_said(odd), Kind.DECLARATION, SONGS)


def test_a_file_is_parsed_once() -> None:
    readings = Readings()
    file, place = found()
    first = readings.read(file, place)

    assert readings.read(replace(file, load=lambda: b""), place) == first
    assert readings.added == 1


def test_a_file_with_a_forged_blob_id_is_not_taken_for_the_other() -> None:
    readings = Readings()
    file, place = found()
    forged = replace(found(text="a: b\n")[0], blob=file.blob)

    for one in (file, forged):
        assert readings.read(one, place) == parse_yaml(one.path, one.data, place)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_other_processes_find_the_same(workers: int) -> None:
    files = [source_file(path, text.encode()) for path, text in TEXTS.items()]
    readings = Readings(workers=workers)

    assert read_documents(files, readings=readings) == read_documents(files)
    assert readings.added == len(files)
    assert not readings.unused


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    "program",
    [
        "",
        "raise SystemExit(3)",
        "import sys; sys.stdout.buffer.write(b'no answer' * 9)",
        "import sys; sys.stdout.buffer.write((1).to_bytes(8, 'big') + b'\\xc1')",
    ],
)
def test_what_no_process_answers_is_parsed_here(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(workers_module, "_PROGRAM", program)
    files = [source_file(path, text.encode()) for path, text in TEXTS.items()]

    assert read_documents(files, readings=Readings(workers=2)) == read_documents(files)


@pytest.mark.usefixtures("apart")
def test_where_no_process_can_be_started_all_is_parsed_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    files = [source_file(path, text.encode()) for path, text in TEXTS.items()]

    assert read_documents(files, readings=Readings(workers=2)) == read_documents(files)


def test_no_more_processes_are_started_than_have_something_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[int] = []

    def begin() -> subprocess.Popen[bytes]:
        begun.append(1)
        return start()

    start = workers_module._start
    monkeypatch.setattr(workers_module, "_start", begin)
    file, place = found()
    said = encode_said(parse_yaml(file.path, file.data, place))

    assert parse_apart([(file, place)] * 130, 9) == [said] * 130
    assert len(begun) == 2


OTHER = """
import sys
sys.path.insert(0, sys.argv[1])
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.said import parse_yaml
from sayso.publish.reading.said_bytes import encode_said
from sayso.publish.reading.sources import source_file
from sayso.publish.reading.workers import parse_apart
file = source_file(sys.argv[2], b"schema: sayso/owner/1\\nnmae: x\\n")
place = place_of(file.path)
said = encode_said(parse_yaml(file.path, file.data, place))
assert b"OTHER WORDS" in said
assert parse_apart([(file, place)], 1) == [said]
"""


def test_other_processes_are_of_the_version_that_starts_them(tmp_path: Path) -> None:
    """Not of one that is installed beside it, from whose answers a cache would be."""
    home = Path(workers_module.__file__).parents[2]
    shutil.copytree(home, tmp_path / "sayso")
    module = tmp_path / "sayso/publish/reading/schema/field.py"
    text = module.read_text("utf-8")
    module.write_text(text.replace("There is no field", "OTHER WORDS"), "utf-8")

    command = [sys.executable, "-c", OTHER, str(tmp_path), f"{FERNWOOD}/owner.yaml"]
    # Whose coverage is not measured, since it is gone when that is reported.
    plain = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    subprocess.run(command, check=True, env=plain)


@pytest.mark.parametrize("length", [0, 1, 8, 10])
def test_half_a_message_is_none(length: int) -> None:
    whole = BytesIO()
    workers_module.send(b"abc", whole)

    assert workers_module.receive(BytesIO(whole.getvalue()[:length])) is None
    assert workers_module.receive(BytesIO(whole.getvalue())) == b"abc"


def test_a_file_that_changed_ends_the_other_processes() -> None:
    def changed() -> bytes:
        raise PublishError("changed while it was read")

    file, place = found()
    many = [(file, place)] * 500 + [(replace(file, load=changed), place)]
    before = set(children(os.getpid()))  # a browser of other tests, say
    with pytest.raises(PublishError, match="changed"):
        parse_apart(many, 2)
    assert set(children(os.getpid())) <= before


def test_a_worker_refuses_a_path_at_which_no_file_may_be() -> None:
    with pytest.raises(TypeError, match="no file may be at"):
        worker_module._said("x.yaml", b"")


PARENT = """
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.sources import source_file
from tests.unit.publish.reading.test_readings import SONGS, TEXTS, found
text = next(text for path, text in TEXTS.items() if path.endswith("d1.yaml"))
file, place = found(SONGS, text)
many = []
for number in range(20_000):
    path = SONGS.replace("songs", f"s{number}")
    many.append((source_file(path, text.encode()), place_of(path)))
print("begun", flush=True)
Readings(workers=2).prepare(many)
print("ended", flush=True)
"""


def children(parent: int) -> list[int]:
    place = Path(f"/proc/{parent}/task")
    return [
        int(child)
        for task in place.iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]


def is_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of processes")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_however_it_is_ended_no_process_is_left(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert parent.stdout.readline() == b"begun\n"
        deadline = time.monotonic() + 20
        while len(started := children(parent.pid)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.3)
        if how is signal.SIGINT:  # as Ctrl-C does it: everybody is told
            os.killpg(parent.pid, how)
        else:
            parent.send_signal(how)
        assert parent.wait(timeout=10) != 0
        while not all(map(is_gone, started)):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert parent.stdout.read() == b""
        said = parent.stderr.read().decode()
    assert said.count("Traceback") == (how is signal.SIGINT)  # the parent's own


@pytest.mark.parametrize("many", [0, 10**9])
def test_cycles_are_looked_for_afterwards_as_before(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(unswept_module, "_VERY_MANY", many)
    before = gc.get_freeze_count()
    try:
        with unswept():
            kept = [[number] for number in range(1000)]
            assert not gc.isenabled()
        assert gc.isenabled()
        assert (gc.get_freeze_count() > before) is (many == 0)
    finally:
        gc.unfreeze()
    gc.disable()
    try:
        with unswept():
            del kept
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
