"""The MkDocs plugin: the site's documents, with pages made from a release.

Documents are Markdown, as MkDocs builds them. Rule pages are documents made from the
rules. The registry's pages, thousands of them, do not pass through MkDocs' own
machinery: `on_post_build` draws them with the same templates, which takes less than
a millisecond each.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from jinja2.environment import TemplateModule
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as DocumentPage
from mkdocs.utils.templates import TemplateContext

from sayso.model.rules import RULES
from sayso.publish.hosting.serving import FEED_FILE
from sayso.publish.output import Folder
from sayso.publish.site.atom import atom
from sayso.publish.site.opening import open_release
from sayso.publish.site.pages import count_pages, registry_pages
from sayso.publish.site.pages.answers import AnswerRow
from sayso.publish.site.pages.facts import facts_of
from sayso.publish.site.pages.shelf import Limits, Site
from sayso.publish.site.rule_pages import rule_pages
from sayso.publish.site.starters import FOLDER, starters

SITE_MAP = "sitemap.xml"
SITE_MAP_LIMIT = 50_000

Progress = Callable[[int, int], None]
"""Is told how many pages are made, and of how many."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class SaysoConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs is not typed
    """What `mkdocs.yml` says under `sayso`.

    Folders are relative to `mkdocs.yml`.
    """

    release = config_options.Dir(exists=False)
    """The folder with `release.json` and `registry.json`."""
    static = config_options.Dir(exists=True)
    """The folder with style, script and icon."""
    recordings = config_options.Type(int, default=5_000)
    """How many recordings have a page of their own."""
    rows = config_options.Type(int, default=200)
    """How many things stand on one page of a list."""
    pages = config_options.Type(int, default=50)
    """How many pages a list has."""
    lists = config_options.Type(int, default=3_500)
    """How many pages the lists of all owners and prefixes have together.

    A page is two files, so that this and `recordings` bound the site. Where the lists
    would have more, each is cut at the same page; where not even one is left for
    each, the shortest lists have none.
    """
    spans = config_options.Type(int, default=200)
    """How many ranges of unlisted codes stand on the page of a prefix."""


class SaysoPlugin(BasePlugin[SaysoConfig]):  # type: ignore[no-untyped-call]
    """Adds the pages of a release to the documents."""

    old: Path | None = None
    progress: Progress = staticmethod(no_progress)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the release."""
        # MkDocs' own site map dates each document with the day of the build, and
        # knows no other pages.
        config.theme.static_templates.discard(SITE_MAP)
        self._addresses: list[str] = []
        self._shelf, self._release_size = open_release(
            Path(self.config.release), _site_of(config), _limits(self.config)
        )

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the rule pages, and the style, script and icon."""
        for file in [file for file in files if file.src_uri == SITE_MAP]:
            files.remove(file)  # the template of MkDocs' own
        for path, text in rule_pages(RULES):
            files.append(File.generated(config, path, content=text))
        for source in sorted(Path(self.config.static).iterdir()):
            # `_headers` is read by hosts at the site's root.
            place = source.name if source.suffix == "" else f"static/{source.name}"
            files.append(File.generated(config, place, abs_src_path=str(source)))
        return files

    def on_env(
        self, env: Environment, *, config: MkDocsConfig, **_: object
    ) -> Environment:
        """Make templates safe and strict, and give them the release's facts.

        MkDocs does not escape by itself: a recording may be called `</script>`.
        """
        env.autoescape = True
        env.undefined = StrictUndefined
        env.trim_blocks = env.lstrip_blocks = True
        env.globals["site"] = facts_of(self._shelf)
        folder = Path(config.docs_dir, FOLDER)
        texts = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.*"))
        }
        env.globals["starters"] = starters(texts, config.repo_url)
        env.globals["uses"] = _once(env.get_template("partials/parts.html").module)
        self._env = env
        return env

    def on_page_context(
        self,
        context: TemplateContext,
        *,
        page: DocumentPage,
        **_: object,
    ) -> TemplateContext:
        """Say where a document stands."""
        self._addresses.append(page.url)
        return _placed(context, page.url)

    def on_template_context(
        self, context: TemplateContext, **_: object
    ) -> TemplateContext:
        """Say where 404.html stands: anywhere, so its links begin with the site's."""
        return _placed(context, "404.html")

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Draw the registry's pages, and write their JSON twins.

        A file that the old site has already is linked.
        """
        output = Folder(Path(config.site_dir), self.old)
        if self.old is not None:
            _write_again(output)
        total = count_pages(self._shelf)
        pages = registry_pages(self._shelf, release_size=self._release_size)
        for done, page in enumerate(pages):
            self.progress(min(done, total), total)
            text = self._env.get_template(page.template).render(
                config=config,
                root="../" * page.address.count("/"),
                address=page.address,
                it=page.content,
            )
            output.write(f"{page.address}index.html", text.encode())
            if page.twin is not None:
                output.write(f"{page.address}index.json", page.twin)
            if page.feed is not None:
                feed = atom(page.feed, self._shelf.site.address)
                output.write(f"{page.address}{FEED_FILE}", feed)
            self._addresses.append(page.address)
        site_map = _site_map(self._shelf.site.address, self._addresses)
        output.write(SITE_MAP, site_map.encode())
        self.progress(total, total)


def _limits(config: SaysoConfig) -> Limits:
    return Limits(
        recordings=config.recordings,
        rows=config.rows,
        pages=config.pages,
        lists=config.lists,
        spans=config.spans,
    )


def _site_of(config: MkDocsConfig) -> Site:
    source = f"{config.repo_url}/blob/HEAD/declarations/" if config.repo_url else None
    return Site(address=config.site_url or "/", source=source)


def _write_again(output: Folder) -> None:
    """Let the files that MkDocs has written be linked too, where they are equal."""
    for path in sorted(output.folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            path.unlink()
            output.write(path.relative_to(output.folder).as_posix(), data)


def _once(parts: TemplateModule) -> Callable[..., str]:
    """Return the macro `uses`, which draws each table of answers once.

    Thousands of recordings share a few policies, and the table is most of a page.
    """
    drawn: dict[tuple[str, int, str], tuple[object, str]] = {}

    def uses(root: str, rows: tuple[AnswerRow, ...], caption: str) -> str:
        # The rows are kept with their drawing, so that no others get their identity.
        key = (root, id(rows), caption)
        if key not in drawn:
            drawn[key] = (rows, parts.uses(root, rows, caption))  # type: ignore[attr-defined]
        return drawn[key][1]

    return uses


def _site_map(home: str, addresses: list[str]) -> str:
    """Return the list of pages for search engines, which read so many of them."""
    pages = (escape(home + address) for address in addresses[:SITE_MAP_LIMIT])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(f"<url><loc>{page}</loc></url>\n" for page in pages)
        + "</urlset>\n"
    )


def _placed(context: TemplateContext, address: str) -> TemplateContext:
    placed: dict[str, Any] = {
        "root": context["base_url"].rstrip("/") + "/",
        "address": address,
    }
    context.update(placed)  # type: ignore[typeddict-item]
    return context
