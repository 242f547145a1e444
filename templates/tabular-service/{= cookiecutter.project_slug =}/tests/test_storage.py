"""Storage keeps bytes below one URL, and what is there is old or new, never half."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.errors import InputError, ProjectError
from {= cookiecutter.package_name =}.storage import Storage


class Bucket(BaseHTTPRequestHandler):
    """As much of the S3 API as the storage uses: two keys to a page of a list."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "list-type" in query:
            self.answer(200, self.page(query))
        elif (name := unquote(parts.path)) in self.objects:
            self.answer(200, self.objects[name])
        else:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_PUT(self) -> None:
        name = unquote(urlsplit(self.path).path)
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match") == "*" and name in self.objects:
            self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            return
        self.objects[name] = data
        self.answer(200, b"")

    def do_DELETE(self) -> None:
        self.objects.pop(unquote(urlsplit(self.path).path), None)
        self.answer(204, b"")

    def page(self, query: dict[str, list[str]]) -> bytes:
        prefix = "/bucket/" + query.get("prefix", [""])[0]
        names = sorted(name for name in self.objects if name.startswith(prefix))
        start = int(query.get("continuation-token", ["0"])[0])
        keys = "".join(
            f"<Contents><Key>{name.removeprefix('/bucket/')}</Key></Contents>"
            for name in names[start : start + 2]
        )
        more = start + 2 < len(names)
        token = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
        truncated = f"<IsTruncated>{str(more).lower()}</IsTruncated>"
        return f"<ListBucketResult>{truncated}{token}{keys}</ListBucketResult>".encode()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Storage:
    return Storage((tmp_path / "kept").as_uri())


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    pytest.importorskip("boto3", reason="boto3 is not installed (dependency group s3)")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    handler = type("Handler", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    yield Storage("s3://bucket/acme", endpoint=endpoint, region="eu-central-1")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest) -> Storage:
    kept: Storage = request.getfixturevalue(request.param)
    return kept


def test_what_is_written_is_read_back_and_listed_in_order(storage: Storage) -> None:
    for key in ("b.txt", "a/1.txt", "a/2.txt", "ab.txt"):
        storage.write(key, key.encode())
    storage.write("b.txt", b"again")
    assert storage.read("b.txt") == b"again"
    assert storage.read("a/2.txt") == b"a/2.txt"
    assert storage.list() == ["a/1.txt", "a/2.txt", "ab.txt", "b.txt"]
    assert storage.list("a") == ["a/1.txt", "a/2.txt", "ab.txt"]
    assert storage.list("a/") == ["a/1.txt", "a/2.txt"]
    assert storage.list("zz/") == []


def test_what_is_not_there_is_a_key_error_and_deleting_it_is_nothing(storage: Storage) -> None:
    storage.delete("none.txt")
    with pytest.raises(KeyError):
        storage.read("none.txt")
    storage.write("some.txt", b"")
    storage.delete("some.txt")
    with pytest.raises(KeyError):
        storage.read("some.txt")


def test_only_the_first_of_two_creates_a_key(storage: Storage) -> None:
    assert storage.create("one.txt", b"first")
    assert not storage.create("one.txt", b"second")
    assert storage.read("one.txt") == b"first"


def test_a_store_that_does_not_answer_is_named(
    bucket: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    away = Storage("s3://bucket/acme", endpoint="http://127.0.0.1:9", region="x")
    with pytest.raises(ProjectError, match="s3://bucket/acme/a"):
        away.write("a", b"")


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../a", "a/../b", "a//b", "a/", ".", "a\\b", "a\nb", "a\x00"]
)
def test_a_key_that_could_leave_its_place_is_refused(folder: Storage, key: str) -> None:
    for use in (folder.read, folder.delete, folder.url, lambda key: folder.write(key, b"")):
        with pytest.raises(ValueError, match="not a key"):
            use(key)


@given(st.text(max_size=30))
def test_no_text_leads_out_of_the_folder(key: str) -> None:
    try:
        url = Storage("file:///kept/here").url(key)
    except ValueError:
        return
    place = Path("/kept/here", url.removeprefix("file:///kept/here/"))
    assert Path("/kept/here") in place.parents
    assert ".." not in place.parts


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s", encoding="utf-8")
    (tmp_path / "kept" / "link").symlink_to(tmp_path / "outside")
    storage = Storage((tmp_path / "kept").as_uri())
    with pytest.raises(ProjectError, match="leads out"):
        storage.read("link/secret")
    with pytest.raises(ProjectError, match="leads out"):
        storage.write("link/secret", b"x")
    assert (tmp_path / "outside" / "secret").read_text(encoding="utf-8") == "s"


def test_a_write_that_fails_leaves_the_old_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage(tmp_path.as_uri())
    storage.write("a.txt", b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        storage.write("a.txt", b"new")
    assert storage.read("a.txt") == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_with_spaces_and_other_letters_is_the_folder_meant(tmp_path: Path) -> None:
    place = tmp_path / "größer als 100%25"
    Storage(place.as_uri()).write("a", b"1")
    assert (place / "a").read_bytes() == b"1"


@pytest.mark.parametrize("url", ["", "kept", "http://x/y", "file://host/x", "s3:///x", "/tmp"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="expected file"):
        Storage(url)
