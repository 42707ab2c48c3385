"""The whole site, built from a release."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from sayso.errors import MalformedError, PublishError
from sayso.model.isrc import Isrc
from sayso.model.rules import SITE
from sayso.publish.site.draw import build_site
from sayso.wire.profile import decode
from sayso.wire.registry import decode_registry
from tests.conftest import NeedsTool
from tests.declared import files_of
from tests.registries import CORE, SCHEMA
from tests.shown import (
    DENIED,
    DISPUTED,
    shown_document,
    shown_files,
    shown_release,
)

ROOT = Path(__file__).parents[4]
SETTINGS = ROOT / "mkdocs.yml"
HOME = "https://sayso.example/"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shown_release(tmp_path_factory.mktemp("release"), more=210)


@pytest.fixture(scope="module")
def site(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "site"
    build_site(mkdocs_yml=SETTINGS, release=release, out=out)
    shutil.copytree(release, out, dirs_exist_ok=True)
    return out


class Links(HTMLParser):
    """Collects where a page links to, and what in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in {"href", "src", "action"} and value and tag != "use":
                self.to.append(value)


def pages_in(site: Path) -> dict[str, Links]:
    """Return all pages by their address."""
    found = {}
    for path in site.rglob("*.html"):
        place = path.relative_to(site).as_posix().removesuffix("index.html")
        found[HOME + place] = Links(path.read_text(encoding="utf-8"))
    return found


# Written by the build beside the site, not by the site.
BESIDE = {HOME + path for path in ("trust/sayso.pub", CORE, SCHEMA)}


def test_no_link_leads_nowhere(site: Path) -> None:
    pages = pages_in(site)
    files = {
        HOME + path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.is_file()
    }
    for page, links in pages.items():
        for link in links.to:
            address = urljoin(page, link)
            if not address.startswith(HOME) or address in BESIDE:
                continue
            place, _, anchor = unquote(address).partition("#")
            assert place in pages or place in files, f"{page} links to {link}"
            if anchor and place in pages:
                assert anchor in pages[place].ids, f"{page} links to {link}"


def test_links_within_the_site_are_relative_but_on_404(site: Path) -> None:
    for page, links in pages_in(site).items():
        rooted = [link for link in links.to if link.startswith("/")]
        assert (rooted == []) is (page != f"{HOME}404.html"), page


def test_no_id_stands_twice_on_a_page(site: Path) -> None:
    for page, links in pages_in(site).items():
        assert len(links.ids) == len(set(links.ids)), page


def test_links_outside_are_secure_or_mail(site: Path) -> None:
    for links in pages_in(site).values():
        for link in links.to:
            assert urlsplit(link).scheme in {"", "https", "mailto"}, link


def test_the_site_works_below_a_path(release: Path, tmp_path: Path) -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    assert f"site_url: {HOME}" in text
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(text.replace(f"site_url: {HOME}", f"site_url: {HOME}music/"))
    (tmp_path / "site").symlink_to(ROOT / "site")
    build_site(mkdocs_yml=settings, release=release, out=tmp_path / "out")
    missing = Links((tmp_path / "out" / "404.html").read_text(encoding="utf-8"))
    inside = [link for link in missing.to if urlsplit(link).scheme == ""]
    assert all(link.startswith(("/music/", "#")) for link in inside)


def test_site_url_is_the_one_that_messages_link_to() -> None:
    assert f"\nsite_url: {SITE}\n" in SETTINGS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "owner/fernwood.example/index.json",
        "owner/fernwood.example/2/index.json",
        "prefix/XXF01/index.json",
        "disputes/index.json",
        f"isrc/{DENIED}/index.json",
    ],
)
def test_a_twin_is_in_the_profile_and_linked_from_its_page(
    site: Path, path: str
) -> None:
    twin = decode((site / path).read_bytes(), limit=10**7)
    assert twin["format"] == "sayso/extract/1"
    page = (site / path).with_name("index.html").read_text(encoding="utf-8")
    assert '<link rel="alternate" type="application/json" href="index.json"' in page


def test_pages_twins_and_registry_say_the_same(site: Path, release: Path) -> None:
    registry = decode_registry((release / "registry.json").read_bytes())
    for isrc in registry.recordings.isrcs:
        answer = registry.answer(
            Isrc(isrc), "train-generative", now=registry.release.issued
        )
        page = (site / "isrc" / isrc / "index.html").read_text(encoding="utf-8")
        panel = re.search(r'<section class="verdict ([a-z]+)"', page)
        assert panel is not None
        assert panel[1] == answer.verdict.value
        twin = json.loads((site / "isrc" / isrc / "index.json").read_bytes())
        (policy,) = twin["policies"]
        cell = policy["answers"][0]["uses"]["train-generative"]
        assert cell["verdict"] == answer.verdict.value


