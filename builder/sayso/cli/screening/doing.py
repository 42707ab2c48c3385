"""Doing a screening: from a manifest and what answers it to files and an account."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sayso import __version__
from sayso.cli.machine import processors
from sayso.cli.placing import replace_file
from sayso.cli.screening.answering import Answering
from sayso.cli.screening.beginning import begin, state_of
from sayso.cli.screening.eu import eu_text
from sayso.cli.screening.report import report_html
from sayso.cli.screening.summary import document
from sayso.cli.steps import Steps
from sayso.client import account as of
from sayso.client.manifest.rows import Manifest
from sayso.client.receipt_codes import screen_codes
from sayso.client.screening.accounting import speakers_of
from sayso.client.screening.kernel import Kernel
from sayso.client.screening.lane import ANNOTATED, LISTS
from sayso.client.screening.question import Question
from sayso.client.screening.run import Plan, Ran, run
from sayso.wire.answered import SALT_BYTES
from sayso.wire.profile import encode
from sayso.wire.receipt import Receipt, encode_receipt
from sayso.wire.receipt_kinds import Screened
from sayso.wire.text import Digest

MAKER = f"sayso {__version__}"
WORK = ".unfinished"
"""The folder of what an unfinished screening needs."""

RECEIPT_ROLE = "receipt"
ROLES = (ANNOTATED, *LISTS, RECEIPT_ROLE, "report")
"""What a screening may write."""

SUMMARY, REPORT, EU = "screening.json", "report.html", "eu-summary.txt"
RECEIPT, ANSWERS = "receipt.json", "receipt.answers.tsv"
_NAMES = (RECEIPT, ANSWERS, REPORT, EU, *(f"{role}.*" for role in (ANNOTATED, *LISTS)))
_TABLES = frozenset({"csv", "tsv", "json", "jsonl", "parquet", "xlsx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted.

    Attributes:
        manifest: to be read.
        path: of it; None for a stream.
        folder: for the files.
        roles: which of `ROLES` are written.
        as_of: the past moment that is asked about; None for now.
    """

    manifest: Manifest
    path: Path | None
    folder: Path
    roles: frozenset[str]
    question: Question
    as_of: datetime | None


def do(order: Order, answering: Answering, *, told: Steps) -> of.Account:
    """Screen a manifest, and write what is wanted.

    Raises:
        ManifestError: the manifest cannot be read, or a file cannot be written, or the
            folder is that of another screening.
        RegistryError: the copy contradicts itself.
    """
    work = order.folder / WORK
    asked = _asked(order, answering)
    before = begin(order.folder, work, asked, last=SUMMARY, names=_NAMES)
    moment = order.question.now if before is None else before.moment
    order = replace(order, question=replace(order.question, now=moment))
    kernel = Kernel(answering.core, order.question, answering.titled)
    with _hashed(order.path) as digest:
        ran = run(
            order.manifest,
            kernel,
            _plan(order, work, asked),
            before=before,
            told=told,
        )
        told("Writing the report", 0, 1)
        said, files = _receipt(order, answering, ran)
        account = _account(order, answering, kernel, ran)
        account = replace(
            account,
            manifest=replace(account.manifest, sha256=digest.result()),
            codes=None if said is None else said.codes,
            listed=None if said is None else said.listed,
            files=(*_written(ran), *map(_file, files)),
        )
    _report(order, account)
    shutil.rmtree(work)
    return account


def _asked(order: Order, answering: Answering) -> str:
    """Return what tells this screening from another one."""
    question = order.question
    parts: list[object] = [
        *(question.use, question.territory, question.reviewed_only, question.siblings),
        *(sorted(question.handling.kept), question.handling.disputed),
        *(question.handling.sibling, str(order.as_of), answering.believed.digest),
        *(order.manifest.name, order.manifest.column, sorted(order.roles)),
        state_of(order.path),
    ]
    return json.dumps(parts)


