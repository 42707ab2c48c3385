"""The exceptions a caller of Sayso may catch.

A declarant's mistake is never an exception: it is a `Problem`, collected with
all the others. Exceptions are for a release that cannot be believed or had,
and for a publication that cannot be made.
"""


class SaysoError(Exception):
    """The base of everything Sayso raises on purpose."""


class InvalidIsrcError(SaysoError, ValueError):
    """A text is not an ISRC; the message says which character is wrong."""


class RegistryError(SaysoError):
    """A registry gave no answer; this is never permission."""


class MalformedError(RegistryError, ValueError):
    """Bytes are not the format they claim to be."""


class UntrustedError(RegistryError):
    """Bytes are well-formed, but nobody we believe vouches for them."""


class StaleError(UntrustedError):
    """A release is too old, or from the future, to be answered from."""


class RewrittenError(UntrustedError):
    """A log went back, or contradicts what it signed before."""


class FetchError(RegistryError):
    """Bytes could not be had: missing, too large or unreachable."""


class MissingError(FetchError):
    """A file is not there, or the host does not say so: S3 may answer 403."""


class PublishError(SaysoError):
    """A release cannot be made; nothing that was published before is touched."""


class ManifestError(SaysoError):
    """A manifest cannot be screened: unreadable, or without codes."""
