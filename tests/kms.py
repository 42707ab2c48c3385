"""AWS KMS on this machine: its protocol and rules for two operations, with real keys.

Every request and every answer is held against the model of the service that botocore
carries, so that both are such as AWS itself would take and give.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
from botocore.validate import validate_parameters
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MODEL = botocore.session.get_session().get_service_model("kms")
REGION = "eu-central-1"
ARN = f"arn:aws:kms:{REGION}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VARIABLES = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}
"""What the environment of a program of AWS holds; AWS's own examples of secrets."""


@dataclass(slots=True, kw_only=True)
class KeyService:
    """What the service holds, and what it was asked.

    Attributes:
        keys: by every name that they may be called.
        false: what it answers other than it should, by operation: members of the
            answer, bytes that are no answer, or the code of an error.
        address: where it is served.
        asked: each operation with its input, in order.
        signed_by: of each request, whose credentials signed it, and for what region.
    """

    keys: dict[str, Ed25519PrivateKey | EllipticCurvePrivateKey]
    false: dict[str, dict[str, Any] | bytes | str] = field(default_factory=dict)
    address: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    signed_by: list[str] = field(default_factory=list)

    def answer(self, operation: str, given: dict[str, Any]) -> dict[str, Any] | str:
        """Return an answer to a request, or the code of an error."""
        key = self.keys.get(given["KeyId"])
        if key is None:
            return "NotFoundException"
        edwards = isinstance(key, Ed25519PrivateKey)
        algorithm = "ED25519_SHA_512" if edwards else "ECDSA_SHA_256"
        if operation == "GetPublicKey":
            der = key.public_key().public_bytes(
                Encoding.DER, PublicFormat.SubjectPublicKeyInfo
            )
            spec = "ECC_NIST_EDWARDS25519" if edwards else "ECC_NIST_P256"
            algorithms = [algorithm, "ED25519_PH_SHA_512"] if edwards else [algorithm]
            return {
                "KeyId": ARN,
                "KeySpec": spec,
                "KeyUsage": "SIGN_VERIFY",
                "PublicKey": der,
                "SigningAlgorithms": algorithms,
            }
        assert isinstance(key, Ed25519PrivateKey)
        # ED25519_PH_SHA_512 needs a digest; ED25519_SHA_512 the message itself.
        if (given["SigningAlgorithm"], given["MessageType"]) != (algorithm, "RAW"):
            return "ValidationException"
        return {
            "KeyId": ARN,
            "Signature": key.sign(given["Message"]),
            "SigningAlgorithm": algorithm,
        }


def check(members: dict[str, Any], shape: Any) -> None:  # noqa: ANN401 - has no types
    """Check that members are such as the model says: the names, types and lengths."""
    validate_parameters(members, shape)
    for name, value in members.items():
        member = shape.members[name]
        for each in value if member.type_name == "list" else [value]:
            allowed = getattr(getattr(member, "member", member), "enum", None)
            assert not allowed or each in allowed, (name, each)
        if "max" in member.metadata:
            assert len(value) <= member.metadata["max"], name


def coded(members: dict[str, Any], shape: Any, turn: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return members with their blobs turned into Base64, or back."""
    return {
        name: turn(value) if shape.members[name].type_name == "blob" else value
        for name, value in members.items()
    }


def text(data: bytes) -> str:
    """Return bytes as JSON carries them."""
    return base64.b64encode(data).decode()


@contextmanager
def serve_keys(service: KeyService) -> Iterator[KeyService]:
    """Serve keys on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/x-amz-json-1.1"
            prefix, operation = self.headers["X-Amz-Target"].split(".")
            assert prefix == MODEL.metadata["targetPrefix"]
            model = MODEL.operation_model(operation)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given = coded(body, model.input_shape, base64.b64decode)
            check(given, model.input_shape)
            service.asked.append((operation, given))
            service.signed_by.append(self.headers["Authorization"])
            answer = service.false.get(operation)
            if answer is None or isinstance(answer, dict):
                answer = self.whole(operation, given, answer or {})
            self.say(model, answer)

        def whole(
            self, operation: str, given: dict[str, Any], false: dict[str, Any]
        ) -> dict[str, Any] | str:
            answer = service.answer(operation, given)
            return answer if isinstance(answer, str) else {**answer, **false}

        def say(self, model: Any, answer: dict[str, Any] | bytes | str) -> None:  # noqa: ANN401
            status, body = 200, b""
            if isinstance(answer, bytes):
                body = answer
            elif isinstance(answer, str):
                status = 400
                body = json.dumps({"__type": answer, "message": "No."}).encode()
            else:
                members = {k: v for k, v in answer.items() if v is not None}
                check(members, model.output_shape)
                body = json.dumps(coded(members, model.output_shape, text)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
