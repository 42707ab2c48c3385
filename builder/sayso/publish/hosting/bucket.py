"""A bucket of an S3-compatible service as destination.

A file is put by one request, so it is there whole or not at all. What the bucket has
already is not sent again. The few files that change are put only where the bucket still
has what it had: of two publishers one fails, where the service checks such conditions.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.hosting.serving import Serving, Stage, serving

_AT_ONCE: Final = 16
_REMOVED_AT_ONCE: Final = 1000
_SMALL: Final = 64 * 1024
_SHA256: Final = "sha256"
"""Under this name an object keeps the digest of its bytes: not every ETag is one."""
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_CHANGED = frozenset({"409", "412", "ConditionalRequestConflict", "PreconditionFailed"})
_UNCONDITIONAL = (
    "The service does not check the conditions of a request, so that of two that "
    "publish at the same time neither would fail: let one machine publish, and one run "
    "at a time."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What a bucket says of an object."""

    size: int
    tag: str


class BucketDestination:
    """Puts files as objects below a prefix of a bucket."""

    at_once = _AT_ONCE
    is_atomic = False

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:  # noqa: ANN401 - it has no types
        """List what a bucket has.

        Args:
            client: of botocore, for S3.
            bucket: its name.
            prefix: before each path, with a slash at its end; or nothing.

        Raises:
            PublishError: the bucket cannot be listed.
        """
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        self.notes: list[str] = []
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._kept = dict(self._listed())
        self._known: Outgoing | None = None
        self._conditional: bool | None = None

    def sizes(self) -> Mapping[str, int | None]:
        """Return the paths of what it had, and how many bytes."""
        return {path: kept.size for path, kept in self._kept.items()}

    def has(self, file: Outgoing) -> bool:
        """Return whether it has exactly this file."""
        kept = self._kept.get(file.path)
        if kept is None or kept.size != file.size:
            return False
        md5, sha256 = file.digests()
        # The tag is the MD5 unless the object was sent in parts or is encrypted.
        same = kept.tag == md5 or self._head(file.path).get(_SHA256) == sha256
        if same:
            self._remember(file)
        return same

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        try:
            answer = self._client.get_object(**self._object(path))
            with answer["Body"] as body:
                data: bytes = body.read(limit + 1)
        except ClientError as error:
            if _code(error) in _ABSENT:
                raise MissingError(f"{self.name} has no {path}") from error
            raise FetchError(f"{path} in {self.name}: {error}") from error
        except BotoCoreError as error:
            raise FetchError(f"{path} in {self.name}: {error}") from error
        if len(data) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return data

    def put(self, file: Outgoing) -> None:
        """Put a file in its place."""
        served = serving(file.path)
        condition: dict[str, str] = {}
        if served.stage >= Stage.CHECKPOINT:
            condition = self._condition(file.path)
        try:
            self._send(file, served, condition)
        except ClientError as error:
            if condition and _code(error) in _CHANGED:
                raise self._raced(file.path) from error
            raise self._failed(file.path, error) from error
        except (BotoCoreError, OSError) as error:
            raise self._failed(file.path, error) from error
        self._remember(file)

    def settle(self) -> None:
        """Do nothing: an object that was taken is there."""

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away."""
        keys = [{"Key": self._prefix + path} for path in paths]
        for start in range(0, len(keys), _REMOVED_AT_ONCE):
            some = keys[start : start + _REMOVED_AT_ONCE]
            try:
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": some, "Quiet": True}
                )
            except (ClientError, BotoCoreError) as error:
                raise self._failed(some[0]["Key"], error) from error
            if errors := answer.get("Errors"):
                raise self._failed(errors[0]["Key"], errors[0]["Message"])

    def finish(self, summary: str) -> None:
        """Do nothing: each object is seen when it is put."""

    def _listed(self) -> Iterator[tuple[str, _Kept]]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for entry in page.get("Contents", ()):
                    path = entry["Key"].removeprefix(self._prefix)
                    yield path, _Kept(size=entry["Size"], tag=entry["ETag"].strip('"'))
        except (ClientError, BotoCoreError) as error:
            raise PublishError(
                f"{self.name} cannot be listed: {error}. The key needs s3:ListBucket, "
                "s3:GetObject and s3:PutObject, and to remove old files "
                "s3:DeleteObject"
            ) from error

    def _send(
        self, file: Outgoing, served: Serving, condition: Mapping[str, str]
    ) -> None:
        md5, sha256 = file.digests()
        with file.place.open("rb") as body:
            self._client.put_object(
                **self._object(file.path),
                Body=body,
                ContentMD5=base64.b64encode(bytes.fromhex(md5)).decode("ascii"),
                CacheControl=served.cache_control,
                ContentType=served.media_type,
                Metadata={_SHA256: sha256},
                **condition,
            )

    def _condition(self, path: str) -> dict[str, str]:
        """Return what has to hold of an object for it to be written."""
        kept = self._kept.get(path)
        if self._conditional is None:
            self._conditional = self._checks_conditions()
            if not self._conditional:
                self.notes.append(_UNCONDITIONAL)
        if self._conditional:
            return (
                {"IfNoneMatch": "*"} if kept is None else {"IfMatch": f'"{kept.tag}"'}
            )
        found = self._tag(path)
        if found != (None if kept is None else kept.tag):
            raise self._raced(path)
        return {}

    def _checks_conditions(self) -> bool:
        """Return whether the service refuses to write what is there already.

        A file is sent once more that is there with the same bytes: a service that
        looks at no condition does no harm by it.
        """
        if self._known is None:
            return False
        try:
            self._send(self._known, serving(self._known.path), {"IfNoneMatch": "*"})
        except ClientError as error:
            return _code(error) in _CHANGED
        except BotoCoreError as error:
            raise self._failed(self._known.path, error) from error
        return False

    def _remember(self, file: Outgoing) -> None:
        if file.size <= _SMALL and serving(file.path).stage is Stage.CONTENT:
            self._known = file

    def _tag(self, path: str) -> str | None:
        try:
            tag: str = self._client.head_object(**self._object(path))["ETag"]
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise self._failed(path, error) from error
        except BotoCoreError as error:
            raise self._failed(path, error) from error
        return tag.strip('"')

    def _head(self, path: str) -> Mapping[str, str]:
        """Return what an object keeps beside its bytes."""
        try:
            kept: Mapping[str, str] = self._client.head_object(**self._object(path))[
                "Metadata"
            ]
        except (ClientError, BotoCoreError) as error:
            raise self._failed(path, error) from error
        return kept

    def _object(self, path: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + path}

    def _raced(self, path: str) -> PublishError:
        return PublishError(
            f"{path} in {self.name} was changed meanwhile: somebody else publishes to "
            "the same place. Wait until that has ended, and publish again"
        )

    def _failed(self, path: str, error: object) -> PublishError:
        return PublishError(
            f"{self.name} refused {path}: {error}. Mend that, and publish again: what "
            "was sent is kept"
        )


def open_bucket(
    bucket: str, prefix: str, *, endpoint: str | None = None
) -> BucketDestination:
    """Return a bucket; who we are is found where programs for AWS look for it.

    Args:
        bucket: its name.
        prefix: of all keys, without slashes at its ends; or nothing.
        endpoint: the address of the service; None for what the environment says.

    Raises:
        PublishError: the bucket cannot be reached or listed.
    """
    try:
        client = get_session().create_client(
            "s3",
            endpoint_url=endpoint,
            config=Config(
                retries={"mode": "standard"},  # AWS_MAX_ATTEMPTS says how many
                connect_timeout=10,
                read_timeout=60,
                max_pool_connections=_AT_ONCE,
                # Newer kinds of checksum are not known to every service; the MD5 is,
                # and so is the SHA-256 that is signed with the request.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"payload_signing_enabled": True},
            ),
        )
    except (BotoCoreError, ValueError) as error:
        raise PublishError(f"s3://{bucket} cannot be reached: {error}") from error
    return BucketDestination(client, bucket, f"{prefix}/" if prefix else "")


def _code(error: ClientError) -> str:
    code: str = error.response.get("Error", {}).get("Code", "")
    return code
