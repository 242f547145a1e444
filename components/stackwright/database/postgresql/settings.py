"""What a user writes about a PostgreSQL server that is already there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import BlueprintModel, DnsSubdomain, Wording
from stackwright.claims import Claim, Layer, SecretStoreClaim
from stackwright.secret_reference import SecretReference
from stackwright.tool import KubernetesToolSettings

RoleName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=63),
    Wording(
        "a name of at most 63 letters, digits, hyphens and underscores, which does not start with"
        " a digit or hyphen,"
    ),
]


class SslMode(StrEnum):
    """How TLS is demanded, in libpq's words."""

    REQUIRE = "require"
    """Every connection is encrypted; who the server is stays unchecked."""
    VERIFY_FULL = "verify-full"
    """The server's certificate is of a public authority and of its host name."""


class Administrator(BlueprintModel):
    """The role that makes databases and roles."""

    username: RoleName = Field(
        examples=["platform_admin"], json_schema_extra={"x-example-only": True}
    )
    """Name of a role with the rights CREATEDB and CREATEROLE."""
    password: SecretReference = Field(
        examples=[
            {
                "from": "kubernetes",
                "namespace": "secrets",
                "name": "postgresql",
                "key": "password",
            }
        ],
        json_schema_extra={"x-example-only": True},
    )
    """Where the role's password is kept."""


class PostgresqlSettings(KubernetesToolSettings):
    """PostgreSQL that is already there: a database and a role for each consumer."""

    title: ClassVar[str] = "Given PostgreSQL"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "Postgresql"}
    contract: ClassVar[str] = "RelationalDatabase"

    kind: Literal["postgresql"]
    host: DnsSubdomain = Field(
        examples=["postgres.example.com"], json_schema_extra={"x-example-only": True}
    )
    """Host name of the server, as pods reach it."""
    port: int = Field(default=5432, ge=1, le=65535)
    """TCP port of the server."""
    sslmode: SslMode = SslMode.REQUIRE
    """How TLS is demanded of the server."""
    administrator: Administrator
    """The role that makes databases and roles."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what brings the administrator's password."""
        password = self.administrator.password
        return {**super().claims(layer), "secrets": SecretStoreClaim(references=(password,))}
