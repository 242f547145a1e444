"""Where a new platform keeps its state and what encrypts the secrets in it, as Pulumi writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from stackwright.blueprint.flow import flow
from stackwright.blueprint.shown import looks_secret, shown
from stackwright.claims import Layer
from stackwright.data.aws_regions import REGIONS
from stackwright.errors import InputError, Problem

LOCAL = "local"
PULUMI_CLOUD = "pulumi-cloud"
PASSPHRASE = "passphrase"  # noqa: S105  # the kind, no secret

STATE_FORMS = f"{LOCAL}, s3://BUCKET?region=REGION, {PULUMI_CLOUD}"
SECRETS_FORMS = f"{PASSPHRASE}, awskms://alias/NAME?region=REGION"

STATE_FOLDER = "state"
"""Folder of a local state, beside the blueprint."""

_LOCAL_URL = f"file://../../{STATE_FOLDER}?dir_file_mode=0700"
"""Seen from a layer's folder, where Pulumi starts the path; what it makes there is private."""

_CLOUD_URL = "https://api.pulumi.com"

_BACKENDS = ("s3", "gs", "azblob", "https", "file")
_KEYS = ("awskms", "gcpkms", "azurekeyvault", "hashivault")

_ADDRESS = re.compile(r"[a-z0-9]+://[!-~]+")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""Name of a bucket (Amazon S3 user guide, bucket naming rules)."""


@dataclass(frozen=True, slots=True)
class StateChoice:
    """What Pulumi's own files say about state."""

    url: str
    """Backend, from the folder of a layer."""
    secrets_provider: str
    """What encrypts secrets; empty for the keys of a Pulumi Cloud."""

    @property
    def is_local(self) -> bool:
        """Tell whether state lives in the folder beside the blueprint."""
        return self.url == _LOCAL_URL

    @property
    def told(self) -> str:
        """The secrets provider that Pulumi must be told; empty when it takes it by itself."""
        own = "" if self.url.startswith("https://") else PASSPHRASE
        return "" if self.secrets_provider == own else self.secrets_provider

    @property
    def project_lines(self) -> str:
        """What the project file of each layer says."""
        return f"backend:\n  url: {flow(self.url)}\n"

    def files(self, layers: Sequence[Layer], environments: Sequence[str]) -> Mapping[str, str]:
        """Return the files that hold the choice, besides the project files: path -> text."""
        found: dict[str, str] = {}
        if self.told:
            text = f"secretsprovider: {flow(self.told)}\n"
            for layer in layers:
                found |= {f"stacks/{layer}/Pulumi.{name}.yaml": text for name in environments}
        if self.is_local:
            # A folder that hides itself, so that no clone has an empty state by mistake.
            found[f"{STATE_FOLDER}/.gitignore"] = "*\n"
        return found


def state_choice(state: str = LOCAL, secrets: str = "") -> StateChoice:
    """Return a choice from its words on the command line.

    Args:
        state: `local`, `pulumi-cloud`, or the address of a backend of Pulumi.
        secrets: `passphrase` or the address of a key; what the backend does by itself when empty.

    Raises:
        InputError: Something is wrong in them.
    """
    url = {LOCAL: _LOCAL_URL, PULUMI_CLOUD: _CLOUD_URL}.get(state) or _backend(state)
    if not secrets:
        secrets = "" if url.startswith("https://") else PASSPHRASE
    elif secrets != PASSPHRASE:
        _check(secrets, "--secrets", _KEYS, SECRETS_FORMS)
    return StateChoice(url, secrets)


def has_no_keys_of_its_own(state: str) -> bool:
    """Tell whether state lives with others, at a place that encrypts no secrets by itself."""
    return state not in (LOCAL, PULUMI_CLOUD) and not state.startswith("https://")


def _backend(text: str) -> str:
    parts = _check(text, "--state", _BACKENDS, STATE_FORMS)
    if parts.scheme != "s3":
        return text
    if not _BUCKET.fullmatch(parts.netloc):
        raise _wrong("--state", f"{shown(parts.netloc)} is not the name of a bucket.")
    # Older versions of Pulumi take another SDK of AWS unless they are told.
    return text if "awssdk" in parse_qs(parts.query) else f"{text}&awssdk=v2"


def _check(text: str, option: str, schemes: Sequence[str], forms: str) -> SplitResult:
    """Return the parts of an address.

    Raises:
        InputError: It is none, holds a password, or lacks a region that is known.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _wrong(option, f"{shown(text)} is no address; expected is one of {forms}.") from None
    if parts.scheme not in schemes or not _ADDRESS.fullmatch(text):
        raise _wrong(option, f"{shown(text)} does not fit; expected is one of {forms}.")
    if "@" in parts.netloc or looks_secret(text):
        raise _wrong(option, "an address that holds a password is written to files; leave it out.")
    if parts.scheme in ("s3", "awskms"):
        _check_region(parts, option)
    return parts


def _check_region(parts: SplitResult, option: str) -> None:
    regions = parse_qs(parts.query).get("region", [])
    known = {region for group in REGIONS.values() for region in group}
    if len(regions) != 1 or regions[0] not in known:
        said = shown(regions[0]) if regions else "no region"
        message = f"{said} is given; a region of AWS is expected, such as ?region=eu-west-1."
        raise _wrong(option, message)


def _wrong(option: str, message: str) -> InputError:
    return InputError([Problem(message, path=option)])
