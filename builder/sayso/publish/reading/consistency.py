"""Checks between files: who names whom, and whether the other is there."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from sayso.model.declaration import DeclarationId, PrefixRange
from sayso.model.owner import Owner, OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.model.rules import registry as registry_rules
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.layout import Kind
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.operations import Operations
from sayso.publish.reading.said import Found
from sayso.publish.reading.sheet import SHOWN
from sayso.publish.reading.sources import SourceFile
from sayso.publish.spans import scope_spans


def check_registry(
    documents: Documents,
    operations: Operations,
    folders: Mapping[OwnerId, list[Found]],
) -> Iterator[Problem]:
    """Yield what is wrong between the files of a registry.

    Args:
        documents: what the files say.
        operations: the operators' files and the disputes, with their sources.
        folders: the files of each owner, readable or not.
    """
    yield from _check_partners(documents, folders)
    yield from _check_declarations(documents, folders)
    yield from _check_ranges(documents)
    known = {
        place.declaration
        for _, place in chain.from_iterable(folders.values())
        if place.kind is Kind.DECLARATION
    }
    yield from _check_decisions(operations, folders)
    yield from _check_disputes(operations, folders, known)


def _check_partners(
    documents: Documents, folders: Mapping[OwnerId, list[Found]]
) -> Iterator[Problem]:
    """Warn of owners who name a representative or a client that is not here."""
    for owner in documents.owners.values():
        partners = (*owner.represented_by, *owner.acts_for)
        unknown = (partner for partner in partners if partner not in folders)
        for partner in islice(unknown, SHOWN):
            file = _owner_file(owner, folders)
            message = f"{partner} has no folder in this registry."
            rule = meaning_rules.UNKNOWN_PARTNER
            yield problem_at(file, partner, rule, message)


def _owner_file(owner: Owner, folders: Mapping[OwnerId, list[Found]]) -> SourceFile:
    return next(file for file, place in folders[owner.id] if place.kind is Kind.OWNER)


def _check_declarations(
    documents: Documents, folders: Mapping[OwnerId, list[Found]]
) -> Iterator[Problem]:
    for name, said in documents.declarations.items():
        file = documents.files[name]
        if said.owner not in folders:
            message = f"{said.owner} has no folder in this registry."
            rule = meaning_rules.UNKNOWN_PARTNER
            yield problem_at(file, said.owner, rule, message)
        elif said.owner != said.author:
            owner = documents.owners.get(said.owner)
            if owner is not None and said.author not in owner.represented_by:
                message = f"{said.owner} does not list {said.author} in represented_by."
                yield problem_at(file, said.owner, meaning_rules.NO_MANDATE, message)
        successor = said.withdrawn.successor if said.withdrawn else None
        if successor is not None and successor not in folders:
            message = f"{successor} has no folder in this registry."
            yield problem_at(file, successor, meaning_rules.UNKNOWN_PARTNER, message)
        scope = said.scope
        if isinstance(scope, PrefixRange) and scope.prefix in documents.managers:
            manager = documents.managers[scope.prefix]
            message = f"{manager} gives out codes under {scope.prefix} to many owners."
            yield problem_at(file, "prefix:", identifier_rules.SHARED_PREFIX, message)


def _check_ranges(documents: Documents) -> Iterator[Problem]:
    """Refuse what makes an owner's prefixes fall apart into too many ranges."""
    most = documents.policy.prefix_ranges
    for owner, names in documents.authored.items():
        count = 0
        for name in names:
            ranges = len(scope_spans(documents.declarations[name].scope))
            count += ranges
            if ranges and count > most:
                file, rule = documents.files[name], meaning_rules.TOO_MANY_RANGES
                message = (
                    f"With this, the prefixes of {owner} are {count:,} ranges of "
                    f"codes; {most:,} are allowed."
                )
                yield problem_at(file, "prefix:", rule, message)


def _check_decisions(
    operations: Operations, folders: Mapping[OwnerId, list[Found]]
) -> Iterator[Problem]:
    disputes = {dispute.id for dispute, _ in operations.disputes}
    for decision, file in operations.decisions:
        if decision.owner is not None and decision.owner not in folders:
            yield _unknown(file, decision.owner)
        if decision.dispute is not None and decision.dispute not in disputes:
            yield _unknown(file, decision.dispute)


def _check_disputes(
    operations: Operations,
    folders: Mapping[OwnerId, list[Found]],
    known: set[DeclarationId],
) -> Iterator[Problem]:
    for dispute, file in operations.disputes:
        if dispute.claimant not in folders:
            yield _unknown(file, dispute.claimant)
        if dispute.against not in folders:
            yield _unknown(file, dispute.against)
        elif dispute.declaration is not None and dispute.declaration not in known:
            yield _unknown(file, dispute.declaration)


def _unknown(file: SourceFile, name: str) -> Problem:
    message = f"{name} is not in this registry."
    return problem_at(file, name, registry_rules.UNKNOWN_REFERENCE, message)
