"""Advice for a person about a failure of the cloud."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from flink_workspace_operator.core.facts.failures import (
    ASKED_AGAIN,
    CloudFailure,
    PermissionMissing,
    Refused,
    SignatureExpired,
    Throttled,
)
from flink_workspace_operator.core.facts.identity import SignedBy
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused, SecretRefused

CAUSES: Final[Mapping[str, str]] = {
    "CertificateNotTrusted": (
        "its certificate is not trusted: name a file of authorities in SSL_CERT_FILE"
    ),
    "TlsFailed": "the TLS handshake failed: check what is between the operator and the cloud",
    "NameNotResolved": "its host name has no address: check DNS, the region and the endpoint",
    "ConnectionRefused": "its address refuses connections: check the endpoint",
    "ConnectTimeout": "no connection was made in time: check routes, firewalls and NetworkPolicies",
    "TokenFileMissing": (
        "check that RRSA is on and its webhook runs, then restart the Pod, to which the webhook"
        " adds the file"
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


ROLE_CHANGES: Final = frozenset({"ram:CreateRole", "ram:AttachPolicyToRole"})
"""RAM actions that nobody needs who creates the role manually."""
LONGEST_WAIT: Final = 60.0
"""Longest wait, in seconds, until a failed question is asked again. The cloud may want more."""
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
    return _line(failure, instruction(failure))


def _line(failure: CloudFailure, advice: str) -> str:
    """Failure, cause and advice with one colon, before the first thing to do."""
    why = cause(failure)
    if why is None:
        return f"{failure}: {advice}" if advice else str(failure)
    begin = f"{failure}, as {why}" if ": " in why else f"{failure}: {why}"
    return f"{begin}; {advice}" if advice else begin


def instruction(failure: CloudFailure) -> str:
    """The thing to do about a failure; empty if there is none."""
    match failure:
        case CredentialsRefused(signed_by=SignedBy(key_begin=str())):
            return "put a valid one into accessKeyId and accessKeySecret"
        case PermissionMissing(action=action) if ROLE_CHANGES.intersection(action.split(", ")):
            return f"{failure.advice}, or set ramRole.management to 'Require'"
        case SecretRefused():
            return failure.command
        case Throttled(retry_after=float(seconds)) if seconds > LONGEST_WAIT:
            return f"asked again in {how_far(seconds)}"
        case Refused():
            return failure.advice.format(account=failure.account)
        case _:
            return failure.advice


def all_rights(failures: Iterable[object]) -> PermissionMissing | None:
    """One failure about all the rights that are missing; None if none is."""
    missing = [each for each in failures if isinstance(each, PermissionMissing)]
    if not missing:
        return None
    rights = dict.fromkeys(each.action or f"call {each.call}" for each in missing)
    together = replace(missing[0], action=", ".join(rights))
    together.signed_by = missing[0].signed_by
    return together


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
    return describe(failure) if failure.advice != ASKED_AGAIN else _line(failure, "")


def in_brackets(line: str) -> str:
    """The line with its advice in brackets, so that it fits behind a colon."""
    what, colon, advice = line.partition(": ")
    return f"{what} ({advice})" if colon else what


def as_sentences(line: str) -> str:
    """The line without its colon, so that it fits behind another one."""
    what, colon, advice = line.partition(": ")
    return f"{what}. {advice[:1].upper()}{advice[1:]}" if colon else what
