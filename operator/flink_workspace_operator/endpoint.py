"""The one base URL that a setting may put in the place of the real cloud, and what it may be."""

import ipaddress
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

FORM: Final = "must be like http://host:port or https://host, with nothing before the host or after the port"
"""What is said of anything else. The value is not repeated: a password may be in it."""


def checked_form(endpoint: str) -> str:
    """The same text. Raises ValueError where it is more, or less, than scheme, host and port."""
    parts = _parts(endpoint)
    if parts is None or not endpoint.startswith(("http://", "https://")) or not parts.hostname:
        raise ValueError(FORM)
    if any(mark in endpoint for mark in "@?#\\") or parts.path or any(each.isspace() for each in endpoint):
        raise ValueError(FORM)
    return endpoint


def is_plain(endpoint: str) -> bool:
    """True without TLS: whoever is on the way reads and answers."""
    return urlsplit(endpoint).scheme == "http"


def is_loopback(endpoint: str) -> bool:
    """True if calls stay on this machine, or in this Pod. No name is looked up for this."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _parts(endpoint: str) -> SplitResult | None:
    with suppress(ValueError):
        parts = urlsplit(endpoint)
        return parts if parts.port != 0 else None  # the port is read here: one that is no number is a ValueError
    return None
