"""Keeping keys out of what is stored: the last guard before an exchange with an LLM reaches a file."""

from __future__ import annotations

import os
import re

from .json_form import Json

REDACTED = "[removed]"

_SECRET_NAMES = {"authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "cookie", "set-cookie"}
_SECRET_VARIABLE = re.compile(r"(_API_KEY|_AUTH_TOKEN|_ACCESS_TOKEN|_SECRET)$|^HF_TOKEN$")
_BEARER = re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/-]{8,}=*")
_KEY = re.compile(r"\bsk-[A-Za-z0-9_-]{16,}")
_LOGIN = re.compile(r"(?<=://)[^\s/\"']+(?=@)")
_ADDRESS_LOGIN = re.compile(r"^([\w+.-]+:/+)[^/]*@|^[^/\\:@]*:[^/\\]*@")
"""Behind the scheme, or a user and password where that was forgotten; a password may hold an @ that should be %40."""

_SHORTEST = 8


def without_secrets(value: Json) -> Json:
    """``value`` without headers that carry keys, bearer tokens, logins in addresses and the environment's keys.

    Whoever records an exchange leaves them out to begin with; this is for the day on which somebody forgets.
    """
    known = sorted(
        (text for name, text in os.environ.items() if _SECRET_VARIABLE.search(name) and len(text) >= _SHORTEST),
        key=len,
        reverse=True,
    )
    return _cleaned(value, known)


def _cleaned(value: Json, known: list[str]) -> Json:
    if isinstance(value, str):
        for secret in known:
            value = value.replace(secret, REDACTED)
        return _LOGIN.sub(REDACTED, _KEY.sub(REDACTED, _BEARER.sub(rf"\1{REDACTED}", value)))
    if isinstance(value, list | tuple):
        return [_cleaned(entry, known) for entry in value]
    if isinstance(value, dict):
        return {
            key: REDACTED if str(key).lower().replace("_", "-") in _SECRET_NAMES else _cleaned(entry, known)
            for key, entry in value.items()
        }
    return value


def without_login(address: str) -> str:
    """``address``, which need not be a valid one, without a user name and password in it: for messages."""
    return _ADDRESS_LOGIN.sub(lambda match: match[1] or "", address)
