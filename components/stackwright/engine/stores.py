"""The files of a backend: a folder or an S3 bucket, read with the engine's own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from stackwright.errors import MissingExtra, StackwrightError

CONNECT_WITHIN = 5
READ_WITHIN = 20
"""Seconds."""


class Store(Protocol):
    """Files that are named by paths with `/`, below one place."""

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the names that begin with a prefix, sorted."""
        ...

    def read(self, key: str) -> bytes:
        """Return one file."""
        ...


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder on this machine."""

    root: Path

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the files of one folder, sorted; empty when there is none."""
        try:
            found = [file for file in (self.root / prefix).iterdir() if file.is_file()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StackwrightError(f"{self.root} cannot be read: {error.strerror}.") from None
        # The engine keeps the kind of content beside each file.
        names = (str(file.relative_to(self.root)) for file in found if file.suffix != ".attrs")
        return tuple(sorted(names))

    def read(self, key: str) -> bytes:
        """Return one file.

        Raises:
            StackwrightError: It is not there, or may not be read.
        """
        try:
            return (self.root / key).read_bytes()
        except OSError as error:
            raise StackwrightError(f"{key} cannot be read: {error.strerror}.") from None


@dataclass(frozen=True)
class S3Store:
    """A bucket, or a part of one."""

    bucket: str
    prefix: str
    options: Mapping[str, str]
    """`region`, `endpoint`, `profile` and the like, as the engine's address gives them."""

    @classmethod
    def of_url(cls, url: str) -> S3Store:
        """Return the store at an address such as `s3://BUCKET/PREFIX?region=eu-west-1`."""
        parts = urlsplit(url)
        folder = parts.path.strip("/")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return cls(parts.netloc, f"{folder}/" if folder else "", options)

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the objects of one folder, sorted.

        Raises:
            StackwrightError: The bucket is out of reach.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        pages = self._client.get_paginator("list_objects_v2")
        try:
            found = [
                item["Key"].removeprefix(self.prefix)
                for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix)
                for item in page.get("Contents", ())
            ]
        except (BotoCoreError, ClientError) as error:
            raise self._refusal(error) from None
        return tuple(sorted(found))

    def read(self, key: str) -> bytes:
        """Return one object.

        Raises:
            StackwrightError: It is not there, or the bucket is out of reach.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.get_object(Bucket=self.bucket, Key=self.prefix + key)
            content: bytes = answer["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise self._refusal(error) from None
        return content

    @cached_property
    def _client(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise MissingExtra("boto3", "aws") from None
        try:
            session = boto3.Session(
                profile_name=self.options.get("profile"), region_name=self.options.get("region")
            )
            return session.client(
                "s3",
                endpoint_url=self._endpoint,
                config=Config(
                    connect_timeout=CONNECT_WITHIN,
                    read_timeout=READ_WITHIN,
                    retries={"max_attempts": 2, "mode": "standard"},
                    s3={"addressing_style": "path" if self._has_paths else "auto"},
                ),
            )
        except (BotoCoreError, ValueError) as error:
            raise self._refusal(error) from None

    @property
    def _endpoint(self) -> str | None:
        endpoint = self.options.get("endpoint")
        if endpoint is None or "://" in endpoint:
            return endpoint
        plain = "true" in (self.options.get("disableSSL"), self.options.get("disable_https"))
        return f"{'http' if plain else 'https'}://{endpoint}"

    @property
    def _has_paths(self) -> bool:
        """Tell whether buckets are named in the path, as most servers other than AWS want it."""
        return "true" in (self.options.get("s3ForcePathStyle"), self.options.get("use_path_style"))

    def _refusal(self, error: Exception) -> StackwrightError:
        response = getattr(error, "response", {})
        reason = response.get("Error", {}).get("Code") or type(error).__name__
        return StackwrightError(f"the bucket {self.bucket} does not answer: {reason}.")


def folder_of(url: str, base: Path) -> Path:
    """Return the folder of an address such as `file://~/state`; a relative one is below `base`."""
    text = url.removeprefix("file://").partition("?")[0]
    return (base / Path(text).expanduser()).resolve()
