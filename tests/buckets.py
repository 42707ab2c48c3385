"""A service that speaks S3, as a process of its own, which checks signatures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any, TypeAlias

from botocore.session import get_session

from tests.webserver import running

SETTING_UP = 3
"""So many requests are let in without a right; they make who has one."""
REGION = "us-east-1"


Client: TypeAlias = Any
"""A client of botocore, which has no types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, and who may use it.

    Attributes:
        address: of the service.
        access: the id of the key that may do all with S3.
        secret: of that key.
    """

    address: str
    access: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        """What a program has to be told to use it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.address,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, name: str = "s3") -> Client:
        return get_session().create_client(
            name,
            endpoint_url=self.address,
            region_name=REGION,
            aws_access_key_id=self.access,
            aws_secret_access_key=self.secret,
        )


@contextmanager
def service(*, checks: bool = True) -> Iterator[Service]:
    """Run the service until the block ends.

    Args:
        checks: whether it looks at signatures.
    """
    let_in = {"INITIAL_NO_AUTH_ACTION_COUNT": str(SETTING_UP)} if checks else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
        env={**os.environ, **let_in},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    address = next((line.split()[-1] for line in lines if "Running on" in line), "")
    # It tells of every request, and stands still when nobody listens.
    listener = Thread(target=process.stdout.read)
    listener.start()
    try:
        yield _with_key(address)
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()


def _with_key(address: str) -> Service:
    iam = Service(address=address, access="nobody", secret="nobody").client("iam")  # noqa: S106 - nobody's
    iam.create_user(UserName="publisher")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}],
    }
    iam.put_user_policy(
        UserName="publisher", PolicyName="s3", PolicyDocument=json.dumps(policy)
    )
    key = iam.create_access_key(UserName="publisher")["AccessKey"]
    return Service(
        address=address, access=key["AccessKeyId"], secret=key["SecretAccessKey"]
    )


@contextmanager
def unconditional(address: str) -> Iterator[str]:
    """Serve what a service serves, which looks at no condition of a request.

    Args:
        address: of a service that does not check signatures, which would not hold.
    """
    host = address.removeprefix("http://")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # else each file is waited for before it is sent

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {
                name: text
                for name, text in self.headers.items()
                if name.lower() not in {"if-match", "if-none-match", "expect"}
            }
            connection = HTTPConnection(host)
            connection.request(
                self.command, self.path, self.rfile.read(length), headers
            )
            answer = connection.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in {"content-length", "connection", "date"}:
                    self.send_header(name, text)
            self.send_header("Content-Length", answer.getheader("Content-Length", "0"))
            self.end_headers()
            self.wfile.write(body)
            connection.close()

        do_GET = do_PUT = do_HEAD = do_POST = _pass  # noqa: N815 - http.server's names

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as forwarded:
        yield forwarded
