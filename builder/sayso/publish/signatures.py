"""What owners signed, gathered for a release."""

from collections.abc import Iterator

from sayso.errors import RegistryError
from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE
from sayso.publish.inputs import Inputs
from sayso.wire.signatures import SignedFolder
from sayso.wire.text import Digest


def signed_folders(inputs: Inputs) -> Iterator[SignedFolder]:
    """Yield what each owner signed, as far as it is accepted, in order of owners."""
    files = {file.path: file for file in inputs.tree.files}
    documents = inputs.documents
    sources = {path: Digest(file.sha256) for path, file in files.items()}
    for owner, held in sorted(inputs.standing.held.items()):
        if not held.signed:
            continue
        said = documents.owners.get(owner)
        twins = documents.twins.get(owner, {})
        folder = SignedFolder(
            owner=owner,
            home=held.home,
            keys=said.keys if said is not None else (),
            manifest=files[f"{held.home}/{MANIFEST_FILE}"].data,
            signatures=files[f"{held.home}/{SIGNATURE_FILE}"].data,
            twins={name: twins[name] for name in sorted(held.signed) if name in twins},
        )
        try:
            folder.signed(sources)
        except RegistryError:
            continue  # a file of it was left out, so that the signature holds no more
        yield folder
