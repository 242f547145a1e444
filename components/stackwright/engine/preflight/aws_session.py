"""Says when the caller's AWS session ended, and how a new one is begun."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def ended() -> str:
    """Return when the session ended, as the begin of an end of a sentence; empty if not known."""
    when = os.environ.get("AWS_CREDENTIAL_EXPIRATION", "") if _from_variables() else _sso_end()
    return f" since {when}" if when else ""


def sign_in() -> str:
    """Return the command that begins a new session."""
    profile = os.environ.get("AWS_PROFILE", "")
    command = f"aws sso login --profile {profile}" if profile else "aws sso login"
    # What stands in variables would win over the new session.
    return f"unset {' '.join(_KEYS)} && {command}" if _from_variables() else command


def _from_variables() -> bool:
    return bool(os.environ.get(_KEYS[0]))


def _sso_end() -> str:
    """Return when the session of single sign-on ended, from the cache that botocore keeps."""
    import botocore.session
    from botocore.exceptions import BotoCoreError
    from botocore.utils import JSONFileCache, SSOTokenLoader

    cache = JSONFileCache(str(Path("~/.aws/sso/cache").expanduser()))
    try:
        session = botocore.session.Session()
        config: Mapping[str, Any] = session.full_config
        profile = config["profiles"][session.profile or "default"]
        name = profile.get("sso_session")
        sessions = config.get("sso_sessions", {})
        start = sessions.get(name, profile).get("sso_start_url", "")
        token = SSOTokenLoader(cache=cache)(start, session_name=name)
        return str(token["expiresAt"])
    except (BotoCoreError, KeyError, OSError, ValueError):
        return ""
