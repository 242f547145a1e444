"""Reads a kubeconfig: one context of it, its cluster and its user.

No client library is used: of those that are kept, one runs no credential program of API version
v1, one hides why such a program failed and goes on as nobody, and one leaves private keys in
temporary files.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.api_server.faults import ApiFault, Fault

VARIABLE = "KUBECONFIG"
DEFAULT = "~/.kube/config"


@dataclass(frozen=True, slots=True)
class Material:
    """A certificate, key or token, which a kubeconfig holds or names a file of."""

    data: bytes = field(default=b"", repr=False)
    file: str = ""
    """Path; empty when the data is here or there is none."""

    def __bool__(self) -> bool:
        return bool(self.data or self.file)

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            ApiFault: The file cannot be read.
        """
        if not self.file:
            return self.data
        try:
            return Path(self.file).read_bytes()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no path"
            raise ApiFault(
                Fault.KUBECONFIG, f"{self.file}, which the kubeconfig names, cannot be read: {why}."
            ) from error


@dataclass(frozen=True, slots=True)
class Program:
    """The program that gives a token, from `users[].user.exec`."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    api_version: str
    folder: str
    """Folder of the kubeconfig, which a relative command is below of; empty for none."""
    hint: str = ""
    """What the kubeconfig tells who does not have the program."""


@dataclass(frozen=True, slots=True)
class Connection:
    """All that is needed to ask one API server."""

    server: str
    """URL without a slash at the end."""
    authority: Material = Material()
    """Certificates of the authority; none for those of the system."""
    insecure: bool = False
    """True trusts every certificate."""
    server_name: str = ""
    """Host name in the server's certificate; empty for that of the URL."""
    proxy: str = ""
    """URL of the proxy; empty for that of the environment."""
    token: Material = Material()
    user: str = ""
    password: str = field(default="", repr=False)
    certificate: Material = Material()
    """The caller's certificate."""
    key: Material = Material()
    """The key of the caller's certificate."""
    program: Program | None = None
    token_source: Callable[[], str] | None = None
    """Makes a token that is valid for minutes; None for the token or program above."""


def read_connection(access: KubeconfigContext) -> Connection:
    """Return the connection that a context of the caller's kubeconfig stands for.

    Raises:
        ApiFault: A file cannot be read, or the context is not complete.
    """
    documents = list(_documents(access))
    context = _named(documents, "contexts", "context", access.context)
    if context is None:
        raise _no_context(access, documents)
    cluster = _required(documents, "clusters", "cluster", context[0].get("cluster"))
    user = _required(documents, "users", "user", context[0].get("user"))
    return connection_of(*cluster, *user)


def connection_of(
    cluster: Mapping[str, Any], cluster_folder: str, user: Mapping[str, Any], user_folder: str
) -> Connection:
    """Return the connection of one cluster and one user of a kubeconfig.

    Raises:
        ApiFault: The server is missing, or something is no base64.
    """
    server = str(cluster.get("server") or "").rstrip("/")
    if not server:
        raise ApiFault(Fault.KUBECONFIG, "the cluster of the kubeconfig names no server.")
    return Connection(
        server=server,
        authority=_material(cluster, "certificate-authority", cluster_folder),
        insecure=bool(cluster.get("insecure-skip-tls-verify")),
        server_name=str(cluster.get("tls-server-name") or ""),
        proxy=str(cluster.get("proxy-url") or ""),
        token=_token(user, user_folder),
        user=str(user.get("username") or ""),
        password=str(user.get("password") or ""),
        certificate=_material(user, "client-certificate", user_folder),
        key=_material(user, "client-key", user_folder),
        program=_program(user, user_folder),
    )


def _documents(access: KubeconfigContext) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each file's content with its folder; of equal names the first counts (kubectl)."""
    given = access.kubeconfig or os.environ.get(VARIABLE) or DEFAULT
    paths = [Path(part).expanduser() for part in given.split(os.pathsep) if part]
    there = [path for path in paths if path.is_file()]
    if not there:
        missing = ", ".join(map(str, paths))
        raise ApiFault(
            Fault.KUBECONFIG,
            f"there is no kubeconfig: {missing} is not there.",
            f"export {VARIABLE}=<the path of your kubeconfig>",
        )
    for path in there:
        yield _document(path), str(path.resolve().parent)


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ApiFault(Fault.KUBECONFIG, f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        # What a parser says may quote the file, and the file may hold a token.
        raise ApiFault(Fault.KUBECONFIG, f"{path} is no YAML.") from error
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise ApiFault(Fault.KUBECONFIG, f"{path} is no kubeconfig.")
    return document


Entry = tuple[Mapping[str, Any], str]
"""Content of an entry, and the folder that its relative paths start at."""


def _named(
    documents: Sequence[tuple[Mapping[str, Any], str]], section: str, key: str, name: Any
) -> Entry | None:
    for document, folder in documents:
        for entry in _entries(document, section):
            content = entry.get(key)
            if entry.get("name") == name and isinstance(content, Mapping):
                return content, folder
    return None


def _entries(document: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    return [entry for entry in _list(document.get(section)) if isinstance(entry, Mapping)]


def _required(
    documents: Sequence[tuple[Mapping[str, Any], str]], section: str, key: str, name: Any
) -> Entry:
    found = _named(documents, section, key, name)
    if found is None:
        raise ApiFault(
            Fault.KUBECONFIG,
            f"the context's {key} {name!r} is not among {section} of the kubeconfig.",
        )
    return found


def _context_names(documents: Sequence[tuple[Mapping[str, Any], str]]) -> tuple[str, ...]:
    names = [
        str(e.get("name")) for document, _ in documents for e in _entries(document, "contexts")
    ]
    return tuple(dict.fromkeys(names))


def _no_context(
    access: KubeconfigContext, documents: Sequence[tuple[Mapping[str, Any], str]]
) -> ApiFault:
    names = ", ".join(_context_names(documents)[:10]) or "none"
    return ApiFault(
        Fault.KUBECONFIG,
        f"the kubeconfig has no context {access.context}; it has {names}.",
        "kubectl config get-contexts -o name",
    )


def _material(source: Mapping[str, Any], key: str, folder: str) -> Material:
    data = source.get(f"{key}-data")
    if data:
        try:
            return Material(base64.b64decode(str(data), validate=True))
        except ValueError as error:
            raise ApiFault(
                Fault.KUBECONFIG, f"{key}-data of the kubeconfig is no base64."
            ) from error
    return _file(source.get(key), folder)


def _token(user: Mapping[str, Any], folder: str) -> Material:
    # The file wins over the text, as in kubectl: it is the one that is renewed.
    token = str(user.get("token") or "")
    return _file(user.get("tokenFile"), folder) or Material(token.encode(errors="replace"))


def _file(path: Any, folder: str) -> Material:
    return Material(file=str(Path(folder, str(path)))) if path else Material()


def _program(user: Mapping[str, Any], folder: str) -> Program | None:
    found = user.get("exec")
    if not isinstance(found, Mapping):
        return None
    variables = [item for item in _list(found.get("env")) if isinstance(item, Mapping)]
    return Program(
        command=(str(found.get("command") or ""), *map(str, _list(found.get("args")))),
        environment={str(item.get("name")): str(item.get("value")) for item in variables},
        api_version=str(found.get("apiVersion") or ""),
        folder=folder,
        hint=str(found.get("installHint") or "").strip(),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
