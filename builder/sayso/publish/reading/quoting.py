"""What YAML's own errors mean to somebody who typed the name of a song.

YAML gives a meaning to characters that titles are full of. Where it therefore
cannot read a file, the message names the value and shows it in quotes.
"""

import re

import yaml

from sayso.model.problem import Rule
from sayso.model.rules import yaml as yaml_rules
from sayso.model.visible import printable
from sayso.publish.reading.sheet import Sheet, quote

# A comment that may have been meant as text: nothing between # and a word.
_COMMENT = re.compile(r"[ \t]+(?P<text>#[^\s#].*)")

# No message needs more of a line than this, and hostile lines are long.
_FAR = 1000
_FIELD = re.compile(r"(?:^|(?<=[\s{,\[]))(?P<key>[A-Za-z_][\w-]*):[ \t]+(?=\S)")
_ITEM = re.compile(r"^\s*(?:-[ \t]+)+(?=\S)")
_ITEM_END = re.compile(r"[,\]]")
_FIELD_END = re.compile(r",\s*[\w-]+:(?:\s|$)|[}\]][\s}\]]*(?:#.*)?$")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+#.*)?')
_SINGLE = re.compile(r"'(?:[^']|'')*'(?:\s+#.*)?")
_BLOCK = re.compile(r"[|>][+-]?[1-9]?[+-]?(?:\s+#.*)?")
_BRACKETS = re.compile(r"\[.*\]|\{.*\}")
_NO_SPACE = re.compile(
    r"^\s*(?:-[ \t]+)?(?!github:|domain:)(?P<key>[a-z][a-z_-]*):(?P<value>[^\s/].*)$"
)


def explain(error: yaml.YAMLError, sheet: Sheet) -> None:
    """Report an error of the YAML parser in words for a musician."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        sheet.report(yaml_rules.SYNTAX, "The file cannot be read as YAML.")
        return
    places = [(error.problem_mark.line, error.problem_mark.column)]
    if error.context_mark is not None:
        context = (error.context_mark.line, error.context_mark.column)
        # An open quote is noticed at the end of the file, far from where it began.
        places.insert(0 if "quoted" in (error.context or "") else 1, context)
    for line, column in places:
        if line < len(sheet.lines) and _explain_line(line, column, sheet):
            return
    line, column = (error.problem_mark.line, error.problem_mark.column)
    sheet.report(
        yaml_rules.SYNTAX,
        _in_words(error.problem or ""),
        line=min(line + 1, len(sheet.lines)),
        column=column + 1 if line < len(sheet.lines) else 0,
    )


def commented_value(line: int, column: int, sheet: Sheet) -> tuple[str, int] | None:
    """Report a value that YAML takes for a comment: `title: #1 Crush`.

    Returns:
        The text that was meant and its column; None when nothing looks like it.
    """
    source = sheet.line(line)
    found = _COMMENT.match(source, column - 1)
    if found is None:
        return None
    start = found.start("text")
    text = value_at(source, start)
    sheet.report(
        yaml_rules.COMMENT_ONLY,
        "A value that begins with # must be in quotes, else it is a comment.",
        fix=mended(source, start, text),
        line=line,
        column=start + 1,
        width=len(text),
    )
    return text, start + 1


def check_comment_after(column: int, line: int, end: int, sheet: Sheet) -> None:
    """Warn of a comment that may belong to the value before it: `Prelude #4`.

    Args:
        column: where the value begins, from 1.
        line: the index of the line on which it ends.
        end: the index at which it ends.
        sheet: the file.
    """
    source = sheet.line(line + 1)
    found = _COMMENT.match(source, end)
    if found is None:
        return
    text = source[column - 1 :].rstrip()
    sheet.report(
        yaml_rules.COMMENT_INSIDE,
        f"The value reads {quote(source[column - 1 : end])}; the rest is a comment. If "
        "it is meant to be one, put a space after the #.",
        fix=mended(source, column - 1, text),
        line=line + 1,
        column=found.start("text") + 1,
        width=len(found["text"].rstrip()),
    )


def value_at(line: str, column: int) -> str:
    """Return the text of a value that begins at an index of a line."""
    rest = line[column : column + _FAR]
    before = line[max(column - _FAR, 0) : column]
    end = None
    if before.rfind("[") > max(before.rfind("{"), before.rfind("]")):
        end = _ITEM_END.search(rest)
    elif "{" in before:
        end = _FIELD_END.search(rest)
    return (rest if end is None else rest[: end.start()]).strip()


def quoted(text: str) -> str:
    """Return a text as YAML that reads as exactly this text."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def mended(line: str, column: int, text: str) -> str:
    """Return a field with its value in quotes: `title: "#1 Crush"`."""
    near = line[max(column - _FAR, 0) : column + 1]
    fields = [m for m in _FIELD.finditer(near) if m.end() < len(near)]
    named = fields and near[fields[-1].end() : -1].strip() == ""
    lead = f"{fields[-1]['key']}: " if named else ""
    return printable(lead + quoted(text))


