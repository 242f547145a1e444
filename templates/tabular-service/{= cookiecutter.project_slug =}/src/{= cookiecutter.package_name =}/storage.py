"""Storage keeps bytes under keys below a URL: a folder (`file://`) or a bucket (`s3://`)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from .errors import InputError, ProjectError

_T = TypeVar("_T")
_TEMPORARY = ".writing-"
"""Begin of the names of files that are still being written; no key may begin so."""


class Storage:
    """What is kept under one URL; keys are relative paths such as `2026-01-31/a.csv`."""

    def __init__(self, url: str, *, endpoint: str | None = None, region: str | None = None) -> None:
        """Look at `url` only; nothing is read or made yet.

        `endpoint` is the URL of an S3 API other than AWS, `region` the one that requests are
        signed for. Credentials are found by boto3 itself.

        Raises:
            InputError: The URL is neither `file:///folder` nor `s3://bucket/prefix`.
        """
        parts = urlsplit(url)
        self._url = url.rstrip("/")
        if parts.scheme == "file" and parts.path and not parts.netloc:
            self._place: _Folder | _Bucket = _Folder(Path(unquote(parts.path)))
        elif parts.scheme == "s3" and parts.netloc:
            self._place = _Bucket(parts.netloc, parts.path.strip("/"), endpoint, region)
        else:
            raise InputError([f"{url}: expected file:///folder or s3://bucket/prefix"])

    def read(self, key: str) -> bytes:
        """Return what is kept under a key.

        Raises:
            KeyError: Nothing is kept there.
            ProjectError: The store could not be reached or refuses.
        """
        return self._place.read(_checked(key))

    def write(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, in place of what was there; readers see the old or the new.

        Raises:
            ProjectError: The store could not be reached or refuses.
        """
        self._place.write(_checked(key), data)

    def create(self, key: str, data: bytes) -> bool:
        """Keep bytes under a key where nothing is yet; of several that try, one gets true.

        Raises:
            ProjectError: The store could not be reached or refuses.
        """
        return self._place.create(_checked(key), data)

    def list(self, prefix: str = "") -> list[str]:
        """Return every key that begins with `prefix`, sorted."""
        return sorted(self._place.list(prefix))

    def delete(self, key: str) -> None:
        """Remove what is kept under a key; nothing happens where nothing is."""
        self._place.delete(_checked(key))

    def url(self, key: str) -> str:
        """Return the URL of a key, for people and logs."""
        return f"{self._url}/{_checked(key)}"


class _Folder:
    """Keys are files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> bytes:
        try:
            return self._contained(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise KeyError(key) from None

    def write(self, key: str, data: bytes) -> None:
        self._write(key, data, Path.replace)

    def create(self, key: str, data: bytes) -> bool:
        def link(temporary: Path, file: Path) -> None:
            file.hardlink_to(temporary)
            temporary.unlink()

        try:
            self._write(key, data, link)
        except FileExistsError:
            return False
        return True

    def _write(self, key: str, data: bytes, put: Callable[[Path, Path], object]) -> None:
        file = self._contained(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.parent / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            put(temporary, file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def list(self, prefix: str) -> list[str]:
        # Only the folder that the prefix names is walked: others may hold years of files.
        start = self._folder / prefix.rpartition("/")[0]
        if ".." in prefix.split("/") or not start.is_dir():
            return []
        found = (
            Path(folder, name).relative_to(self._folder).as_posix()
            for folder, _, names in os.walk(start)
            for name in names
            if not name.startswith(_TEMPORARY)
        )
        return [key for key in found if key.startswith(prefix)]

    def delete(self, key: str) -> None:
        self._contained(key).unlink(missing_ok=True)

    def _contained(self, key: str) -> Path:
        """Return the file of a key, which no link may lead out of the folder."""
        file = self._folder / key
        if not file.resolve().is_relative_to(self._folder.resolve()):
            raise ProjectError(f"{file}: a link leads out of {self._folder}")
        return file


class _Bucket:
    """Keys are objects of a bucket below a prefix."""

    def __init__(self, bucket: str, prefix: str, endpoint: str | None, region: str | None) -> None:
        self._bucket, self._endpoint, self._region = bucket, endpoint, region
        self._prefix = f"{prefix}/" if prefix else ""

    def read(self, key: str) -> bytes:
        try:
            answer = self._call(key, self._client.get_object, Key=self._prefix + key)
        except self._client.exceptions.NoSuchKey:
            raise KeyError(key) from None
        data: bytes = self._guarded(key, answer["Body"].read)
        return data

    def write(self, key: str, data: bytes) -> None:
        self._call(key, self._client.put_object, Key=self._prefix + key, Body=data)

    def create(self, key: str, data: bytes) -> bool:
        try:
            self._call(
                key, self._client.put_object, Key=self._prefix + key, Body=data, IfNoneMatch="*"
            )
        except ProjectError as error:
            code = getattr(error.__cause__, "response", {}).get("Error", {}).get("Code")
            if code in {"PreconditionFailed", "ConditionalRequestConflict"}:
                return False
            raise
        return True

    def list(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        names = self._guarded(
            prefix, lambda: [found["Key"] for page in pages for found in page.get("Contents", [])]
        )
        return [name.removeprefix(self._prefix) for name in names]

    def delete(self, key: str) -> None:
        self._call(key, self._client.delete_object, Key=self._prefix + key)

    @cached_property
    def _client(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            message = "s3:// needs boto3: install the dependency group `s3` (uv sync --group s3)"
            raise InputError([message]) from None
        limits = Config(
            connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 3}
        )
        # The wired endpoint and region go before variables of the process.
        return boto3.session.Session().client(
            "s3", endpoint_url=self._endpoint, region_name=self._region, config=limits
        )

    def _call(self, key: str, operation: Callable[..., _T], **parameters: Any) -> _T:
        return self._guarded(key, lambda: operation(Bucket=self._bucket, **parameters))

    def _guarded(self, key: str, work: Callable[[], _T]) -> _T:
        """Do the work; what boto3 cannot do becomes an error that names the object."""
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
        )

        try:
            return work()
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, self._client.exceptions.NoSuchKey):
                raise
            where = f"s3://{self._bucket}/{self._prefix}{key}"
            raise ProjectError(f"{where}: {error}") from error


def _checked(key: str) -> str:
    """Return a key that stays below its URL.

    Raises:
        ValueError: The key is empty, absolute, or has a part that is empty, `.` or `..`.
    """
    parts = key.split("/")
    wrong = any(part in {"", ".", ".."} or part.startswith(_TEMPORARY) for part in parts)
    if wrong or "\\" in key or not key.isprintable():
        raise ValueError(f"not a key of a storage: {key!r}")
    return key
