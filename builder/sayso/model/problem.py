"""Problems: what is wrong in a declarant's file, where, and how to mend it.

A rule has a permanent code; documentation, schema texts and tests are made from
the rule objects in `sayso.model.rules`.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Severity(StrEnum):
    """Whether a problem stops a release."""

    ERROR = "error"
    WARNING = "warning"


@unique
class Family(StrEnum):
    """The subject of a rule; each family has a page."""

    BYTES = "bytes"
    PLACE = "place"
    YAML = "yaml"
    FIELDS = "fields"
    IDENTIFIERS = "identifiers"
    MEANING = "meaning"
    CATALOGUE = "catalogue"
    AUTHORITY = "authority"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that files must be.

    Attributes:
        code: permanent, never used again for something else: `SAY203`.
        family: the page that explains it.
        severity: errors stop a release, warnings do not.
        title: the fault in a few words, as a heading.
        sentence: what is wrong and why it matters, for a musician.
        fix: what to do.
        wrong: a short example that breaks the rule.
        right: the example mended.
    """

    code: str
    family: Family
    severity: Severity
    title: str
    sentence: str
    fix: str
    wrong: str = ""
    right: str = ""

    @property
    def anchor(self) -> str:
        """The rule's place in the documentation: `rules/yaml/#say203`."""
        return f"rules/{self.family}/#{self.code.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One breach of a rule.

    Attributes:
        rule: the rule that is broken.
        path: the file, relative to `declarations/`, with forward slashes.
        line: from 1; 0 when the whole file is meant.
        column: in characters, from 1; 0 when the whole line is meant.
        message: what is wrong here.
        fix: what to write instead here.
        excerpt: the line of the file, shortened and made printable; may be empty.
        width: how many characters the caret underlines.
        counts: whether it counts others of its file that are not described.
    """

    rule: Rule
    path: str
    line: int = 0
    column: int = 0
    message: str
    fix: str
    excerpt: str = ""
    width: int = 1
    counts: bool = False

    @property
    def order(self) -> tuple[str, bool, int, int, str, str]:
        """Sort key: by file, then place, then rule; counts after what is described."""
        place = (self.line, self.column)
        return (self.path, self.counts, *place, self.rule.code, self.message)

    @property
    def is_error(self) -> bool:
        """Whether this stops a release."""
        return self.rule.severity is Severity.ERROR
