"""What pages say of what was left out and of what waits, and the feeds of it."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.authority import Ground
from sayso.model.owner import OwnerId
from sayso.publish.site.atom import atom
from sayso.publish.site.draw import build_site
from sayso.publish.site.opening import open_release
from sayso.publish.site.pages import Page, registry_pages
from sayso.publish.site.pages.grounds import ground_view
from sayso.publish.site.pages.limits import Limits
from sayso.publish.site.pages.news import Entry, Feed
from sayso.publish.site.pages.owner import OwnerPage
from sayso.publish.site.pages.shelf import Site
from sayso.publish.site.pages.signers import signers_of
from sayso.publish.site.pages.status import StatusPage
from sayso.wire.signatures import SignedFolder
from sayso.wire.state import LeftOut
from sayso.wire.text import format_time, parse_time
from tests.declared import files_of
from tests.registries import ISSUED, Document, Files
from tests.shown import (
    FERNWOOD,
    FINGERPRINT,
    HARROW,
    IMAGE,
    QUIET,
    SCRIPT,
    STATUS,
    shelf_of,
    shown_document,
    shown_files,
    signed_folder,
)

ROOT = Path(__file__).parents[4]
ATOM = "{http://www.w3.org/2005/Atom}"
HOME = "https://sayso.example/"


def pages_of(status: Document = STATUS, **limits: int) -> dict[str, Page]:
    shelf = shelf_of(shown_document(0), status, **limits)
    return {page.address: page for page in registry_pages(shelf, release_size=1)}


PAGES = pages_of()


def status_page(pages: dict[str, Page] = PAGES) -> StatusPage:
    content = pages["status/"].content
    assert isinstance(content, StatusPage)
    return content


def owner_page(address: str, pages: dict[str, Page] = PAGES) -> OwnerPage:
    content = pages[address].content
    assert isinstance(content, OwnerPage)
    return content


def feed_of(address: str, pages: dict[str, Page] = PAGES) -> Feed:
    feed = pages[address].feed
    assert feed is not None
    return feed


def test_the_status_page_says_what_was_left_out_and_why_newest_first() -> None:
    deleted, edited, strange = status_page().lines.left_out
    assert deleted.path == "github/31/583231-mara/songs.yaml"
    assert deleted.deleted
    assert deleted.owner is not None
    assert deleted.owner.href == "owner/github-583231/"
    assert deleted.ground.why == (
        "No account that may change this folder filed it: github:77 and github:78 did."
    )
    assert (deleted.ground.rule, deleted.since.words) == ("SAY701", "22 November 2026")
    assert not edited.deleted
    assert edited.ground.href == "rules/authority/#say712"
    assert "sayso sign" in edited.ground.to_do
    assert (strange.path, strange.owner) == (SCRIPT, None)


def test_the_status_page_says_what_waits_and_until_when() -> None:
    lines = status_page().lines
    (pending,) = lines.pending
    assert pending.statement.text == "Harrow & Vale <Sound> (open)"
    assert pending.statement.href == "owner/harrow-vale.example/#declaration-open"
    assert pending.uses == "“Train generative AI” and “Search and recommend”"
    assert pending.announced.words == "22 November 2026"
    assert pending.since.words == "29 November 2026"
    (recovering,) = lines.recovering
    assert (recovering.began.iso, recovering.since.iso) == ("2026-11-20", "2026-12-20")
    (ageing,) = lines.ageing
    assert (ageing.checked.iso, ageing.until.iso) == ("2026-10-20", "2026-12-03")


def test_each_owner_s_page_notes_what_is_of_that_owner() -> None:
    harrow = owner_page("owner/harrow-vale.example/")
    assert [one.statement.text for one in harrow.status.pending] == [
        "Harrow & Vale <Sound> (open)"
    ]
    assert len(harrow.status.ageing) == 1
    assert not harrow.status.left_out
    ilse = owner_page("owner/github-900004417/")
    assert len(ilse.status.recovering) == 1
    mara = owner_page("owner/github-583231/")
    assert [one.path for one in mara.status.left_out] == [
        "github/31/583231-mara/songs.yaml"
    ]
    fernwood = owner_page("owner/fernwood.example/")
    assert [one.ground.rule for one in fernwood.status.left_out] == ["SAY712"]
    assert not fernwood.status.pending


def test_without_anything_to_tell_pages_say_so_and_owners_have_no_feed() -> None:
    quiet = pages_of(QUIET)
    assert status_page(quiet).lines.is_empty
    assert feed_of("status/", quiet).entries == ()
    owners = [page for page in quiet.values() if isinstance(page.content, OwnerPage)]
    assert owners
    for page in owners:
        assert isinstance(page.content, OwnerPage)
        assert page.content.status.is_empty
        assert (page.feed, page.content.feed) == (None, None)


def test_a_proof_that_grows_old_is_noted_and_is_no_news() -> None:
    pages = pages_of({**QUIET, "ageing": STATUS["ageing"]})
    harrow = owner_page("owner/harrow-vale.example/", pages)
    assert not harrow.status.is_empty
    assert harrow.feed is None
    assert feed_of("status/", pages).entries == ()


def test_an_owner_s_page_says_by_which_key_it_signed_and_how_to_check() -> None:
    shown = owner_page("owner/fernwood.example/").shown
    assert shown.signers is not None
    assert shown.signers.current == (FINGERPRINT,)
    assert shown.signers.replaced == ()
    assert (shown.domain, shown.checked) == ("fernwood.example", None)
    assert shown.command == (
        f"sayso owner {FERNWOOD} --registry {HOME} --root 1.root.json"
    )
    harrow = owner_page("owner/harrow-vale.example/").shown
    assert harrow.signers is None
    assert harrow.until is not None
    assert harrow.until.words == "3 December 2026"
    assert owner_page("owner/github-583231/").shown.domain is None


def test_a_key_that_was_replaced_is_told_and_a_false_signature_is_none() -> None:
    old = signers_of({OwnerId(FERNWOOD): signed_folder(old=True)})
    assert old[OwnerId(FERNWOOD)].current == ()
    assert old[OwnerId(FERNWOOD)].replaced == (FINGERPRINT,)
    other = signed_folder("other.yaml")
    true = signed_folder()
    false = SignedFolder(
        owner=true.owner,
        home=true.home,
        keys=true.keys,
        manifest=true.manifest,
        signatures=other.signatures,
        twins=true.twins,
    )
    assert signers_of({true.owner: false})[true.owner].current == ()


@pytest.mark.parametrize("ground", Ground, ids=str)
@pytest.mark.parametrize("detail", ["", "5 7"], ids=["bare", "detailed"])
def test_every_ground_is_told_in_a_sentence_and_leads_to_its_rule(
    ground: Ground, detail: str
) -> None:
    view = ground_view(
        LeftOut(path="x", blob=None, ground=ground, detail=detail, since=ISSUED)
    )
    assert view.why[0].isupper()
    assert view.why.endswith(".")
    assert view.to_do.endswith(".")
    assert f"#{view.rule.lower()}" in view.href
    assert bool(detail) == any(digit in view.why for digit in "57")


def test_long_lists_are_cut_and_say_so() -> None:
    status = {**STATUS, "left_out": many(STATUS["left_out"][0], 30)}
    status["pending"] = many(STATUS["pending"][0], 30)
    pages = pages_of(status, rows=7)
    lines = status_page(pages).lines
    assert (len(lines.left_out), lines.more) == (7, "23")
    assert (len(lines.pending), lines.more_pending) == (7, "23")
    assert len(feed_of("status/", pages).entries) == 7
    fernwood = owner_page("owner/fernwood.example/", pages).status
    assert (len(fernwood.left_out), fernwood.more) == (20, "10")


def many(item: Document, count: int) -> list[Document]:
    seconds = [f"2026-11-21T11:00:{second:02}Z" for second in range(count)]
    return [{**item, "since": second} for second in seconds]


def test_what_waits_of_a_declaration_that_nobody_knows_is_only_named() -> None:
    gone = {**STATUS["pending"][0], "declaration": f"{HARROW}/gone"}
    pages = pages_of({**QUIET, "pending": [gone]})
    (line,) = status_page(pages).lines.pending
    assert (line.statement.text, line.statement.href) == (f"{HARROW}/gone", None)
    assert owner_page("owner/harrow-vale.example/", pages).feed is None


def test_who_speaks_for_another_is_told_beside_the_owner() -> None:
    theirs = {**STATUS["pending"][0], "declaration": f"{FERNWOOD}/for-mara"}
    pages = pages_of({**QUIET, "pending": [theirs]})
    for address in ("owner/fernwood.example/", "owner/github-583231/"):
        assert len(owner_page(address, pages).status.pending) == 1
        assert len(feed_of(address, pages).entries) == 1


def parsed(feed: Feed, home: str = HOME) -> ET.Element:
    return ET.fromstring(atom(feed, home))  # noqa: S314 - made just now


def parsed_file(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())  # noqa: S314 - made just now


def check_atom(root: ET.Element) -> None:
    """Check what RFC 4287 asks of a feed."""
    assert root.tag == f"{ATOM}feed"
    once = ("id", "title", "updated")
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in once:
            (found,) = element.findall(f"{ATOM}{name}")
            assert found.text
        updated = element.findtext(f"{ATOM}updated") or ""
        assert format_time(parse_time(updated)) == updated
        assert (element.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    for element in (root, *entries):
        links = element.findall(f"{ATOM}link")
        kinds = [(one.get("rel"), one.get("type")) for one in links]
        assert len(kinds) == len(set(kinds))
        assert ("alternate", "text/html") in kinds
    for entry in entries:
        assert entry.findtext(f"{ATOM}summary")
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(ids) == len(set(ids))


def feeds() -> Iterator[tuple[str, Feed]]:
    for address, page in PAGES.items():
        if page.feed is not None:
            yield address, page.feed


def test_every_feed_is_atom_and_leads_to_its_page() -> None:
    found = dict(feeds())
    assert sorted(found) == [
        "owner/fernwood.example/",
        "owner/github-583231/",
        "owner/github-900004417/",
        "owner/harrow-vale.example/",
        "status/",
    ]
    for address, feed in found.items():
        root = parsed(feed)
        check_atom(root)
        links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
        assert links == {
            "self": f"{HOME}{address}feed.xml",
            "alternate": HOME + address,
        }


def test_the_feed_tells_of_each_yes_recovery_and_change_that_was_left_out() -> None:
    entries = feed_of("status/").entries
    titles = [entry.title for entry in entries]
    assert len(titles) == 5
    assert sum(title.startswith("Left out: ") for title in titles) == 3
    assert f"New keys of Ilse {IMAGE} wait" in titles
    assert [entry.updated for entry in entries] == sorted(
        (entry.updated for entry in entries), reverse=True
    )
    pending = next(entry for entry in entries if "permission for" in entry.title)
    assert pending.updated == ISSUED
    assert "2026-11-29T11:00:00Z" in pending.summary
    assert pending.href == "status/#pending"


def test_the_same_news_has_one_name_wherever_it_is_told_and_other_another() -> None:
    ours = {entry.id for entry in feed_of("owner/github-583231/").entries}
    assert ours < {entry.id for entry in feed_of("status/").entries}
    later = {**STATUS["pending"][0], "since": "2026-12-01T11:00:00Z"}
    pages = pages_of({**STATUS, "pending": [later]})
    old = {entry.id for entry in feed_of("owner/harrow-vale.example/").entries}
    new = {e.id for e in feed_of("owner/harrow-vale.example/", pages).entries}
    assert not old & new


def test_a_later_release_that_tells_nothing_new_changes_no_feed() -> None:
    document = shown_document(0)
    later = {"number": 77, "issued": "2026-11-23T09:08:07Z"}
    document["release"] = {**document["release"], **later}
    shelf = shelf_of(document)
    for page in registry_pages(shelf, release_size=1):
        assert page.feed == PAGES[page.address].feed


def test_a_registry_without_declarations_dates_its_feed_by_the_release() -> None:
    document = {**shown_document(0), "declarations": [], "owners": []}
    for name in ("policies", "prefixes", "recordings", "disputes", "parts"):
        document[name] = []
    document["counts"] |= dict.fromkeys(
        ("declarations", "owners", "policies", "prefixes", "recordings", "disputes"), 0
    )
    pages = registry_pages(shelf_of(document, QUIET), release_size=1)
    feed = next(page.feed for page in pages if page.address == "status/")
    assert feed is not None
    assert feed.updated == ISSUED


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_owners_are_called_a_feed_stays_one(
    name: str, title: str, summary: str, page: str
) -> None:
    entry = Entry(
        id="urn:uuid:1", title=title, summary=summary, updated=ISSUED, href="status/"
    )
    feed = Feed(
        id="urn:uuid:0",
        title=name,
        page="status/",
        updated=ISSUED,
        author=page,
        entries=(entry,),
    )
    root = parsed(feed)
    assert [one.tag for one in root.iter() if one.tag == f"{ATOM}entry"] == [
        f"{ATOM}entry"
    ]
    assert len(list(root.iter())) == 15


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    release = shown_files(shown_document(0)).write(tmp_path_factory.mktemp("release"))
    out = tmp_path_factory.mktemp("out")
    build_site(mkdocs_yml=ROOT / "mkdocs.yml", release=release, out=out)
    return out


def text_of(site: Path, path: str) -> str:
    return (site / path).read_text(encoding="utf-8")


def test_the_site_has_the_feeds_and_pages_name_them(site: Path) -> None:
    named = 'type="application/atom+xml" href="feed.xml"'
    found = {path.parent.relative_to(site) for path in site.rglob("feed.xml")}
    assert found == {Path(address) for address, _ in feeds()}
    for folder in found:
        assert named in text_of(site, f"{folder}/index.html")
        check_atom(parsed_file(site / folder / "feed.xml"))
    assert named not in text_of(site, "owners/index.html")


def test_every_page_leads_to_the_status_page(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert 'status/">Status</a>' in path.read_text(encoding="utf-8"), path


def test_hostile_words_stay_words_on_pages_and_in_feeds(site: Path) -> None:
    for path in ("status/index.html", "status/feed.xml"):
        text = text_of(site, path)
        assert SCRIPT not in text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_a_quiet_registry_says_so(tmp_path: Path) -> None:
    made = shown_files(shown_document(0), QUIET).write(tmp_path / "release")
    build_site(mkdocs_yml=ROOT / "mkdocs.yml", release=made, out=tmp_path / "out")
    page = text_of(tmp_path / "out", "status/index.html")
    for words in (
        "No permission waits.",
        "No new keys wait.",
        "Every domain was reached in time.",
        "Nothing was left out.",
    ):
        assert words in page
    check_atom(parsed_file(tmp_path / "out/status/feed.xml"))
    assert [*(tmp_path / "out" / "owner").rglob("feed.xml")] == []


def test_equal_feeds_of_an_older_site_are_linked(site: Path, tmp_path: Path) -> None:
    release = shown_files(shown_document(0)).write(tmp_path / "release")
    out = tmp_path / "out"
    build_site(mkdocs_yml=ROOT / "mkdocs.yml", release=release, out=out, old=site)
    assert files_of(out) == files_of(site)
    assert (out / "status/feed.xml").samefile(site / "status/feed.xml")


def opened(files: Files, folder: Path) -> None:
    open_release(files.write(folder), Site(address=HOME), Limits())


@pytest.mark.parametrize("start", ["status/", "signatures/"])
def test_a_release_without_status_or_signatures_makes_no_site(
    tmp_path: Path, start: str
) -> None:
    files = shown_files(shown_document(0))
    path = next(path for path in files.by_path if path.startswith(start))
    good = files.by_path[path]
    opened(files, tmp_path / "good")
    files.by_path[path] = good + b" "
    with pytest.raises(UntrustedError, match="not the one that the release names"):
        opened(files, tmp_path / "longer")
    del files.by_path[path]
    with pytest.raises(FetchError, match="cannot be read"):
        opened(files, tmp_path / "missing")


def test_signatures_that_are_no_gzip_make_no_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.shown.gzip.compress", lambda data, **_: data)
    with pytest.raises(MalformedError, match="not a gzip"):
        opened(shown_files(shown_document(0)), tmp_path)