def spaced(text: str) -> str | None:
    """Return a field with the space that its colon lacks; None for no such field."""
    found = _NO_SPACE.match(text)
    return None if found is None else printable(f"{found['key']}: {found['value']}")


def _explain_line(number: int, column: int, sheet: Sheet) -> bool:
    """Report what is wrong on a line, if that can be told; return whether it can."""
    line = sheet.line(number + 1)
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        message = (
            "The line begins with a tab; YAML knows only spaces there: write two "
            "for each tab."
        )
        at = indent.index("\t") + 1
        sheet.report(
            yaml_rules.TAB,
            message,
            fix=printable(indent.replace("\t", "  ") + line.strip()),
            line=number + 1,
            column=at,
        )
        return True
    if any(_miss_space(at, sheet) for at in (number, number - 1) if at >= 0):
        return True
    start = _value_start(line, column)
    if start is None:
        return False
    text = value_at(line, start)
    fault = _unquoted(text)
    if fault is None:
        return False
    rule, message = fault
    sheet.report(
        rule,
        message,
        fix=mended(line, start, text),
        line=number + 1,
        column=start + 1,
        width=len(text),
    )
    return True


def _miss_space(number: int, sheet: Sheet) -> bool:
    """Report a colon without a space after it; return whether there is one."""
    found = _NO_SPACE.match(sheet.line(number + 1))
    if found is None:
        return False
    sheet.report(
        yaml_rules.SYNTAX,
        "A space is missing after the colon.",
        fix=printable(f"{found['key']}: {found['value']}"),
        line=number + 1,
        column=found.end("key") + 1,
    )
    return True


def _value_start(line: str, column: int) -> int | None:
    """Return where the value begins that stands at or before an index, if any."""
    starts = [m.end() for m in _FIELD.finditer(line)]
    before = [start for start in starts if start <= column]
    if before:
        return before[-1]
    if starts:
        return starts[0]
    item = _ITEM.match(line)
    return item.end() if item else None


def _unquoted(text: str) -> tuple[Rule, str] | None:
    """Return the rule that a value without proper quotes breaks, and why."""
    first = text[:1]
    begins = f"A value that begins with {first} must be in quotes."
    if first and first in "*&":
        return yaml_rules.REFERENCE, begins
    if first == "!":
        return yaml_rules.TAG, begins
    if first in {'"', "'"}:
        closed = (_DOUBLE if first == '"' else _SINGLE).fullmatch(text)
        message = (
            f"The value begins with {first}, but the quotes do not go around all of it."
        )
        return None if closed else (yaml_rules.QUOTES_NEEDED, message)
    opens = (
        (first and first in "@`%,]}")
        or (first and first in "-?" and text[1:2] in {"", " "})
        or (first and first in "|>" and not _BLOCK.fullmatch(text))
        or (first and first in "[{" and not _BRACKETS.fullmatch(text))
    )
    if opens:
        return yaml_rules.QUOTES_NEEDED, begins
    if first not in {"[", "{"} and (": " in text or text.endswith(":")):
        return (
            yaml_rules.QUOTES_NEEDED,
            "A colon inside a value makes a second field of it.",
        )
    return None


def _in_words(problem: str) -> str:
    """Return what the parser found, for somebody who does not know YAML."""
    if "expected key" in problem or "mapping values" in problem:
        return "This line does not fit the lines before: check colons and indentation."
    if "'-' indicator" in problem or "block sequence" in problem:
        return "This line does not fit the list before: check hyphens and indentation."
    if "',' or" in problem:
        return "A bracket is not closed, or a comma is missing."
    if "end of stream" in problem:
        return "A quote or a bracket is not closed until the end of the file."
    if "escape" in problem:
        return 'A backslash inside "…" begins an escape; use single quotes instead.'
    return f"YAML stops here: {printable(problem)}."
