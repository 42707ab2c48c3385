"""What owners signed, gathered for a release."""

from collections.abc import Iterator

from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE
from sayso.publish.inputs import Inputs
from sayso.wire.signatures import SignedFolder


def signed_folders(inputs: Inputs) -> Iterator[SignedFolder]:
    """Yield what each owner signed, as far as it is accepted, in order of owners."""
    files = {file.path: file for file in inputs.tree.files}
    documents = inputs.documents
    for owner, held in sorted(inputs.standing.held.items()):
        if not held.signed:
            continue
        said = documents.owners.get(owner)
        twins = documents.twins.get(owner, {})
        yield SignedFolder(
            owner=owner,
            home=held.home,
            keys=said.keys if said is not None else (),
            manifest=files[f"{held.home}/{MANIFEST_FILE}"].data,
            signatures=files[f"{held.home}/{SIGNATURE_FILE}"].data,
            twins={name: twins[name] for name in sorted(held.signed) if name in twins},
        )
