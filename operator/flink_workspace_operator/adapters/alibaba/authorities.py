"""The authorities that the clients of the cloud trust: the system's, the SDKs', and those that
two variables name.
"""

import ssl
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import certifi

CA_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Each names a file of certificates in PEM that are trusted, too."""


class UnusableAuthorities(OSError):
    """A variable that names no certificates that can be read. Carries the variable."""


def trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """For every client alike; read once, when it is first needed. Raises `UnusableAuthorities`."""
    return _trusting(tuple((name, environment.get(name, "")) for name in CA_VARIABLES))


@lru_cache(maxsize=8)
def _trusting(named: tuple[tuple[str, str], ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    for variable, place in named:
        if place:
            _add(context, variable, Path(place))
    return context


def _add(context: ssl.SSLContext, variable: str, place: Path) -> None:
    """A file, or a folder as OpenSSL's c_rehash leaves it."""
    try:
        if place.is_dir():
            context.load_verify_locations(capath=place)
        else:
            context.load_verify_locations(cafile=place)
    except OSError:  # it is not there, may not be read, or holds no certificate
        raise UnusableAuthorities(variable) from None
