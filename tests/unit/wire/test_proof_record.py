"""Proof records: one meaning each, however their spaces are typed."""

import pytest

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint
from sayso.wire.proof_record import (
    DOCUMENT_LIMIT,
    KEYS,
    RECORD_LENGTH,
    RECORDS,
    ProofRecord,
    format_document,
    format_record,
    is_record,
    keys_named,
    parse_document,
    parse_record,
)

ONE = Fingerprint("SHA256:LvMOk4FkZhIouoocPGBvlQshuY1BehZawaK2trRcVc4")
TWO = Fingerprint("SHA256:" + "A" * 43)
RECORD = ProofRecord(keys=(ONE,), registry="sayso.example")
TEXT = f"v=sayso1; key={ONE}; registry=sayso.example"


def numbered(count: int) -> str:
    """Return the part of a record that names so many keys."""
    return "".join(f"key=SHA256:{number:043}; " for number in range(count))


def test_a_record_is_written_in_one_line() -> None:
    assert format_record(RECORD) == TEXT
    both = ProofRecord(keys=(ONE, TWO), registry="sayso.example")
    assert (
        format_record(both) == f"v=sayso1; key={ONE}; key={TWO}; registry=sayso.example"
    )
    assert parse_record(format_record(both)) == both


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="as-written"),
        pytest.param(TEXT.replace(" ", ""), id="no-spaces"),
        pytest.param(f"  {TEXT}\t", id="around"),
        pytest.param(TEXT.replace("=", " = "), id="around-equals"),
        pytest.param(TEXT.replace("; ", "  ;\t "), id="around-semicolons"),
        pytest.param(f"{TEXT};", id="ended"),
        pytest.param(f"{TEXT} ; ", id="ended-with-spaces"),
        pytest.param(f"v=sayso1;registry=sayso.example;key={ONE}", id="other-order"),
    ],
)
def test_spaces_and_order_are_as_people_type_them(text: str) -> None:
    assert parse_record(text) == RECORD
    assert is_record(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "not a part", id="nothing"),
        pytest.param(";", "not a part", id="a-semicolon"),
        pytest.param("v=spf1 -all", "not a part", id="of-mail"),
        pytest.param("google-site-verification=x", "begins with v=sayso1", id="other"),
        pytest.param(
            TEXT.replace("sayso1", "sayso2"), "begins with", id="later-version"
        ),
        pytest.param(
            f"key={ONE}; v=sayso1; registry=a.example", "begins with", id="late"
        ),
        pytest.param(f'"{TEXT}"', "begins with", id="quoted"),
        pytest.param(
            f"V=sayso1; key={ONE}; registry=a.example", "begins", id="capital"
        ),
        pytest.param(f"{TEXT};;", "not a part", id="empty-part"),
        pytest.param(f"{TEXT}; ; ", "not a part", id="blank-part"),
        pytest.param(
            TEXT.replace("; r", " r"),
            "is not the fingerprint|not a part",
            id="no-semicolon",
        ),
        pytest.param(
            f"{TEXT}; account=github:1", "only key and registry", id="unknown"
        ),
        pytest.param("v=sayso1; registry=a.example", "from 1 to 16 keys", id="no-key"),
        pytest.param(f"v=sayso1; key={ONE}; {TEXT[10:]}", "each once", id="key-twice"),
        pytest.param(f"v=sayso1; key={ONE}", "one registry", id="no-registry"),
        pytest.param(
            f"{TEXT}; registry=b.example", "one registry", id="two-registries"
        ),
        pytest.param(
            f"v=sayso1; key={ONE}; registry=B.example", "one registry", id="capitals"
        ),
        pytest.param(
            f"v=sayso1; key={ONE}; registry=https://b", "one registry", id="an-address"
        ),
        pytest.param(
            f"v=sayso1; key={ONE[:-1]}; registry=b.example", "fingerprint", id="short"
        ),
        pytest.param(
            f"v=sayso1; key={ONE}=; registry=b.example", "fingerprint", id="padded"
        ),
        pytest.param(
            "v=sayso1; key=MD5:ab; registry=b.example", "fingerprint", id="md5"
        ),
        pytest.param(f"{TEXT}\n", "not a part", id="newline"),
        pytest.param(TEXT.replace(" ", "\xa0"), "not a part", id="no-break-space"),
        pytest.param(
            f"v=sayso1; {numbered(KEYS + 1)}registry=a.example",
            "from 1 to 16",
            id="keys",
        ),
        pytest.param(TEXT + " " * RECORD_LENGTH, "longer than 2048", id="long"),
    ],
)
def test_what_is_no_record_is_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_record(text)


