"""What fields may hold; and that JSON Schema says the same as the reader."""

import re
from pathlib import Path
from typing import TypeAlias

import jsonschema
import pytest
from jsonschema import Draft7Validator

from sayso.model.problem import Family
from sayso.model.rules import RULES, SITE
from sayso.publish.reading.document import Group, Items, Node, Scalar, parse_document
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.schema import FORMS, json_schemas
from sayso.publish.reading.schema.addresses import ADDRESS, CONTACT, ORIGIN
from sayso.publish.reading.schema.codes import ISRC, PREFIX, RANGE, TERRITORY, YEARS
from sayso.publish.reading.schema.parties import (
    ACCOUNT,
    IPI,
    ISNI,
    KEY,
    OWNER_ID,
    TARGET,
)
from sayso.publish.reading.schema.shape import Shape
from sayso.publish.reading.schema.texts import (
    COUNT,
    DAY,
    DIGEST,
    DPID,
    FILE_NAME,
    LANGUAGE,
    NAME,
    PROSE,
    SLUG,
)
from sayso.publish.reading.sheet import Sheet
from sayso.wire.profile import encode
from tests.cases import Case, cases

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
SCHEMAS = json_schemas()
KINDS = {"isrc-managers", "readme", "manifest", "admission", "catalogue"}
PUBLIC_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFYLPwndkc5af3j4pTz4trOv2N3nEHPjiWW0/vevvcgd"
)


def read(shape: Shape[object], text: str) -> tuple[object, list[str]]:
    sheet = Sheet("f", text)
    value = shape.read(Scalar(text, 1, 1, len(text)), sheet)
    return value, [problem.rule.code for problem in sheet.problems]


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (NAME, "Slow River"),
        (NAME, "Meet Me @ the Altar"),
        (NAME, "1 < 2 > 0"),
        (NAME, "R&B; Soul"),
        (NAME, "x" * 200),
        (PROSE, "Two\nlines, see https://fernwood.example"),
        (DAY, "2028-02-29"),
        (COUNT, "1"),
        (COUNT, "50000"),
        (ADDRESS, "https://fernwood.example"),
        (ADDRESS, "https://fernwood.example:8443/a?b=c#d"),
        (CONTACT, "https://fernwood.example/licensing"),
        (CONTACT, "licensing@fernwood.example"),
        (CONTACT, "rights+ai@fernwood.example"),
        (SLUG, "no-voice-imitation"),
        (LANGUAGE, "pt-BR"),
        (DIGEST, "0" * 64),
        (DPID, "PADPIDA2026112201U"),
        (FILE_NAME, "catalogue.csv"),
        (ORIGIN, "sayso.example"),
        (ISRC, "XX-F01-26-00001"),
        (PREFIX, "xx-f01"),
        (RANGE, "XXF012600001-XXF012600250"),
        (RANGE, "XX-F01-26-00001 - XX-F01-26-00250"),
        (YEARS, "2015-2026"),
        (YEARS, "1986"),
        (TERRITORY, "EU"),
        (OWNER_ID, "domain:fernwood.example"),
        (ACCOUNT, "github:583231"),
        (TARGET, "domain:fernwood.example/catalogue"),
        (TARGET, "github:583231"),
        (KEY, PUBLIC_KEY),
        (KEY, f"{PUBLIC_KEY} me@laptop"),
        (ISNI, "0000 0005 0000 0008"),
        (ISNI, "000000500000008X"),
        (IPI, "99999990162"),
    ],
)
def test_values_that_are_read(shape: Shape[object], text: str) -> None:
    value, codes = read(shape, text)

    assert value is not None
    assert codes == []
    jsonschema.validate(text, shape.schema())


