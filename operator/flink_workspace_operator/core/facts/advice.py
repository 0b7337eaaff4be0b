"""Advice for a person about a failure of the cloud."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.facts.failures import CloudFailure, SignatureExpired

REPEATED: Final = "the operator asks again"

ADVICE: Final[Mapping[str, str]] = {
    "CredentialsRefused": (
        "put a valid one into the Secret of spec.credentials; else give it to the operator"
    ),
    "KeyRefused": "check the role: its name or ARN, what it trusts, and that it exists",
    "SecretMissing": (
        "create it, with the keys accessKeyId and accessKeySecret, or correct secretName"
    ),
    "SecretIncomplete": (
        "put accessKeyId and accessKeySecret into it, both of one line and not empty"
    ),
    "SecretRefused": (
        "let the operator get and patch that Secret, by a Role of this namespace that names it"
    ),
    "IdentityNotAllowed": (
        "name a Secret with keys in spec.credentials.secretName, or have the namespace put on the"
        " operator's list FLINK_OPERATOR_IDENTITY_NAMESPACES"
    ),
    "AccountNotAllowed": (
        "give the operator a key of that account, or correct the setting; or name a Secret with"
        " keys in spec.credentials.secretName"
    ),
    "BalanceTooLow": "top up the account",
    "NotFound": (
        "create what is missing, or correct its name in the spec or in the operator's settings"
    ),
    "UnpaidOrder": "pay or cancel the unpaid order in the console",
    "ServiceNotActivated": "open the service in the console",
    "RoleNotAuthorised": "authorise Flink in its console",
    "NameTaken": "choose another workspaceName",
    "ParametersRefused": "change the spec",
    "Unexplained": "look for it in the console, or ask the cloud's support what the code means",
    "Throttled": REPEATED,
    "KeyUnavailable": REPEATED,
    "Unreachable": REPEATED,
    "Garbled": REPEATED,
    "ListChanged": REPEATED,
    "ServerError": REPEATED,
}
"""By the failure's reason. For a missing permission: grant the action that the failure names."""


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
    advice = "; ".join(each for each in (cause(failure), ADVICE.get(failure.reason)) if each)
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
    if ADVICE.get(failure.reason) != REPEATED:
        return describe(failure)
    why = cause(failure)
    return f"{failure}: {why}" if why else str(failure)