def test_as_many_keys_as_allowed_are_read() -> None:
    record = parse_record(f"v=sayso1; {numbered(KEYS)}registry=a.example")
    assert len(record.keys) == KEYS


@pytest.mark.parametrize("text", ["v=sayso9; anything", " v = sayso1", "v=sayso"])
def test_what_means_to_be_a_record_is_known(text: str) -> None:
    assert is_record(text)


@pytest.mark.parametrize("text", ["", "v=spf1 -all", '"v=sayso1', "x v=sayso1"])
def test_what_means_to_be_something_else_is_known(text: str) -> None:
    assert not is_record(text)


def test_keys_are_named_for_one_registry() -> None:
    other = f"v=sayso1; key={TWO}; registry=other.example"
    assert keys_named([TEXT, other, "v=spf1 -all"], "sayso.example") == {ONE}
    assert keys_named([TEXT, other], "other.example") == {TWO}
    assert keys_named([TEXT, other], "third.example") == frozenset()
    assert keys_named([TEXT, other.replace("other", "sayso")], "sayso.example") == {
        ONE,
        TWO,
    }


DOCUMENT = f"""\
{{
"format":"sayso/well-known/1",
"records":[
"{TEXT}"
]
}}
""".encode()


def test_a_document_holds_records() -> None:
    assert format_document([RECORD]) == DOCUMENT
    assert parse_document(DOCUMENT) == (RECORD,)
    assert parse_document(format_document([])) == ()


def test_line_ends_of_a_document_may_change_on_the_way() -> None:
    assert parse_document(DOCUMENT.replace(b"\n", b"\r\n")) == (RECORD,)
    assert parse_document(DOCUMENT.removesuffix(b"\n")) == (RECORD,)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"<!doctype html>", "not JSON", id="a-page"),
        pytest.param(b"[]\n", "not a JSON object", id="a-list"),
        pytest.param(DOCUMENT + b"\n", "canonical form", id="empty-line"),
        pytest.param(b"\xef\xbb\xbf" + DOCUMENT, "not JSON", id="byte-order-mark"),
        pytest.param(b"\xff" + DOCUMENT, "not UTF-8", id="not-utf-8"),
        pytest.param(
            DOCUMENT.replace(b'"records"', b'"format":"x",\n"records"'),
            "stands twice",
            id="key-twice",
        ),
        pytest.param(DOCUMENT.replace(b"known/1", b"known/2"), "reads", id="version"),
        pytest.param(
            DOCUMENT.replace(b'"format"', b'"also":1,\n"format"'),
            "not part of the format",
            id="more-members",
        ),
        pytest.param(
            DOCUMENT.replace(TEXT.encode(), b"v=spf1 -all"), "not a part", id="mail"
        ),
        pytest.param(
            DOCUMENT.replace(f'"{TEXT}"'.encode(), b"1"), "a list of texts", id="number"
        ),
        pytest.param(b" " * (DOCUMENT_LIMIT + 1), "at most 65536", id="long"),
        pytest.param(
            format_document([RECORD] * (RECORDS + 1)), "at most 64 are", id="many"
        ),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_document(data)