@pytest.mark.parametrize(
    ("shape", "text", "code"),
    [
        (NAME, "", "SAY304"),
        (NAME, "   ", "SAY312"),
        (NAME, "x" * 201, "SAY312"),
        (NAME, "two\nlines", "SAY312"),
        (NAME, "www.fernwood.example", "SAY312"),
        (NAME, "mara@fernwood.example", "SAY312"),
        (NAME, "a&amp;b", "SAY312"),
        (NAME, "[x](y)", "SAY312"),
        (PROSE, "x" * 4001, "SAY312"),
        (DAY, "2026-2-1", "SAY309"),
        (DAY, "2026-02-29", "SAY309"),
        (DAY, "22.11.2026", "SAY309"),
        (COUNT, "0", "SAY313"),
        (COUNT, "50,000", "SAY313"),
        (COUNT, "many", "SAY313"),
        (COUNT, "٣", "SAY313"),
        (ADDRESS, "http://fernwood.example", "SAY310"),
        (ADDRESS, "https://me@fernwood.example", "SAY310"),
        (ADDRESS, "https://fernwood.example/a b", "SAY310"),
        (ADDRESS, "https://fernwood.example/<b>", "SAY310"),
        (ADDRESS, "javascript:alert(1)", "SAY310"),
        (CONTACT, "mara@fernwood.example", "SAY311"),
        (CONTACT, "mara.lindqvist@fernwood.example", "SAY311"),
        (CONTACT, "+46 8 123 456", "SAY311"),
        (CONTACT, "@fernwood", "SAY311"),
        (SLUG, "No voice", "SAY313"),
        (LANGUAGE, "Swedish", "SAY313"),
        (DIGEST, "F" * 64, "SAY313"),
        (FILE_NAME, "../catalogue.csv", "SAY313"),
        (ISRC, "XXF01260001", "SAY401"),
        (ISRC, "T-034.524.680-1", "SAY401"),
        (ISRC, "XXF012600001 XXF012600002", "SAY402"),
        (ISRC, "1.2E+11", "SAY604"),
        (PREFIX, "XX-F", "SAY408"),
        (RANGE, "XXF012600001", "SAY411"),
        (RANGE, "XXF012600002-XXF012600001", "SAY411"),
        (RANGE, "XXF012600001-XXF022600001", "SAY411"),
        (YEARS, "15-26", "SAY410"),
        (YEARS, "2026-2015", "SAY410"),
        (YEARS, "1985-2026", "SAY410"),
        (YEARS, "2026-2086", "SAY410"),
        (TERRITORY, "Germany", "SAY314"),
        (TERRITORY, "uk", "SAY314"),
        (TERRITORY, "Worldwide", "SAY314"),
        (OWNER_ID, "583231", "SAY412"),
        (OWNER_ID, "fernwood.example", "SAY412"),
        (OWNER_ID, "domain:Fernwood.example", "SAY412"),
        (OWNER_ID, "Fernwood Records", "SAY412"),
        (ACCOUNT, "github:mara", "SAY412"),
        (ACCOUNT, "domain:fernwood.example", "SAY412"),
        (TARGET, "fernwood.example/catalogue", "SAY412"),
        (TARGET, "domain:fernwood.example/Catalogue", "SAY412"),
        (KEY, "ssh-ed25519 AAAA", "SAY313"),
        (KEY, PUBLIC_KEY.replace("ssh-ed25519", "ssh-rsa"), "SAY313"),
        (KEY, f"{PUBLIC_KEY}!", "SAY313"),
        (KEY, "-----BEGIN OPENSSH PRIVATE KEY-----", "SAY313"),
        (ISNI, "0000 0005 0000 0007", "SAY413"),
        (ISNI, "0000 0005", "SAY313"),
        (IPI, "99999990161", "SAY413"),
    ],
)
def test_values_that_are_refused(shape: Shape[object], text: str, code: str) -> None:
    value, codes = read(shape, text)

    assert value is None
    assert codes == [code]


@pytest.mark.parametrize(
    ("shape", "text", "fix"),
    [
        (COUNT, "50.000", "50000"),
        (ADDRESS, "http://fernwood.example", "https://fernwood.example"),
        (ISRC, "XXF01260000O", "XXF012600000"),
        (TERRITORY, "UK", "GB"),
        (TERRITORY, "de", "DE"),
        (OWNER_ID, "583231", "github:583231"),
        (OWNER_ID, "fernwood.example", "domain:fernwood.example"),
        (OWNER_ID, "domain:Fernwood.example", "domain:fernwood.example"),
        (CONTACT, "mara@fernwood.example", "licensing@fernwood.example"),
        (CONTACT, "http://fernwood.example", "https://fernwood.example"),
        (YEARS, "2026-2015", "2015-2026"),
    ],
)
def test_the_right_value_is_shown(shape: Shape[object], text: str, fix: str) -> None:
    sheet = Sheet("f", text)
    shape.read(Scalar(text, 1, 1, len(text)), sheet)

    assert fix in sheet.problems[0].fix


def test_a_barcode_and_a_work_are_recognised() -> None:
    for text, word in (("012345670123", "barcode"), ("T-034.524.680-1", "ISWC")):
        sheet = Sheet("f", text)
        ISRC.read(Scalar(text, 1, 1, len(text)), sheet)

        assert word in sheet.problems[0].message


