"""Laws of going on: what is already there changes no byte, and deltas lead onwards.

A build that knows the last release, and what it left on the disk, makes the bytes of
one from nothing; and from each of the last releases a delta leads to the newest.
"""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.client.core import Core, apply_delta
from sayso.publish.cache import cache
from sayso.publish.output import Folder
from sayso.publish.site.draw import build_site
from sayso.wire.delta import decode_delta
from sayso.wire.lookup import tree_depth
from tests.declared import (
    FERNWOOD,
    HARROW,
    POLICY,
    HeldOutput,
    Published,
    core_of,
    declaration,
    files_of,
    publish,
    recordings,
)

SETTINGS = Path(__file__).parents[2] / "mkdocs.yml"
SHAPE = "leaf_items: 2\nnode_entries: 2\n"
CODES = [f"XXF01{year}{n:05}" for year in (19, 26) for n in range(0, 40, 7)]
OFFER = 'offer: {contact: "https://harrow.example/l", conditions: []}'
TITLES = st.sampled_from(["Slow River", "Älv, lång", None])
CATALOGUES = st.dictionaries(st.sampled_from(CODES), TITLES, max_size=12)
DENIALS = st.sampled_from(["{any-ai: deny}", "{search: allow}"])
SHORT = st.lists(st.sampled_from([*CODES, "XXF022600001"]), max_size=3, unique=True)
PREFIXES = st.sampled_from(["", "prefix: XXF01", "prefix: XXF02\nyears: 2019-2026"])
STATES = st.tuples(CATALOGUES, DENIALS, SHORT, PREFIXES)
DAYS = st.sampled_from([0.5, 1, 8])

Texts = Mapping[str, str]


def texts_of(
    catalogue: Mapping[str, str | None], denial: str, short: list[str], prefix: str
) -> dict[str, str]:
    texts = {"registry/policy.yaml": POLICY + SHAPE}
    if catalogue:
        rows = [f'{code},"{title or ""}"\n' for code, title in catalogue.items()]
        texts[f"{FERNWOOD}/c.yaml"] = declaration(denial, "catalogue: {file: c.csv}")
        texts[f"{FERNWOOD}/c.csv"] = "isrc,title\n" + "".join(rows)
    if short:
        ask = declaration("{search: ask}", recordings(*short), OFFER)
        texts[f"{HARROW}/ask.yaml"] = ask
    if prefix:
        texts[f"{FERNWOOD}/p.yaml"] = declaration("{any-ai: deny}", prefix)
    return texts


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[float, Texts]]:
    """Return days and declarations of some releases; a part of these stays as it is."""
    state = draw(STATES)
    found: list[tuple[float, Texts]] = [(0, texts_of(*state))]
    for _ in range(draw(st.integers(1, 3))):
        other = draw(STATES)
        catalogue, denial, short, prefix = state
        state = draw(
            st.sampled_from(
                [
                    state,
                    (other[0], denial, short, prefix),
                    ({**catalogue, **dict([*other[0].items()][:1])}, *state[1:]),
                    (catalogue, other[1], short, prefix),
                    (catalogue, denial, other[2], prefix),
                    (catalogue, denial, short, other[3]),
                ]
            )
        )
        found.append((found[-1][0] + draw(DAYS), texts_of(*state)))
    return found


@contextmanager
def small_parts() -> Iterator[None]:
    """Let parts be of few bytes, so that some of them stay and others do not."""
    with patch("sayso.publish.parts.PART_BYTES", 400):
        yield


def releases(history: list[tuple[float, Texts]]) -> list[Published]:
    """Return the releases of a history, each made without what the last one left."""
    found: list[Published] = []
    for days, texts in history:
        found.append(publish(texts, after=found[-1] if found else None, days=days))
    return found


def check_folders(history: list[tuple[float, Texts]], home: Path, workers: int) -> None:
    """Make each release again, with a cache and the folder of the one before."""
    expected = releases(history)
    warnings: list[str] = []
    for place, (days, texts) in enumerate(history):
        folder, old = home / str(place), home / str(place - 1)
        with cache(home / "cache", warnings.append) as tables:
            made = publish(
                texts,
                after=expected[place - 1] if place else None,
                days=days,
                output=Folder(folder, old if place else None),
                tables=tables,
                workers=workers,
            )
        assert made.files == expected[place].files
    assert warnings == []


@given(histories(), st.integers(1, 3))
@settings(max_examples=25)
def test_a_build_that_goes_on_makes_the_bytes_of_one_from_nothing(
    history: list[tuple[float, Texts]], workers: int
) -> None:
    with small_parts(), TemporaryDirectory() as home:
        check_folders(history, Path(home), workers)


