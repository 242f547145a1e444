"""S3 on loopback: moto's server, which keeps everything in memory."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import answers, free_port, running
from tests.servers.programs import server_command

REGION = "eu-west-1"

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What a client needs to be able to sign; moto takes any."""


@dataclass(frozen=True)
class ObjectStore:
    """An S3 endpoint."""

    endpoint: str

    def make_bucket(self, name: str) -> None:
        body = f"<LocationConstraint>{REGION}</LocationConstraint>"
        request = urllib.request.Request(
            f"{self.endpoint}/{name}",
            data=f"<CreateBucketConfiguration>{body}</CreateBucketConfiguration>".encode(),
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 200

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Return the keys of a bucket, at most 1000."""
        found = self._get(f"{bucket}?list-type=2&prefix={prefix}")
        return re.findall("<Key>([^<]*)</Key>", found)

    def text(self, bucket: str, key: str) -> str:
        """Return an object that is text."""
        return self._get(f"{bucket}/{key}")

    def _get(self, path: str) -> str:
        # moto wants requests to be signed, and looks at no signature.
        scope = f"testing/20260101/{REGION}/s3/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}"}
        request = urllib.request.Request(f"{self.endpoint}/{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return str(response.read().decode())


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Run an empty object store."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with running(
        "moto",
        [server_command("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        folder=folder,
        ready=lambda _: answers(f"{endpoint}/moto-api/"),
    ):
        yield ObjectStore(endpoint)
