"""The proxy that a request to the cloud takes: one rule for all clients, from HTTPS_PROXY,
HTTP_PROXY and NO_PROXY.

Pure: the environment is an argument. Where two spellings of a variable are set, the one in capitals
counts.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

METADATA_SERVICE: Final = "100.100.100.200"
"""Of ECS.

It hands out keys to whoever asks from a node, so a proxy must not be the one who asks.
"""
PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
PROXY_VARIABLES: Final[Mapping[str, str]] = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY"}
"""By the scheme of the request."""
_SEPARATORS: Final = re.compile(r"[,\s]+")
_ENTRY: Final = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:]+))(?::(?P<port>[0-9]+))?")


class UnusableProxy(OSError):
    """A variable that names no proxy.

    Carries the variable, never the value: it may hold a password.
    """


@dataclass(frozen=True)
class _Target:
    """Whom a request is addressed to."""

    host: str
    port: int


def proxy_for(scheme: str, host: str, port: int, environment: Mapping[str, str]) -> str | None:
    """The proxy's URL, None for a direct connection. Raises `UnusableProxy`."""
    target = _Target(_plain(host), port)
    if target.host == METADATA_SERVICE or _is_exempt(target, _value("NO_PROXY", environment)):
        return None
    value = _value(PROXY_VARIABLES[scheme], environment)
    return _proxy_url(PROXY_VARIABLES[scheme], value) if value else None


def proxy_for_url(url: str, environment: Mapping[str, str]) -> str | None:
    """The same for a whole URL."""
    parts = urlsplit(url)
    return proxy_for(
        parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], environment
    )


def shown(proxy: str) -> str:
    """A proxy as people are told of it: `host:port`, without user and password."""
    parts = urlsplit(proxy)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or PORTS[parts.scheme]}"


def proxies_in(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The variables that name a proxy, each with that proxy as it may be shown.

    Raises `UnusableProxy`.
    """
    for variable in PROXY_VARIABLES.values():
        if value := _value(variable, environment):
            yield variable, shown(_proxy_url(variable, value))


def _value(variable: str, environment: Mapping[str, str]) -> str:
    return (environment.get(variable) or environment.get(variable.lower()) or "").strip()


def _proxy_url(variable: str, value: str) -> str:
    """The URL of the proxy; `host:port` alone means http."""
    url = value if "://" in value else f"http://{value}"
    with suppress(ValueError):
        parts = urlsplit(url)
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
        if usable and parts.path in ("", "/") and not parts.query and not parts.fragment:
            return url
    raise UnusableProxy(variable)


def _is_exempt(target: _Target, no_proxy: str) -> bool:
    return any(_covers(entry, target) for entry in _SEPARATORS.split(no_proxy.lower()) if entry)


def _covers(entry: str, target: _Target) -> bool:
    """One entry of NO_PROXY against a target."""
    if entry == "*":
        return True
    if "/" in entry:
        return _is_in_network(target.host, entry)
    if _address(entry) is not None:  # of IPv6, too, whose colons are no port's
        return _is_named(entry, target.host)
    parts = _ENTRY.fullmatch(entry)
    if parts is None or (parts["port"] and int(parts["port"]) != target.port):
        return False
    return _is_named(parts["v6"] or parts["host"], target.host)


def _is_named(name: str, host: str) -> bool:
    """An address names itself; a name, with a dot before it or without, itself and all below it."""
    if _address(name) is not None or _address(host) is not None:
        return _address(name) == _address(host)
    domain = _plain(name.removeprefix("*").lstrip("."))
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _is_in_network(host: str, network: str) -> bool:
    """A name is in no network: it is not looked up for this."""
    address = _address(host)
    with suppress(ValueError):
        return address is not None and address in ipaddress.ip_network(network, strict=False)
    return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with suppress(ValueError):
        return ipaddress.ip_address(text)
    return None


def _plain(host: str) -> str:
    """A host name to compare."""
    return host.lower().rstrip(".").removeprefix("[").removesuffix("]")
