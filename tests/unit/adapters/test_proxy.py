"""Which proxy a request takes, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY: one table for all clients
of the cloud."""

from pathlib import Path
from typing import Final

import pytest

from flink_workspace_operator.adapters.alibaba.proxy import (
    UnusableProxy,
    proxies_in,
    proxy_for,
    proxy_for_url,
    shown,
)
from flink_workspace_operator.adapters.alibaba.transport import unusable_variables

PROXY: Final = "http://proxy.example.com:3128"
STS: Final = "sts.aliyuncs.com"
NO_PROXY: Final = [
    # entry, host, port, direct
    ("", STS, 443, False),
    ("*", STS, 443, True),
    ("other.example.com,*", STS, 443, True),
    ("sts.aliyuncs.com", STS, 443, True),
    ("STS.Aliyuncs.COM", STS, 443, True),
    ("sts.aliyuncs.com", "STS.ALIYUNCS.COM.", 443, True),
    ("sts.aliyuncs.com", "ram.aliyuncs.com", 443, False),
    ("aliyuncs.com", STS, 443, True),
    ("aliyuncs.com", "aliyuncs.com", 443, True),
    (".aliyuncs.com", STS, 443, True),
    (".aliyuncs.com", "aliyuncs.com", 443, True),
    ("*.aliyuncs.com", STS, 443, True),
    ("yuncs.com", STS, 443, False),
    (".yuncs.com", STS, 443, False),
    ("sts.aliyuncs.com.evil.example", STS, 443, False),
    (" localhost , aliyuncs.com ", STS, 443, True),
    ("localhost aliyuncs.com", STS, 443, True),
    (",,", STS, 443, False),
    (".", STS, 443, False),
    ("sts.aliyuncs.com:443", STS, 443, True),
    ("sts.aliyuncs.com:443", STS, 8443, False),
    (".aliyuncs.com:443", STS, 443, True),
    ("aliyuncs.com:8443", STS, 443, False),
    ("10.1.2.3", "10.1.2.3", 443, True),
    ("10.1.2.3", "10.1.2.4", 443, False),
    ("1.2.3", "10.1.2.3", 443, False),
    ("2.3", "10.1.2.3", 443, False),
    ("10.1.2.3:443", "10.1.2.3", 443, True),
    ("10.1.2.3:443", "10.1.2.3", 80, False),
    ("10.0.0.0/8", "10.1.2.3", 443, True),
    ("10.9.9.9/8", "10.1.2.3", 443, True),
    ("10.0.0.0/8", "11.1.2.3", 443, False),
    ("10.0.0.0/8", STS, 443, False),
    ("0.0.0.0/0", "10.1.2.3", 443, True),
    ("10.0.0.0/64", "10.1.2.3", 443, False),
    ("fd00::/8", "fd00::1", 443, True),
    ("fd00::/8", "10.1.2.3", 443, False),
    ("fd00:0::1", "FD00::1", 443, True),
    ("[fd00::1]:443", "fd00::1", 443, True),
    ("[fd00::1]:443", "fd00::1", 80, False),
    ("[fd00::1]", "[fd00::1]", 443, True),
    ("https://sts.aliyuncs.com", STS, 443, False),
    ("a:b:c", STS, 443, False),
]


@pytest.mark.parametrize(("no_proxy", "host", "port", "direct"), NO_PROXY)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_no_proxy(no_proxy: str, host: str, port: int, direct: bool, variable: str) -> None:
    """Names with all below them, addresses, networks, one port of these, and everything."""
    environment = {"HTTPS_PROXY": PROXY, variable: no_proxy}
    assert proxy_for("https", host, port, environment) == (None if direct else PROXY)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_scheme_has_its_variable(scheme: str) -> None:
    """In capitals or not; the one in capitals counts; an empty one is none; the other scheme's is
    not taken."""
    other = {"HTTP_PROXY", "HTTPS_PROXY"} - {f"{scheme.upper()}_PROXY"}
    for environment, proxy in (
        ({}, None),
        ({f"{scheme}_proxy": PROXY}, PROXY),
        ({f"{scheme.upper()}_PROXY": PROXY}, PROXY),
        ({f"{scheme.upper()}_PROXY": PROXY, f"{scheme}_proxy": "http://other"}, PROXY),
        ({f"{scheme.upper()}_PROXY": "", f"{scheme}_proxy": PROXY}, PROXY),
        ({f"{scheme.upper()}_PROXY": " "}, None),
        (dict.fromkeys(other, PROXY), None),
    ):
        assert proxy_for_url(f"{scheme}://{STS}", environment) == proxy


@pytest.mark.parametrize("path", ["", "/latest/meta-data/ram/security-credentials/"])
def test_the_metadata_service_is_always_asked_directly(path: str) -> None:
    """Through a proxy it would answer with the keys of the proxy's own machine, and show them to
    it."""
    assert proxy_for_url(f"http://100.100.100.200{path}", {"HTTP_PROXY": PROXY}) is None


@pytest.mark.parametrize(
    ("written", "proxy"),
    [
        ("proxy:3128", "http://proxy:3128"),
        ("https://proxy", "https://proxy"),
        ("http://u:p%40@p:1/", None),
    ],
)
def test_a_proxy_as_people_write_it(written: str, proxy: str | None) -> None:
    """Without a scheme it is spoken to without TLS."""
    assert proxy_for("https", STS, 443, {"HTTPS_PROXY": written}) == (proxy or written)


@pytest.mark.parametrize(
    "written",
    [
        "socks5://proxy:1080",
        "http://",
        "http://u:se#cret@proxy:1",
        "http://proxy:port",
        "http://proxy:99999",
        "a b://c",
    ],
)
def test_what_is_no_proxy_is_refused_without_its_value(written: str) -> None:
    """Before anything starts, and by the variable alone: a password may be in it."""
    environment = {"https_proxy": written}
    with pytest.raises(UnusableProxy) as refused:
        proxy_for("https", STS, 443, environment)
    assert str(refused.value) == "HTTPS_PROXY"
    [said] = unusable_variables(environment)
    assert said.startswith("HTTPS_PROXY: must be like http://host:port")
    assert "proxy:" not in said
    assert "cret" not in said


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_authorities_that_cannot_be_read_are_refused(
    variable: str, content: bytes | None, tmp_path: Path
) -> None:
    """Else the cloud would be called untrusted, and nobody would look for the file."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    assert list(unusable_variables({variable: str(file)})) == [
        f"{variable}: names no file of certificates that can be read"
    ]


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://user:password@proxy:3128", "proxy:3128"),
        ("http://user@proxy", "proxy:80"),
        ("https://user:password@proxy", "proxy:443"),
        ("http://[fd00::1]:3128/", "[fd00::1]:3128"),
    ],
)
def test_a_proxy_is_shown_without_user_and_password(proxy: str, told: str) -> None:
    """Host and port are what people look for."""
    assert shown(proxy) == told
    assert list(proxies_in({"HTTP_PROXY": proxy})) == [("HTTP_PROXY", told)]
