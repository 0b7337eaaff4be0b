"""What Alibaba Cloud's refusals mean: one table from its codes to our failures.

Message texts are never looked at.

A row with a `fate` says that the call was refused before anything was booked. Only codes of the
gateway may say so, because the gateway answers before the product sees the call, and even they do
so only with HTTP 4xx.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from flink_workspace_operator.core.facts import failures
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Fate,
    Garbled,
    PermissionMissing,
    ServerError,
    Throttled,
)

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_HTTP_STATUS: Final = re.compile(r"(HTTP|ProxyRefused)[1-5][0-9]{2}")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_RAM_ACTION: Final = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9*]{1,80}")


@dataclass(frozen=True)
class Row:
    """Codes of one meaning.

    `code` is compared without case (the cloud's spelling differs) and may end in `*`.
    """

    code: str
    failure: type[CloudFailure]
    source: str
    fate: Fate = "Unknown"


_GATEWAY = (
    "gateway error table, help.aliyun.com/document_detail/48054.html: refused before the product is"
    " called"
)
_COMMON = (
    "common error codes, help.aliyun.com/document_detail/60629.html: refused before the product is"
    " called"
)
_STS = (
    "alibabacloud.com/help/doc-detail/42775.htm: a temporary key without its token, refused by the"
    " gateway"
)
_VPC = "page of DescribeVSwitches: what is not there, or not there yet, as an empty list says"
_SEEN = "seen by others"
_RAM = "OpenAPI metadata of RAM and Resource Manager"
_OSS = "error pages of OSS"
# Open question: BusinessCodes.
_GUESS = "not published for this product; the spelling that the cloud's other products use"

TABLE: Final = (
    Row("Throttl*", Throttled, _GATEWAY, fate="CopyRefused"),
    Row("Rejected.Throttl*", Throttled, _GATEWAY, fate="CopyRefused"),
    Row("TooManyRequests", Throttled, _RAM, fate="CopyRefused"),
    Row("InvalidAccessKeyId", failures.CredentialsRefused, _OSS),
    Row("InvalidAccessKeyId.*", failures.CredentialsRefused, _GATEWAY, fate="CopyRefused"),
    Row(
        "MissingAccessKeyId",
        failures.CredentialsRefused,
        f"{_SEEN} where the signature is not whole",
        "CopyRefused",
    ),
    Row("MissingSecurityToken", failures.CredentialsRefused, _STS, fate="CopyRefused"),
    Row("InvalidSecurityToken", failures.CredentialsRefused, _OSS),
    Row("InvalidSecurityToken.*", failures.CredentialsRefused, _GATEWAY, fate="CopyRefused"),
    Row("SecurityTokenExpired", failures.CredentialsRefused, _OSS),
    Row("AccessKeyIdAndSecurityTokenNotMatch", failures.CredentialsRefused, _OSS),
    Row("IncompleteSignature", failures.CredentialsRefused, _GATEWAY, fate="CallRefused"),
    Row("SignatureDoesNotMatch", failures.CredentialsRefused, _GATEWAY, fate="CopyRefused"),
    Row("InvalidTimeStamp.Expired", failures.SignatureExpired, _GATEWAY, fate="CopyRefused"),
    Row("InvalidTimeStamp.Format", failures.Unexplained, _COMMON, fate="CallRefused"),
    Row("RequestTimeTooSkewed", failures.SignatureExpired, _OSS),
    # Unknown: an earlier copy of the same call used the nonce, and that one may have bought.
    Row("SignatureNonceUsed", failures.SignatureReplayed, _GATEWAY),
    Row("NoPermission", PermissionMissing, _GATEWAY, fate="CopyRefused"),
    Row("Forbidden", PermissionMissing, _GATEWAY, fate="CopyRefused"),
    Row("Forbidden.RAM", PermissionMissing, _GATEWAY, fate="CopyRefused"),
    Row("AccessDenied", PermissionMissing, _OSS),
    Row("InvalidAction.NotFound", failures.Unexplained, _GATEWAY, fate="CallRefused"),
    Row("InvalidApi.NotFound", failures.Unexplained, _COMMON, fate="CallRefused"),
    Row("InvalidProduct.NotFound", failures.Unexplained, _COMMON, fate="CallRefused"),
    Row("UnsupportedHTTPMethod", failures.Unexplained, _COMMON, fate="CallRefused"),
    Row("InvalidSignatureMethod", failures.Unexplained, _COMMON, fate="CallRefused"),
    Row("MissingParameter", failures.ParametersRefused, _GATEWAY, fate="CallRefused"),
    Row("InvalidParameter", failures.ParametersRefused, _GATEWAY, fate="CallRefused"),
    Row(
        "Missing*",
        failures.ParametersRefused,
        f"{_COMMON}. MissingVpcId and the like",
        fate="CallRefused",
    ),
    # From here on every fate is unknown: these are the products' own words. Open question:
    # UnpaidOrder.
    Row(
        "ORDER.INST_HAS_UNPAID_ORDER",
        failures.UnpaidOrder,
        "example of PriceInfo.Code in the OpenAPI metadata",
    ),
    Row(
        "INSUFFICIENT.AVAILABLE.QUOTA",
        failures.BalanceTooLow,
        "OpenAPI metadata of the billing API",
    ),
    Row("InsufficientBalance", failures.BalanceTooLow, _GUESS),
    Row("NotEnoughBalance", failures.BalanceTooLow, _GUESS),
    Row("InvalidAccountStatus.NotEnoughBalance", failures.BalanceTooLow, _GUESS),
    Row("InstanceNameAlreadyExists", failures.NameTaken, _GUESS),
    Row("NotAuthorized", PermissionMissing, _GUESS),
    Row("RoleNotAuthorized", failures.RoleNotAuthorised, _GUESS),
    Row("OssNotOpened", failures.ServiceNotActivated, _GUESS),
    Row("UserDisable", failures.ServiceNotActivated, _OSS),
    # Open questions: MissingInstance, MissingVSwitch.
    Row(
        "903021",
        failures.NotFound,
        "seen by others for an instance that is not there, or not there yet",
    ),
    Row("903042", failures.NotFound, f"{_SEEN}: a project that is not there"),
    Row("990301", failures.NotFound, f"{_SEEN}: a deployment or job that is not there"),
    Row("InvalidVSwitchId.NotFound", failures.NotFound, _VPC),
    Row("Forbidden.VpcNotFound", failures.NotFound, _VPC),
    Row(
        "998001",
        ServerError,
        "seen by others on CreateInstance; Terraform's provider takes it for a passing failure",
    ),
    Row("ServiceUnavailable", ServerError, _GATEWAY),
    Row("InternalError", ServerError, _GATEWAY),
    Row("EntityNotExist.*", failures.NotFound, _RAM),
    Row("EntityAlreadyExists.*", failures.AlreadyExists, _RAM),
    Row("MalformedPolicyDocument", failures.ParametersRefused, _RAM),
    Row("NoSuchBucket", failures.NotFound, _OSS),
    Row("NoSuchKey", failures.NotFound, _OSS),
    Row("FileAlreadyExists", failures.AlreadyExists, _OSS),
    Row("FileImmutable", failures.AlreadyExists, _OSS),
    Row("InvalidBucketName", failures.ParametersRefused, _OSS),
    Row(
        "Invalid*",
        failures.ParametersRefused,
        "InvalidVpcId.NotFound and the like: the cloud's style for a bad one",
    ),
)
"""The first row that fits counts."""

OWN_CODES: Final = frozenset(
    {
        "AccountChanged",
        "AuthoritiesNotUsable",
        "CertificateNotTrusted",
        "ConnectTimeout",
        "ConnectionLost",
        "ConnectionRefused",
        "DeadlineExceeded",
        "InvalidName",
        "NameNotResolved",
        "NoAnswerInTime",
        "NoConnection",
        "NoCredentials",
        "ProxyNotReached",
        "ProxyNotUsable",
        "TlsFailed",
        "TokenFileMissing",
        "TokenFileUnreadable",
        "Unreadable",
    }
)
"""What is said in place of a code where there is no answer of the cloud."""

# Open question: PermissionNames.
RAM_ACTIONS: Final[Mapping[str, str]] = {
    "foasconsole.CreateInstance": "stream:CreateVvpInstance",
    "foasconsole.DescribeInstances": "stream:DescribeVvpInstances",
    # Not in the documentation of Flink; it names stream:QueryTagVvpResources for the read, and
    # others use this one.
    "foasconsole.TagResources": "stream:TagVvpResources",
    # help.aliyun.com/document_detail/89079.html for QueryOrders, and its rule bssapi:<API name> for
    # the other.
    "bss.QueryOrders": "bssapi:QueryOrders",
    "bss.GetOrderDetail": "bssapi:GetOrderDetail",
    "ram.GetRole": "ram:GetRole",
    "ram.ListPoliciesForRole": "ram:ListPoliciesForRole",
    "ram.CreateRole": "ram:CreateRole",
    "ram.AttachPolicyToRole": "ram:AttachPolicyToRole",
    "vpc.DescribeVpcs": "vpc:DescribeVpcs",
    "vpc.DescribeVSwitches": "vpc:DescribeVSwitches",
    "oss.GetBucketInfo": "oss:GetBucketInfo",
    "oss.HeadObject": "oss:GetObject",
    "oss.PutObject": "oss:PutObject",
}
"""RAM action to grant for a call, where the answer itself does not name it."""


@dataclass(frozen=True)
class ErrorAnswer:
    """What the cloud's answer to a call says, as far as it decides about the failure."""

    call: str
    status: int
    code: object
    request_id: object = None
    auth_action: object = None
    retry_after_ms: object = None
    ahead: float | None = None
    """Seconds by which this node's clock is ahead of the cloud's."""


def find_row(code: str) -> Row | None:
    """The row for a code, None for a code that we do not know."""
    return next((row for row in TABLE if fnmatchcase(code.lower(), row.code.lower())), None)


def known_code(code: str) -> str:
    """A code of a failure as the operator's own lists spell it, else `Other`: the cloud's words
    could be anything.
    """
    if code in OWN_CODES or _HTTP_STATUS.fullmatch(code):
        return code
    row = find_row(code)
    return "Other" if row is None else row.code


def classify(answer: ErrorAnswer) -> CloudFailure:
    """The failure that it means. A redirect is none, whatever code its body holds."""
    code, request_id = answer.code, readable_request_id(answer.request_id)
    if (
        300 <= answer.status < 400
        or not isinstance(code, str)
        or not _CODE.fullmatch(code)
        or code == "None"
    ):
        return _without_code(answer, request_id)
    row = find_row(code)
    fate: Fate = row.fate if row is not None and 400 <= answer.status < 500 else "Unknown"
    failure = failures.Unexplained if row is None else row.failure
    if failure is Throttled or answer.status == 429:
        return Throttled(
            answer.call,
            code,
            request_id,
            fate if failure is Throttled else "Unknown",
            _seconds(answer),
        )
    if answer.status >= 500:
        return ServerError(answer.call, code, request_id)
    if failure is PermissionMissing:
        return PermissionMissing(answer.call, code, request_id, fate, _missing_action(answer))
    if failure is failures.SignatureExpired:
        return failures.SignatureExpired(answer.call, code, request_id, fate, answer.ahead)
    return failure(answer.call, code, request_id, fate)


def readable_request_id(value: object) -> str | None:
    """A request id, or None where what stands in its place is none."""
    return value if isinstance(value, str) and _REQUEST_ID.fullmatch(value) else None


def _without_code(answer: ErrorAnswer, request_id: str | None) -> CloudFailure:
    failure = ServerError if answer.status >= 500 else Garbled
    return failure(answer.call, f"HTTP{answer.status}", request_id)


def _missing_action(answer: ErrorAnswer) -> str:
    named = answer.auth_action
    if isinstance(named, str) and _RAM_ACTION.fullmatch(named):
        return named
    return RAM_ACTIONS.get(answer.call, "")


def _seconds(answer: ErrorAnswer) -> float | None:
    milliseconds = answer.retry_after_ms
    return milliseconds / 1000 if isinstance(milliseconds, int) else None
