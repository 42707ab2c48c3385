"""What a dispute is about: whether the other owner named these recordings at all."""

import numpy as np

from sayso.model.declaration import (
    CatalogueFile,
    Declaration,
    Dispute,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import Isrc, key_of
from sayso.publish.reading.registry import Documents
from sayso.publish.spans import scope_spans


def never_named(dispute: Dispute, documents: Documents) -> tuple[Isrc, ...]:
    """Return recordings of a dispute that no declaration covers that it may be about.

    One digit leads from a real code to another one, so that a mistyped code is another
    recording. What a representative filed in its own folder is not looked at.

    Args:
        dispute: the one that is written.
        documents: with the folder of the owner whom it is against.
    """
    contested = [
        said
        for said in documents.declarations.values()
        if said.author == dispute.against and dispute.declaration in {None, said.id}
    ]
    return tuple(
        isrc
        for isrc in dispute.isrcs
        if not any(_covers(said, isrc, documents) for said in contested)
    )


def _covers(said: Declaration, isrc: Isrc, documents: Documents) -> bool:
    match said.scope:
        case RecordingList(isrcs=isrcs):
            return isrc in isrcs
        case CatalogueFile():
            table = documents.catalogues.get(said.id)
            return table is not None and bool(np.isin(key_of(isrc), table.keys()))
        case PrefixRange() as scope:
            key = key_of(isrc)
            return any(start <= key < stop for start, stop in scope_spans(scope))