def test_every_form_has_a_schema() -> None:
    assert set(SCHEMAS) == {form.name for form in FORMS}
    for name, schema in SCHEMAS.items():
        Draft7Validator.check_schema(schema)
        assert schema["$id"] == f"{SITE}schema/{name}.json"
        assert encode(schema)


def test_every_field_is_described_in_a_sentence() -> None:
    for schema in SCHEMAS.values():
        properties = schema["properties"]
        assert isinstance(properties, dict)
        for field in properties.values():
            assert isinstance(field, dict)
            assert len(str(field["description"])) > 10


def test_patterns_are_of_the_kind_that_editors_read() -> None:
    """ECMA 262 with the flag `u` refuses escapes of what needs none."""
    patterns = re.findall(r'"pattern":"((?:[^"\\]|\\.)*)"', encode_all())

    assert len(patterns) > 20
    for pattern in patterns:
        text = pattern.replace("\\\\", "\\")
        assert text.startswith("^")
        assert text.endswith("$")
        assert re.findall(r"\\[^.+*?()|\[\]{}^$/\\dDwWsSbB]|\(\?[^:!]", text) == []


def encode_all() -> str:
    return "".join(re.sub(r": ", ":", encode(s).decode()) for s in SCHEMAS.values())


def plain(node: Node) -> Plain:
    match node:
        case Scalar():
            return node.text
        case Items():
            return [plain(item) for item in node.items]
        case Group():
            return {key.text: plain(value) for key, value in node.entries}


def documents(case: Case) -> list[tuple[str, Plain]]:
    """Return the YAML files of a case by form, with every scalar as text."""
    found: list[tuple[str, Plain]] = []
    for file in sorted(case.folder.rglob("*.yaml")):
        place = place_of(file.relative_to(case.folder).as_posix())
        if not isinstance(place, Place) or place.kind in KINDS:
            continue
        text, sheet = read_text(str(file), file.read_bytes())
        node = None if text is None else parse_document(text, sheet)
        if node is not None:
            found.append((place.kind, plain(node)))
    return found


def is_valid(case: Case) -> bool:
    return all(
        Draft7Validator(SCHEMAS[kind]).is_valid(document)
        for kind, document in documents(case)
    )


ACCEPTED = list(cases("accepted"))
# What a pattern cannot say: days of the calendar, check digits, markup, countries
# that remain, the order of lines; private keys are refused by the pattern.
BEYOND = {
    "SAY301-not-the-first-line",
    "SAY309-no-such-day",
    "SAY312-title-with-an-address",
    "SAY312-title-with-markup",
    "SAY314-nothing-remains",
    "SAY314-worldwide-and-more",
    "SAY411-range-reversed",
    "SAY411-exception-outside",
    "SAY410-years-reversed",
}
SCHEMA_LEVEL = [
    case
    for case in cases("rejected")
    if RULES[case.code].family is Family.FIELDS
    or case.code in {"SAY401", "SAY402", "SAY408", "SAY410", "SAY411", "SAY412"}
    or case.code in {"SAY501", "SAY503"}
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_json_schema_accepts_what_the_reader_accepts(case: Case) -> None:
    for kind, document in documents(case):
        jsonschema.validate(document, SCHEMAS[kind], cls=Draft7Validator)


@pytest.mark.parametrize("case", SCHEMA_LEVEL, ids=lambda case: case.name)
def test_json_schema_refuses_what_the_reader_refuses(case: Case) -> None:
    assert is_valid(case) is (case.name in BEYOND)


def test_editors_that_read_numbers_accept_what_is_meant() -> None:
    """An editor reads `title: 1999` and `rows: 50000` as numbers; both are right."""
    document: dict[str, object] = {
        "schema": "sayso/declaration/1",
        "capacity": "owner",
        "uses": {"any-ai": "deny"},
        "recordings": [{"isrc": "XXF012600001", "title": 1999, "artist": True}],
    }
    jsonschema.validate(document, SCHEMAS["declaration"], cls=Draft7Validator)
    del document["recordings"]
    document |= {"catalogue": {"file": "catalogue.csv", "rows": 50_000}}
    jsonschema.validate(document, SCHEMAS["declaration"], cls=Draft7Validator)


def test_the_shipped_declarations_are_valid() -> None:
    root = Path(__file__).parents[4] / "declarations"

    assert is_valid(Case(folder=root, code=""))
