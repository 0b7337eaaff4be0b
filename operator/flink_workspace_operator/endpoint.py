"""The base URL that a setting may put in the place of the real cloud, and its checks."""

import ipaddress
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

FORM: Final = (
    "must be like http://host:port or https://host, with nothing before the host or after the port"
)
"""The error on any other value. The value is not repeated: it may contain a password."""


def checked_form(endpoint: str) -> str:
    """The endpoint. Raises ValueError unless it is scheme, host and port."""
    parts = _parts(endpoint)
    if parts is None or not endpoint.startswith(("http://", "https://")) or not parts.hostname:
        raise ValueError(FORM)
    if (
        any(mark in endpoint for mark in "@?#\\")
        or parts.path
        or any(each.isspace() for each in endpoint)
    ):
        raise ValueError(FORM)
    return endpoint


def is_plain(endpoint: str) -> bool:
    """True without TLS: anybody on the network path can read calls and forge answers."""
    return urlsplit(endpoint).scheme == "http"


def is_loopback(endpoint: str) -> bool:
    """True if calls stay on this machine, or in this Pod. Resolves no name."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _parts(endpoint: str) -> SplitResult | None:
    with suppress(ValueError):
        parts = urlsplit(endpoint)
        return (
            parts if parts.port != 0 else None
        )  # the port is read here: one that is no number is a ValueError
    return None
