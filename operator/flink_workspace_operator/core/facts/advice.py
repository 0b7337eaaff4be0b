"""Advice for a person about a failure of the cloud."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.facts.failures import (
    ASKED_AGAIN,
    CloudFailure,
    SignatureExpired,
)

CAUSES: Final[Mapping[str, str]] = {
    "CertificateNotTrusted": (
        "its certificate is not trusted: name a file of authorities in SSL_CERT_FILE"
    ),
    "TlsFailed": "the TLS handshake failed: check what is between the operator and the cloud",
    "NameNotResolved": "its host name has no address: check DNS, the region and the endpoint",
    "ConnectionRefused": "its address refuses connections: check the endpoint",
    "ConnectTimeout": "no connection was made in time: check routes, firewalls and NetworkPolicies",
    "TokenFileMissing": (
        "check that RRSA is on and its webhook runs, then restart the Pod: the webhook adds the"
        " file"
    ),
    "TokenFileUnreadable": (
        "check that the operator's user may read the file that ALIBABA_CLOUD_OIDC_TOKEN_FILE names"
    ),
    "ProxyNotReached": "the proxy refuses connections or has no address: check HTTPS_PROXY",
    "ProxyNotUsable": (
        "HTTPS_PROXY or HTTP_PROXY names no proxy: check that it is like http://host:port"
    ),
    "ProxyRefused407": "the proxy asks for a user and a password: check them in HTTPS_PROXY",
    "HTTP407": "a proxy asks for a user and a password: check them in HTTP_PROXY",
    "AuthoritiesNotUsable": (
        "SSL_CERT_FILE or REQUESTS_CA_BUNDLE names no file of certificates: check the path"
    ),
}
"""By the code of a request without an answer, or of an access key that could not be fetched."""
PROXY_REFUSED: Final = "the proxy does not let the operator through: allow the host there"


CLOCK_IS_RIGHT: Final = 60.0
"""Largest offset of this node's clock, in seconds, that explains no refusal."""


def how_far(seconds: float) -> str:
    """The difference between two clocks, in words that stay the same from pass to pass."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def describe(failure: CloudFailure) -> str:
    """One line about a failure with advice; the same while the situation is the same."""
    action = getattr(failure, "action", "")
    if action:
        return f"{failure}: grant the RAM action {action} to the operator's identity"
    advice = "; ".join(each for each in (cause(failure), failure.advice) if each)
    return f"{failure}: {advice}" if advice else str(failure)


def cause(failure: CloudFailure) -> str | None:
    """The cause of a failure, and the thing to check; None if the failure says it all."""
    if isinstance(failure, SignatureExpired):
        return _clock(failure.ahead)
    refused = PROXY_REFUSED if failure.code.startswith("ProxyRefused") else None
    return CAUSES.get(failure.code, refused)


def _clock(ahead: float | None) -> str | None:
    if ahead is None:
        return "compare this node's clock with the cloud's"
    if abs(ahead) < CLOCK_IS_RIGHT:
        return None
    return (
        f"this node's clock is {how_far(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the"
        " cloud's: correct it"
    )


def describe_call(failure: CloudFailure) -> str:
    """One line about a purchase call, which is sent once: it must not promise a retry."""
    if failure.advice != ASKED_AGAIN:
        return describe(failure)
    why = cause(failure)
    return f"{failure}: {why}" if why else str(failure)
