"""The status of real releases: what waits, what was left out, and since when."""

from datetime import timedelta
from pathlib import Path

from sayso.model.vocabulary import Use
from sayso.publish.output import Folder
from sayso.publish.site.draw import build_site
from sayso.wire.status import Status, decode_status
from tests.declared import (
    FERNWOOD,
    START,
    Published,
    declaration,
    publish,
    recordings,
)

ROOT = Path(__file__).parents[3]
ONE = "XXF012600001"
SONGS = f"{FERNWOOD}/songs.yaml"
DAY = timedelta(days=1)


def status_of(made: Published) -> Status:
    path = next(path for path in made.files if path.startswith("status/"))
    return decode_status(made.files[path])


def saying(uses: str) -> dict[str, str]:
    return {SONGS: declaration(uses, recordings(ONE))}


def test_a_quiet_release_says_that_nothing_waits() -> None:
    assert status_of(publish(saying("{any-ai: deny}"))) == Status()


def test_a_yes_waits_from_the_release_that_first_said_it() -> None:
    first = publish(saying("{any-ai: deny}"))
    wider = saying("{any-ai: deny, search: allow}")
    second = publish(wider, after=first, days=1)
    (pending,) = status_of(second).pending
    assert pending.declaration == "domain:fernwood.example/songs"
    assert pending.uses == (Use.SEARCH,)
    assert pending.announced == START + DAY
    assert pending.since == START + 8 * DAY
    third = publish(wider, after=second, days=4)
    assert status_of(third).pending == (pending,)
    assert second.verdict(ONE, "search") == third.verdict(ONE, "search") == "deny"
    last = publish(wider, after=third, days=8)
    assert status_of(last).pending == ()
    assert last.verdict(ONE, "search") == "allow"


def test_the_site_of_a_release_tells_what_waits_in_it(tmp_path: Path) -> None:
    first = publish(saying("{any-ai: deny}"))
    wider = saying("{any-ai: deny, search: allow}")
    made = publish(wider, after=first, days=1, output=Folder(tmp_path / "release"))
    for path, data in made.files.items():
        (tmp_path / "release" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "release" / path).write_bytes(data)
    out = tmp_path / "out"
    build_site(mkdocs_yml=ROOT / "mkdocs.yml", release=tmp_path / "release", out=out)
    for page in ("status", "owner/fernwood.example"):
        text = (out / page / "index.html").read_text("utf-8")
        assert "permission for “Search and recommend”" in text
        assert '<time datetime="2026-11-30">' in text
        feed = (out / page / "feed.xml").read_text("utf-8")
        assert feed.count("<entry>") == 1
        assert "<updated>2026-11-23T11:00:00Z</updated>" in feed
    owner = (out / "owner/fernwood.example/index.html").read_text("utf-8")
    assert "SHA256:" in owner
    assert "sayso owner domain:fernwood.example" in owner
