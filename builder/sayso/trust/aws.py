"""Ed25519 keys at AWS KMS.

Credentials and region come from where every program of AWS takes them; none is an
option here. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""

import re
from collections.abc import Callable
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
)
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from sayso.errors import PublishError

_SPEC: Final = "ECC_NIST_EDWARDS25519"
_ALGORITHM: Final = "ED25519_SHA_512"
"""Ed25519 as RFC 8032 has it; `ED25519_PH_SHA_512` is another scheme."""

_USAGE: Final = "SIGN_VERIFY"
_ARN = re.compile(r"arn:[^:]*:kms:([^:]+):", re.ASCII)
_SETTINGS = Config(
    connect_timeout=10,
    read_timeout=30,
    retries={"mode": "standard"},  # AWS_MAX_ATTEMPTS says how many
)
_REGION = "set AWS_DEFAULT_REGION, or name the key by its ARN"
_LOG_IN = "give new ones, as for every program of AWS"
_ENABLE = "enable it, or cancel its deletion"
_ADVICE: Final = {
    "AccessDeniedException": (
        "its policy must let these credentials call kms:GetPublicKey and kms:Sign"
    ),
    "DisabledException": _ENABLE,
    "ExpiredTokenException": f"the credentials have expired: {_LOG_IN}",
    "IncompleteSignatureException": f"the credentials are not whole: {_LOG_IN}",
    "InvalidKeyUsageException": f"it must be a key of {_SPEC} that is for {_USAGE}",
    "InvalidSignatureException": f"the secret of the credentials is wrong: {_LOG_IN}",
    "KMSInvalidStateException": _ENABLE,
    "NotFoundException": f"check its name and the region: {_REGION}",
    "ThrottlingException": "try again in a minute",
    "UnrecognizedClientException": f"the credentials are not known: {_LOG_IN}",
    "UnsupportedOperationException": f"it must be a key of {_SPEC}",
}
"""What to do about an error of the service, by its code."""


class AwsKey:
    """One key at AWS KMS."""

    __slots__ = ("_client", "_key_id")

    limit: Final = 4096

    def __init__(self, key_id: str, client: Any) -> None:  # noqa: ANN401 - botocore makes its class at run time
        self._key_id = key_id
        self._client = client

    @property
    def name(self) -> str:
        """The key as messages call it."""
        return f"the key {self._key_id} at AWS KMS"

    def public_key(self) -> bytes:
        """Return the public key as DER (SubjectPublicKeyInfo).

        Raises:
            PublishError: AWS KMS does not give it, or the key is of another kind.
        """
        said = self._call(self._client.get_public_key)
        kind = (said.get("KeySpec"), said.get("KeyUsage"))
        if kind != (_SPEC, _USAGE) or _ALGORITHM not in said.get(
            "SigningAlgorithms", ()
        ):
            raise PublishError(
                f"{self.name} is of another kind: make one of {_SPEC} for {_USAGE}"
            )
        der: bytes = said.get("PublicKey", b"")
        return der

    def sign(self, message: bytes) -> bytes:
        """Return what AWS KMS says is the Ed25519 signature of the message itself.

        Raises:
            PublishError: AWS KMS does not sign.
        """
        said = self._call(
            self._client.sign,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm=_ALGORITHM,
        )
        signature: bytes = said.get("Signature", b"")
        return signature

    def _call(
        self, operation: Callable[..., dict[str, Any]], **more: object
    ) -> dict[str, Any]:
        try:
            return operation(KeyId=self._key_id, **more)
        except ClientError as error:
            said = error.response.get("Error", {})
            code = said.get("Code", "")
            advice = _ADVICE.get(code, said.get("Message", ""))
            raise PublishError(
                f"{self.name} cannot be used, {code}: {advice}"
            ) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise PublishError(
                f"{self.name} cannot be used: {_advice(error)}"
            ) from error
        except (AttributeError, TypeError, ValueError) as error:
            # botocore takes an answer for what the model says it is.
            raise PublishError(
                f"{self.name} cannot be used: what answered is not AWS KMS"
            ) from error


def open_aws_key(key_id: str) -> AwsKey:
    """Return a key at AWS KMS.

    Args:
        key_id: its id, its ARN, or an alias of it, such as `alias/releases`.

    Raises:
        PublishError: it is not said in which region it is.
    """
    arn = _ARN.match(key_id)
    try:
        client = get_session().create_client(
            "kms", region_name=arn[1] if arn else None, config=_SETTINGS
        )
    except BotoCoreError as error:
        raise PublishError(
            f"the key {key_id} at AWS KMS cannot be used: {_advice(error)}"
        ) from error
    return AwsKey(key_id, client)


def _advice(error: Exception) -> str:
    match error:
        case NoRegionError():
            return f"nothing says in which region it is: {_REGION}"
        case NoCredentialsError():
            return (
                "there are no credentials: give them as to every program of AWS, such "
                "as in AWS_PROFILE, or by a role of the machine"
            )
        case _:
            return str(error)
