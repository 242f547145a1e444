from __future__ import annotations

import pytest

from stackwright.diff.properties.noise import (
    CHECKSUM,
    GENERATED_NAME,
    IMAGE_DIGEST,
    VERSION_LABEL,
    noise,
)
from stackwright.plan.graph import JsonValue

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


@pytest.mark.parametrize(
    ("path", "before", "after", "why"),
    [
        ("spec.containers[name=x].image", f"ghcr.io/a/b@{A}", f"ghcr.io/a/b@{B}", IMAGE_DIGEST),
        ("values.image", f"host:5000/b:1.2@{A}", f"host:5000/b:1.2@{B}", IMAGE_DIGEST),
        ("values.image.digest", A, B, IMAGE_DIGEST),
        ("values.image.sha", A[7:], B[7:], IMAGE_DIGEST),
        ('metadata.annotations["checksum/config"]', "0a1b2c3d4e", "5f6a7b8c9d", CHECKSUM),
        ("sourceCodeHash", "q83vEjRWeJCrze8SNFZ4kA==", "3q2+7wAAAAAAAAAAAAAAAA==", CHECKSUM),
        ("spec.configChecksum", "0a1b2c3d", "5f6a7b8c", CHECKSUM),
        ("etag", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "9a1b2c3d4e5f60718293a4b5c6d7e8f9", CHECKSUM),
        ("metadata.name", "tracking-backend-0a1b2c3d", "tracking-backend-9f8e7d6c", GENERATED_NAME),
        ("bucket", "acme-data-1a2b3c4", "acme-data-5d6e7f8", GENERATED_NAME),
        ('metadata.labels["app.kubernetes.io/version"]', "1.2", "1.3", VERSION_LABEL),
        ('labels["helm.sh/chart"]', "mlflow-1.2", "mlflow-1.3", VERSION_LABEL),
    ],
)
def test_what_tells_a_reader_nothing_says_why(path: str, before: str, after: str, why: str) -> None:
    assert noise(path, before, after) == why


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("image", "ghcr.io/a/b:1", "ghcr.io/a/b:2"),
        ("image", f"ghcr.io/a/b:1@{A}", f"ghcr.io/a/b:2@{B}"),
        ("image", f"ghcr.io/a/b@{A}", f"ghcr.io/a/c@{B}"),
        ("image", f"ghcr.io/a/b:1@{A}", "ghcr.io/a/b:1"),
        ("kmsKeyId", "0a1b2c3d4e", "5f6a7b8c9d"),
        ("values.digest", "none", "some"),
        ("hashKey", "customer", "product"),
        ("rangeKey", "0a1b2c3d", "5f6a7b8c"),
        ("checksumAlgorithm", "SHA256", "CRC32C"),
        ("bucket", "acme-data-123456789012", "acme-data-210987654321"),
        ("metadata.name", "acme-prod01", "acme-prod02"),
        ("metadata.name", "files-0a1b2c3d", "lake-0a1b2c3d"),
        ("description", "made by run-0a1b2c3d", "made by run-5f6a7b8c"),
        ('spec.selector.matchLabels["app.kubernetes.io/version"]', "1.2", "1.3"),
        ("replicas", 1, 2),
        ('metadata.annotations["checksum/config"]', None, "0a1b2c3d4e"),
    ],
)
def test_what_tells_a_reader_something_is_no_noise(
    path: str, before: JsonValue, after: JsonValue
) -> None:
    assert noise(path, before, after) == ""
