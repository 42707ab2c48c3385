"""The site: MkDocs run over a release, as a step of a build."""

import logging
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from sayso.errors import PublishError
from sayso.publish.site.plugin import Progress, SaysoPlugin, no_progress


def build_site(
    *,
    mkdocs_yml: Path,
    release: Path,
    out: Path,
    old: Path | None = None,
    progress: Progress = no_progress,
) -> None:
    """Make the site of a release.

    The pages are a function of the release, the documents and the theme. The folder
    `out` is emptied first, so data are copied into it afterwards.

    Args:
        mkdocs_yml: the settings, whose folder holds `site/`.
        release: the folder with `release.json` and `registry.json`.
        out: where the site goes.
        old: an older site, of which equal files are linked.
        progress: is told how many pages are made, of how many.

    Raises:
        PublishError: a page cannot be made, or a link in a document leads nowhere.
        MalformedError: the release is not one.
    """
    said = _Said()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(said)
    try:
        config = load_config(
            config_file=str(mkdocs_yml), site_dir=str(out.resolve()), strict=True
        )
        plugin = config.plugins.get("sayso")
        if not isinstance(plugin, SaysoPlugin):
            raise PublishError(f"{mkdocs_yml} does not name the plugin sayso")
        plugin.config["release"] = str(release.resolve())
        plugin.old = old
        plugin.progress = progress
        build(config)
    except MkDocsException as error:
        reasons = "; ".join([*said.messages, str(error)])
        raise PublishError(f"the site cannot be made: {reasons}") from error
    finally:
        logger.removeHandler(said)


class _Said(logging.Handler):
    """Keeps what MkDocs warns about, to say it in one message."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
