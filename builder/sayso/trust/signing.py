"""Who signed a file of TUF, and who has still to.

"When computing the THRESHOLD each KEY MUST only contribute one SIGNATURE."
https://theupdateframework.github.io/specification/latest/#update-root
"""

from dataclasses import dataclass

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Root, Targets

from sayso.errors import PublishError, UntrustedError
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    RoleFile,
    metadata_of,
    read_role,
    root_of,
    seal,
    targets_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of some holders signed a file.

    Attributes:
        named_by: the file that names the holders, such as `1.root.json`.
        least: how many of them must sign.
        signed: the keys of those who did, in the order of their ids.
        missing: the keys of the others.
    """

    named_by: str
    least: int
    signed: tuple[Key, ...]
    missing: tuple[Key, ...]

    @property
    def enough(self) -> bool:
        """Whether as many signed as must."""
        return len(self.signed) >= self.least


def tally(file: RoleFile, *, authority: RoleFile | None = None) -> tuple[Tally, ...]:
    """Return who signed a file: one tally, and for a root that follows another two.

    "Version N+1 of the root metadata file MUST have been signed by: (1) a THRESHOLD of
    keys specified in the trusted root metadata file (version N), and (2) a THRESHOLD of
    keys specified in the new root metadata file being validated."

    Args:
        file: what was signed.
        authority: the file that says who may sign: for `releases` the targets; for a
            root the root before it, and None for the first; for all others the root.

    Raises:
        PublishError: the authority is no authority on this file.
        UntrustedError: the authority could say who signs it, and does not.
    """
    metadata = metadata_of(file)
    tallies = []
    for named_by, delegator in _delegators(file, authority):
        try:
            found = delegator.get_verification_result(
                file.role, metadata.signed_bytes, metadata.signatures
            )
        except ValueError as error:
            raise UntrustedError(
                f"{named_by} does not say who signs {file.name}"
            ) from error
        tallies.append(
            Tally(
                named_by=named_by,
                least=found.threshold,
                signed=tuple(found.signed.values()),
                missing=tuple(found.unsigned.values()),
            )
        )
    return tuple(tallies)


def check_signed(file: RoleFile, *, authority: RoleFile | None = None) -> None:
    """Check that enough of those who must have signed a file.

    Args:
        file: what was signed.
        authority: as for `tally`.

    Raises:
        PublishError: the authority is no authority on this file.
        UntrustedError: too few signed, or the authority does not say who must.
    """
    for part in tally(file, authority=authority):
        if not part.enough:
            raise UntrustedError(
                f"{file.name} is signed by {len(part.signed)} of the keys in "
                f"{part.named_by}, and {part.least} must sign it"
            )


def check_own_signatures(root: RoleFile) -> None:
    """Check that a root of whatever version is signed by enough of its own holders.

    Raises:
        UntrustedError: it is not: it may be a draft.
        ValueError: it is a file of another role.
    """
    metadata = metadata_of(root)
    found = root_of(root).get_verification_result(
        Role.ROOT, metadata.signed_bytes, metadata.signatures
    )
    if not found.verified:
        raise UntrustedError(
            f"{root.name} is signed by {len(found.signed)} of the keys in {root.name}, "
            f"and {found.threshold} must sign it"
        )


def check_signer(
    file: RoleFile, key: Key, *, authority: RoleFile | None = None
) -> None:
    """Check that a key may sign a file, and has not.

    Args:
        file: what is to be signed.
        key: of one holder.
        authority: as for `tally`.

    Raises:
        PublishError: the key is of none of the holders, or signed before; or the
            authority is no authority on this file.
        UntrustedError: the file has a signature that is of none of the holders, or
            false.
    """
    before = tally(file, authority=authority)
    if strangers := metadata_of(file).signatures.keys() - _signed(before):
        raise UntrustedError(
            f"{file.name} has a signature of the key {min(strangers)} that is false, "
            "or of nobody who may sign it"
        )
    if key.keyid in _signed(before):
        raise PublishError(f"the key {key.keyid} has signed {file.name} already")
    if not any(each.keyid == key.keyid for part in before for each in part.missing):
        raise PublishError(
            f"the key {key.keyid} may not sign {file.name}: it is none of those that "
            f"{before[-1].named_by} names for that"
        )


def is_signed(file: RoleFile, *, authority: RoleFile | None = None) -> bool:
    """Return whether enough of those who must have signed a file.

    Its arguments and other errors are those of `check_signed`.
    """
    return all(part.enough for part in tally(file, authority=authority))


def add_signature(
    file: RoleFile, signer: Signer, *, authority: RoleFile | None = None
) -> RoleFile:
    """Return a file with one more signature.

    Args:
        file: what is signed.
        signer: of one holder; why it failed stands in the message.
        authority: as for `tally`.

    Raises:
        MalformedError: the signature is not written as signatures are.
        PublishError: the signer is not one of the holders, signed before, or did not
            sign with its key; or the authority is no authority on this file.
        UntrustedError: the file has a signature that is of none of the holders, or
            false.
    """
    check_signer(file, signer.public_key, authority=authority)
    metadata, key_id = metadata_of(file), signer.public_key.keyid
    try:
        metadata.sign(signer, append=True)
    except UnsignedMetadataError as error:
        raise PublishError(
            f"the key {key_id} did not sign {file.name}: {error.__cause__}"
        ) from error
    after = seal(file.role, metadata)
    if key_id not in _signed(tally(after, authority=authority)):
        raise PublishError(f"the key {key_id} made a false signature of {file.name}")
    return read_role(after.name, after.data)


def _delegators(
    file: RoleFile, authority: RoleFile | None
) -> list[tuple[str, Root | Targets]]:
    match file.role, authority:
        case Role.ROOT, None if file.version == 1:
            return [(file.name, root_of(file))]
        case Role.ROOT, RoleFile(role=Role.ROOT) as before if (
            before.version + 1 == file.version
        ):
            return [(each.name, root_of(each)) for each in (before, file)]
        case Role.RELEASES, RoleFile(role=Role.TARGETS) as targets:
            return [(targets.name, targets_of(targets))]
        case (
            Role.TARGETS | Role.SNAPSHOT | Role.TIMESTAMP,
            RoleFile(role=Role.ROOT) as root,
        ):
            return [(root.name, root_of(root))]
        case _:
            named = "nothing" if authority is None else authority.name
            raise PublishError(f"{named} does not say who signs {file.name}")


def _signed(tallies: tuple[Tally, ...]) -> set[str]:
    return {key.keyid for part in tallies for key in part.signed}
