"""Codes in the XML of broadcasters: EBU Core in the chunk `axml` (EBU Tech 3352), iXML.

<ebuCoreMain><coreMetadata>
  <identifier typeLabel="GUID" formatLabel="ISRC">
    <dc:identifier>ISRC:XXF012600001</dc:identifier>
"""

from typing import Final, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

from sayso.client.manifest.tags.naming import Naming
from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

MOST_XML: Final = 2**20
_LABELS: Final = ("formatLabel", "typeLabel")
_SCHEME: Final = "isrc"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_document(part: Part, naming: Naming) -> None:
    """Take the codes of identifiers that are labelled so, and of elements named so.

    Raises:
        MalformedError: it is not XML, too long, or declares entities.
    """
    if part.left > MOST_XML:
        raise MalformedError(f"{part.left:,} bytes of XML")
    data = part.take(part.left)
    if not data.startswith(_UTF_16):
        data = data.rstrip(b"\0 \r\n\t")  # chunks are filled with them
    if not data:
        return
    reader = _Reader(naming)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place
    except MalformedError:
        raise
    except (ExpatError, ValueError, LookupError) as error:
        raise MalformedError(f"XML that is broken: {error}") from error


def _refuse(*_: object) -> NoReturn:
    raise MalformedError("XML with a document type")


class _Reader:
    """What expat calls."""

    def __init__(self, naming: Naming) -> None:
        self._found = naming
        self._depth = 0
        self._inside: int | None = None
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._flush()
        if self._inside is None and _is_code(name, attributes):
            self._inside = self._depth

    def end(self, name: str) -> None:  # noqa: ARG002 - expat passes it
        self._flush()
        if self._inside == self._depth:
            self._inside = None
        self._depth -= 1

    def text(self, data: str) -> None:
        if self._inside is not None:
            self._pieces.append(data)

    def _flush(self) -> None:
        self._found.add("isrc", "".join(self._pieces))
        self._pieces.clear()


def _is_code(name: str, attributes: dict[str, str]) -> bool:
    local = name.rpartition(":")[2].lower()
    return local == _SCHEME or (
        local == "identifier"
        and any(attributes.get(label, "").lower() == _SCHEME for label in _LABELS)
    )
