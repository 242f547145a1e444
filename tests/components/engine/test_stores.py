"""The files of a backend are read alike from a folder and from a bucket."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.moto import CREDENTIALS, ObjectStore, object_store

from stackwright.engine.backend import Kind, backend_at
from stackwright.engine.stores import FolderStore, S3Store
from stackwright.errors import StackwrightError

PLAIN = {"Content-Type": "text/plain"}
LOCK = '{"pid": 7, "username": "ada", "hostname": "ci", "timestamp": "2026-11-21T17:01:35Z"}'


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert FolderStore(tmp_path / "state").keys(".pulumi/locks/") == ()


def test_a_file_that_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StackwrightError, match=r"a\.json cannot be read: No such file"):
        FolderStore(tmp_path).read("a.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(StackwrightError, match="cannot be read: Not a directory"):
        FolderStore(tmp_path).keys("file/")


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [
        ("s3://state", "state", ""),
        ("s3://state/?region=eu-west-1", "state", ""),
        ("s3://state/a/b", "state", "a/b/"),
    ],
)
def test_the_address_of_a_bucket_may_name_a_part_of_it(url: str, bucket: str, prefix: str) -> None:
    store = S3Store.of_url(url)
    assert (store.bucket, store.prefix) == (bucket, prefix)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("moto")) as store:
        store.make_bucket("state")
        for key, content in {
            "team/.pulumi/locks/organization/shop/prod/a.json": LOCK,
            "team/.pulumi/stacks/shop/prod.json": "now",
            "team/.pulumi/stacks/shop/prod.json.bak": "before",
            ".pulumi/stacks/shop/prod.json": "of another team",
        }.items():
            address = f"{store.endpoint}/state/{key}"
            request = urllib.request.Request(address, content.encode(), PLAIN, method="PUT")
            urllib.request.urlopen(request, timeout=10).close()
        yield store


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def test_a_bucket_is_read_below_its_prefix(bucket: ObjectStore, tmp_path: Path) -> None:
    options = f"endpoint={bucket.endpoint}&s3ForcePathStyle=true&region=eu-west-1"
    backend = backend_at(f"s3://state/team?{options}", tmp_path)
    assert (backend.kind, backend.url) == (Kind.S3, "s3://state/team")
    assert [lock.pid for lock in backend.locks("shop", "prod")] == [7]
    assert [backup.read() for backup in backend.backups("shop", "prod")] == [b"before"]
    state = backend.state_file("shop", "prod")
    assert state is not None
    assert state.read() == b"now"


def test_an_endpoint_without_scheme_is_plain_only_when_asked_for(bucket: ObjectStore) -> None:
    host = bucket.endpoint.removeprefix("http://")
    store = S3Store.of_url(f"s3://state?endpoint={host}&disableSSL=true&use_path_style=true")
    assert store.read(".pulumi/stacks/shop/prod.json") == b"of another team"


def test_a_bucket_that_is_not_there_is_told_in_words(bucket: ObjectStore) -> None:
    store = S3Store.of_url(f"s3://other?endpoint={bucket.endpoint}&use_path_style=true")
    with pytest.raises(StackwrightError, match="the bucket other does not answer: NoSuchBucket"):
        store.keys(".pulumi/locks/")
    with pytest.raises(StackwrightError, match="NoSuch"):
        store.read("a.json")


def test_a_profile_that_is_not_there_is_told_in_words() -> None:
    store = S3Store.of_url("s3://state?profile=no-such-profile")
    with pytest.raises(StackwrightError, match="ProfileNotFound"):
        store.keys("")