def test_equal_files_are_taken_over() -> None:
    """Else the law above would compare two builds from nothing."""
    catalogue = dict.fromkeys(CODES, "Slow River")
    first = texts_of(catalogue, "{any-ai: deny}", [], "")
    second = texts_of({**catalogue, CODES[0]: "Älv"}, "{any-ai: deny}", [], "")
    with small_parts(), TemporaryDirectory() as home:
        check_folders([(0, first), (1, second)], Path(home), 1)
        links = {
            path.relative_to(Path(home) / "1").as_posix().partition("/")[0]
            for path in (Path(home) / "1").rglob("*.*")
            if path.stat().st_nlink > 1
        }
        # registry.json is linked to itself, under its digest.
        same = {"bulk", "lookup", "schema", "status"}
        assert links == {*same, "registry", "registry.json"}
        changed = [
            path
            for path in (Path(home) / "1" / "lookup").rglob("*.gz")
            if path.stat().st_nlink == 1
        ]
        assert 0 < len(changed) <= tree_depth(2) + 1


@given(histories())
@settings(max_examples=5)
def test_a_site_that_goes_on_is_the_one_from_nothing_with_equal_files_linked(
    history: list[tuple[float, Texts]],
) -> None:
    with TemporaryDirectory() as name:
        home, old, before = Path(name), Path(name, "none"), dict[str, bytes]()
        for place, published in enumerate(releases(history)):
            release, out = home / f"release-{place}", home / f"site-{place}"
            data = Folder(release)
            for path, content in published.files.items():
                data.write(path, content)
            build_site(mkdocs_yml=SETTINGS, release=release, out=home / "whole")
            build_site(mkdocs_yml=SETTINGS, release=release, out=out, old=old)
            made = files_of(out)
            assert made == files_of(home / "whole")
            for path, content in made.items():
                is_old = path in before and (out / path).samefile(old / path)
                assert is_old is (before.get(path) == content), path
            old, before = out, made


@given(histories())
@settings(max_examples=15)
def test_the_number_of_threads_changes_nothing(
    history: list[tuple[float, Texts]],
) -> None:
    _, texts = history[0]
    with (
        small_parts(),
        patch("sayso.publish.bulk.PART_RECORDINGS", 2),
    ):
        one, *others = (publish(texts, workers=n).files for n in (1, 2, 3))
    assert [other == one for other in others] == [True, True]


def deltas_to(published: Published) -> dict[int, bytes]:
    """Return the deltas of a release by the number of the release they lead from."""
    found = {}
    for path, data in published.files.items():
        if path.startswith("delta/"):
            before, after = path.split(".")[1].split("-")
            assert int(after) == published.release.header.number
            found[int(before)] = gzip.decompress(data)
    return found


def check_same(one: Core, other: Core) -> None:
    assert one.contents == other.contents
    assert one.keys.tolist() == other.keys.tolist()
    assert one.numbers.tolist() == other.numbers.tolist()
    assert one.policies == other.policies
    for name in ("firsts", "lasts", "numbers"):
        mine, its = getattr(one.intervals, name), getattr(other.intervals, name)
        assert mine.tolist() == its.tolist()


@given(histories(), st.sampled_from([1, 2, 30]))
@settings(max_examples=25)
def test_deltas_lead_from_each_of_the_last_releases_to_the_newest(
    history: list[tuple[float, Texts]], most: int
) -> None:
    with patch("sayso.publish.succession.RELEASES", most):
        made = releases(history)
    cores = [core_of(published) for published in made]
    for number, published in enumerate(made, start=1):
        deltas = deltas_to(published)
        assert sorted(deltas) == list(range(max(1, number - most), number))
        for before, data in deltas.items():
            found = apply_delta(cores[before - 1], decode_delta(data))
            check_same(found, cores[number - 1])


def test_a_delta_of_too_many_changes_is_left_out_and_the_next_ones_go_on() -> None:
    states = [
        texts_of(dict.fromkeys(codes, "Slow River"), "{any-ai: deny}", [], "")
        for codes in (CODES[:1], CODES, CODES[:-1])
    ]
    with patch("sayso.publish.succession.MOST_CHANGES", 5):
        made = releases([(number * 20, state) for number, state in enumerate(states)])
    assert [sorted(deltas_to(one)) for one in made] == [[], [], [2]]


def test_a_delta_that_would_be_too_long_is_left_out() -> None:
    states = [
        texts_of(dict.fromkeys(codes, "Slow River"), "{any-ai: deny}", [], "")
        for codes in (CODES[:1], CODES)
    ]
    with patch("sayso.wire.delta.DELTA_LIMIT", 100):
        made = releases([(0, states[0]), (1, states[1])])
    assert deltas_to(made[1]) == {}


def test_what_holds_a_release_in_memory_goes_on_like_a_folder() -> None:
    texts = texts_of(dict.fromkeys(CODES, "Slow River"), "{any-ai: deny}", [], "")
    first = publish(texts)
    output = HeldOutput(old=first.files)
    assert (
        publish(texts, after=first, days=1, output=output).files
        == publish(texts, after=first, days=1).files
    )
    assert output.kept
