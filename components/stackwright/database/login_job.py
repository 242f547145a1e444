"""The Job that makes one database and its role on a PostgreSQL server, by psql."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input
from pulumi_kubernetes.batch.v1 import Job

from stackwright.contracts import SecretSource
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.pods import container_security, placement, pod_security
from stackwright.kubernetes.releases import image
from stackwright.kubernetes.workloads import resources

DEADLINE_SECONDS = 540
"""Less than the ten minutes that Pulumi waits for a Job, so that its own message is seen."""

IMAGE = "docker.io/library/postgres:17.6-alpine3.22"
"""psql; it brings the roots of public certificate authorities too."""

ADMINISTRATOR_SECRET = "administrator"  # noqa: S105 - the name of a Secret, not a secret
COMPONENT = "logins"
"""Name of the Jobs' service account, and value of their label `app.kubernetes.io/name`."""

LOGIN_LABEL = "stackwright.dev/login"

PASSWORD_FILE = '*:*:*:*:{{ .password | replace "\\\\" "\\\\\\\\" | replace ":" "\\\\:" }}'  # noqa: S105
"""Line of a libpq password file, in which colon and backslash are escaped (PostgreSQL
documentation, "The Password File")."""

SCRIPT = r"""umask 077
cp /secrets/administrator/pgpass /tmp/pgpass
export PGPASSFILE=/tmp/pgpass
cat >/tmp/login.sql <<'SQL'
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', :'login')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec
\password :login
GRANT :"login" TO CURRENT_USER;
SELECT format('CREATE DATABASE %I OWNER %I', :'login', :'login')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'login') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE :"login" FROM PUBLIC;
SQL
password=$(cat /secrets/login/password)
printf '%s\n%s\n' "$password" "$password" |
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=login="$LOGIN" --file=/tmp/login.sql
"""
"""Makes what is missing and sets the password; to run it again changes nothing else.

libpq refuses a password file that a group may read, which a mounted Secret is, hence the copy.
`\\password` reads the password from the input and sends only its hash, so that the server's log
never holds it. A creator who is no superuser must join the role to make it the owner.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server as its administrator reaches it."""

    host: Input[str]
    """Host name of the server."""
    username: str
    """Role that may make roles and databases."""
    password: SecretSource
    """Where that role's password is kept."""
    port: int = 5432
    """TCP port of the server."""
    sslmode: str = "require"
    """How TLS is demanded: `require` or `verify-full`."""
    database: str = "postgres"
    """Database that the administrator connects to."""
    prefix: str = ""
    """Begin of the names of databases and roles, where a server has those of others too."""

    @property
    def sslrootcert(self) -> str:
        """Who vouches for the certificate; empty where nobody is asked.

        libpq refuses `system` together with anything weaker than `verify-full`.
        """
        return "system" if self.sslmode == "verify-full" else ""


def login_job(
    name: str,
    names: ObjectNames,
    server: Server,
    *,
    secret: str,
    login: str,
    opts: pulumi.ResourceOptions,
) -> Job:
    """Make a database and the role that owns it, and set the role's password.

    Args:
        name: Name of the resource.
        names: Names and labels of the instance.
        server: Where the database is made.
        secret: Secret whose key `password` is the role's password; begin of the Job's name.
        login: Name of the database and of the role; the Job's label `LOGIN_LABEL`.
        opts: Options of the resource.
    """
    settings = _settings(names, server)
    # A Job never changes: other settings make another Job, under another name.
    suffix = _checksum({"script": SCRIPT, "login": login, **settings})
    labels = names.metadata(secret, component=COMPONENT)["labels"]
    return Job(
        name,
        metadata=names.metadata(
            f"{secret}-{suffix}",
            component=COMPONENT,
            labels={LOGIN_LABEL: login},
            annotations={"pulumi.com/replaceUnready": "true"},
        ),
        spec={
            # Without ttl_seconds_after_finished: a Job that removes itself is missing at the
            # next deployment, and would be made again each time.
            "backoff_limit": 6,
            "active_deadline_seconds": DEADLINE_SECONDS,
            "template": {
                "metadata": {"labels": labels, "annotations": names.settings.annotations},
                "spec": _pod(names, secret, _container(settings, server, login)),
            },
        },
        opts=opts,
    )


def _pod(names: ObjectNames, secret: str, container: Any) -> Any:
    return {
        "restart_policy": "Never",
        "service_account_name": COMPONENT,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pod_security(),
        "containers": [container],
        "volumes": [
            {"name": "tmp", "empty_dir": {"medium": "Memory", "size_limit": "1Mi"}},
            _secret_volume("administrator", ADMINISTRATOR_SECRET, "pgpass"),
            _secret_volume("login", secret, "password"),
        ],
        **placement(names.settings),
    }


def _container(settings: Mapping[str, str], server: Server, login: str) -> Any:
    variables = {
        **{key: value for key, value in settings.items() if key != "image"},
        "PGHOST": server.host,
        "LOGIN": login,
    }
    return {
        "name": "psql",
        "image": settings["image"],
        "image_pull_policy": "IfNotPresent",
        "command": ["sh", "-ceu", SCRIPT],
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "security_context": container_security(),
        "resources": resources("50m", "64Mi"),
        "volume_mounts": [
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108
            *(
                {"name": volume, "mount_path": f"/secrets/{volume}", "read_only": True}
                for volume in ("administrator", "login")
            ),
        ],
    }


def _settings(names: ObjectNames, server: Server) -> dict[str, str]:
    """Return the image, and the settings of libpq that are known before anything exists."""
    # Public authorities; libpq refuses them together with a weaker mode.
    roots = {"PGSSLROOTCERT": server.sslrootcert} if server.sslrootcert else {}
    return {
        "image": image(IMAGE, names.scope),
        "PGPORT": str(server.port),
        "PGUSER": server.username,
        "PGDATABASE": server.database,
        "PGSSLMODE": server.sslmode,
        "PGCONNECT_TIMEOUT": "10",
        **roots,
    }


def _secret_volume(name: str, secret: str, key: str) -> Any:
    items = [{"key": key, "path": key}]
    return {"name": name, "secret": {"secret_name": secret, "items": items, "default_mode": 0o440}}


def _checksum(settings: Mapping[str, str]) -> str:
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