def test_a_development_release_says_so_on_every_page(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "nobody vouches for it" in text
        assert "signed with a development key" in text


def test_a_release_with_an_operator_s_key_does_not(tmp_path: Path) -> None:
    document = shown_document(0)
    document["release"] = {**document["release"], "profile": "operator"}
    release = shown_files(document, profile="operator").write(tmp_path / "release")
    build_site(mkdocs_yml=SETTINGS, release=release, out=tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "development key" not in page


def test_the_page_of_the_data_says_what_is_revoked_and_recovered(
    site: Path, tmp_path: Path
) -> None:
    release = shown_files(
        shown_document(0),
        number=3,
        previous="ab" * 32,
        recovery=True,
        revoked=[{"reason": "Took <b>one</b> owner for another.", "release": 2}],
    ).write(tmp_path / "release")
    build_site(mkdocs_yml=SETTINGS, release=release, out=tmp_path / "out")
    page = (tmp_path / "out" / "data" / "index.html").read_text(encoding="utf-8")
    assert "Release 2: Took &lt;b&gt;one&lt;/b&gt; owner for another." in page
    assert "Recovery" in page
    usual = (site / "data" / "index.html").read_text(encoding="utf-8")
    assert "Revoked" not in usual
    assert "Recovery" not in usual
    assert "schema/owner.json" in usual


def test_the_same_release_makes_the_same_site(
    site: Path, release: Path, tmp_path: Path
) -> None:
    build_site(mkdocs_yml=SETTINGS, release=release, out=tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (site / path.relative_to(tmp_path)).read_bytes()


def test_the_next_release_changes_no_page_that_is_about_something_else(
    site: Path, tmp_path: Path
) -> None:
    document = shown_document(210)
    later = {"number": 77, "issued": "2026-11-23T09:08:07Z"}
    document["release"] = {**document["release"], **later}
    release = shown_files(document).write(tmp_path / "release")
    whole, out = tmp_path / "whole", tmp_path / "out"
    build_site(mkdocs_yml=SETTINGS, release=release, out=whole)
    build_site(mkdocs_yml=SETTINGS, release=release, out=out, old=site)
    assert files_of(out) == files_of(whole)
    written = {path for path in files_of(out) if not (out / path).samefile(site / path)}
    assert written == {"index.html", "data/index.html"}
    named = b'<a href="%sdata/">Release 77 of <time datetime="2026-11-23">'
    assert named % b"./" in (out / "index.html").read_bytes()
    assert named % b"../" in (out / "data" / "index.html").read_bytes()
    for path in written:
        assert b"data-release" not in (out / path).read_bytes()


def test_every_other_page_leads_to_what_says_which_release_it_is(site: Path) -> None:
    for path in site.rglob("*.html"):
        links = path.read_text(encoding="utf-8").count('data/" data-release>Which')
        is_about_it = path in {site / "index.html", site / "data" / "index.html"}
        assert links == (0 if is_about_it else 1), path


def test_an_old_site_is_not_touched(release: Path, tmp_path: Path, site: Path) -> None:
    old, out = tmp_path / "old", tmp_path / "out"
    shutil.copytree(site, old)
    (old / "owners" / "index.html").write_bytes(b"<!doctype html>")
    (old / "static" / "site.css").write_bytes(b"")
    before = files_of(old)
    build_site(mkdocs_yml=SETTINGS, release=release, out=out, old=old)
    assert files_of(old) == before
    made, expected = files_of(out), files_of(site)
    assert made == {path: expected[path] for path in made}


def test_the_site_map_lists_every_page_once(site: Path) -> None:
    text = (site / "sitemap.xml").read_text(encoding="utf-8")
    listed = re.findall(r"<loc>(.*?)</loc>", text)
    assert sorted(listed) == sorted(set(pages_in(site)) - {f"{HOME}404.html"})


def test_progress_counts_up_to_the_number_of_pages(
    release: Path, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    build_site(
        mkdocs_yml=SETTINGS,
        release=release,
        out=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_without_a_release_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="run `make build` first"):
        build_site(mkdocs_yml=SETTINGS, release=tmp_path, out=tmp_path / "out")


def test_a_broken_registry_makes_no_site(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release")
    (tmp_path / "release" / "registry.json").write_bytes(b"{}\n")
    with pytest.raises(MalformedError):
        build_site(
            mkdocs_yml=SETTINGS, release=tmp_path / "release", out=tmp_path / "out"
        )


def test_a_document_with_a_broken_link_makes_no_site(
    release: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "site", tmp_path / "site")
    shutil.copy(SETTINGS, tmp_path)
    page = tmp_path / "site" / "docs" / "glossary.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[x](no-such-page.md)\n")
    with pytest.raises(PublishError, match="no-such-page"):
        build_site(
            mkdocs_yml=tmp_path / "mkdocs.yml", release=release, out=tmp_path / "out"
        )


def test_settings_with_another_plugin_of_our_name_are_refused(
    release: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "mkdocs.yml"
    (tmp_path / "docs").mkdir()
    settings.write_text("site_name: x\nplugins: []\n")
    with pytest.raises(PublishError, match="does not name the plugin"):
        build_site(mkdocs_yml=settings, release=release, out=tmp_path / "out")


def test_html_and_css_are_valid(site: Path, needs_tool: NeedsTool) -> None:
    vnu = needs_tool("vnu")
    kinds = {
        "home": site / "index.html",
        "missing": site / "404.html",
        "hostile": site / "isrc" / "XXM012600001" / "index.html",
        "style": site / "static" / "site.css",
    }
    kinds |= {str(path): path for path in site.glob("*/index.html")}
    kinds |= {str(path): path for path in site.glob("rules/*/index.html")}
    kinds |= {str(path): path for path in site.glob("spec/*/index.html")}
    kinds |= {str(path): path for path in site.glob("owner/*/index.html")}
    kinds |= {str(path): path for path in site.glob("prefix/*/index.html")}
    kinds |= {str(path): path for path in site.glob("isrc/XXF01260000*/index.html")}
    checked = subprocess.run(
        [vnu, "--also-check-css", "--stdout", "--format", "text", *kinds.values()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert (site / "isrc" / DISPUTED / "index.html") in kinds.values()