def _plan(order: Order, work: Path, asked: str) -> Plan:
    kind = order.manifest.kind
    return Plan(
        folder=order.folder,
        work=work,
        kind=kind if kind in _TABLES else "csv",
        roles=tuple(role for role in (ANNOTATED, *LISTS) if role in order.roles),
        asked=asked,
        moment=order.question.now,
        threads=processors(),
        codes=RECEIPT_ROLE in order.roles,
    )


@contextmanager
def _hashed(path: Path | None) -> Iterator[Future[Digest | None]]:
    """Compute the SHA-256 of a file meanwhile; of a folder or stream there is none."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(_digest, path)


def _digest(path: Path | None) -> Digest | None:
    if path is None or not path.is_file():
        return None
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())


def _receipt(
    order: Order, answering: Answering, ran: Ran
) -> tuple[Screened | None, list[tuple[str, Path]]]:
    """Write the receipt and its answers, and return what it commits to."""
    if RECEIPT_ROLE not in order.roles:
        return None, []
    question, folder = order.question, order.folder
    draft = folder / WORK / ANSWERS
    with draft.open("wb") as out:
        said = screen_codes(
            answering.core,
            ran.seen.ascending(),
            out,
            salt=secrets.token_bytes(SALT_BYTES),
            territory=question.territory,
            now=question.now,
        )
    if answering.evidence is None or not said.codes:
        # There is no receipt of a past day, nor of nothing.
        return said, []
    receipt = Receipt(
        asked=question.now, maker=MAKER, said=said, evidence=answering.evidence
    )
    answers, path = folder / ANSWERS, folder / RECEIPT
    draft.replace(answers)
    replace_file(path, encode_receipt(receipt))
    return said, [(RECEIPT_ROLE, path), ("answers", answers)]


def _account(
    order: Order, answering: Answering, kernel: Kernel, ran: Ran
) -> of.Account:
    """Return the account without what is counted and hashed at the end."""
    manifest, question, tally = order.manifest, order.question, ran.tally
    speakers, beyond = speakers_of(
        tally, kernel.verdicts, answering.owners, answering.declarations
    )
    return of.Account(
        maker=MAKER,
        manifest=of.Screened(
            name=manifest.name,
            kind=manifest.kind,
            column=manifest.column,
            bytes=manifest.size,
            sha256=None,
            rows=tally.rows,
        ),
        asked=of.Asked(
            use=question.use,
            territory=question.territory,
            reviewed_only=question.reviewed_only,
            siblings=question.siblings,
            handling=question.handling,
            moment=question.now,
            as_of=order.as_of,
        ),
        believed=answering.believed,
        statuses=tally.by_status,
        actions=tally.by_action,
        disputed=tally.disputed,
        siblings=tally.siblings,
        several=tally.several,
        codes=None,
        listed=None,
        speakers=speakers,
        speakers_beyond=beyond,
        remarks=manifest.remarks,
        files=(),
    )


def _written(ran: Ran) -> Iterator[of.Written]:
    rows: Mapping[str, int] = {
        ANNOTATED: ran.tally.rows,
        **{role: ran.tally.by_action[action] for role, action in LISTS.items()},
    }
    for role, path in ran.files.items():
        yield replace(_file((role, path)), rows=rows[role])


def _file(named: tuple[str, Path]) -> of.Written:
    role, path = named
    parts = [path] if path.is_file() else sorted(path.iterdir())
    return of.Written(
        role=role,
        name=path.name,
        rows=None,
        bytes=sum(part.stat().st_size for part in parts),
        sha256=_digest(path),
    )


def _report(order: Order, account: of.Account) -> None:
    """Write what is said of it; the summary comes last, and says that it is whole."""
    files = {SUMMARY: encode(document(account))}
    if "report" in order.roles:
        report = {REPORT: report_html(account), EU: eu_text(account)}
        files = {name: text.encode() for name, text in report.items()} | files
    for name, data in files.items():
        replace_file(order.folder / name, data)
