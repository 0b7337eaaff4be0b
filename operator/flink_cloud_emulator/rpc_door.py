"""The RPC protocol: action and version in headers, parameters in query and form body, JSON answers."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl

from flink_cloud_emulator.accounts import Account, Cloud, KeyPair
from flink_cloud_emulator.exchange import Arrival, BusinessError, CloudError, Incoming, Outgoing
from flink_cloud_emulator.rpc import RpcCall, RpcService, missing
from flink_cloud_emulator.signature import Signature

_JSON = {"Content-Type": "application/json;charset=utf-8"}
_UNKNOWN = "unknown"


class RpcDoor:
    """Serves the products that speak RPC with ACS3 signatures."""

    def __init__(self, services: Sequence[RpcService]) -> None:
        self._services = {service.version: service for service in services}

    def recognise(self, incoming: Incoming, cloud: Cloud, request_id: str) -> Arrival:
        service = self._services.get(incoming.headers.get("x-acs-version", ""))
        signature = Signature.parse(incoming.headers)
        account, key = (cloud.owner_of(signature.key_id) if signature else None) or (None, None)
        return Arrival(
            incoming=incoming,
            request_id=request_id,
            service=service.name if service else _UNKNOWN,
            action=incoming.headers.get("x-acs-action", ""),
            parameters=_parameters(incoming),
            account=account,
            key=key,
        )

    def admit(self, arrival: Arrival, cloud: Cloud) -> None:
        signature = Signature.parse(arrival.incoming.headers)
        if signature is None:
            raise missing("Authorization")
        if arrival.account is None or arrival.key is None:
            raise CloudError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        if not signature.verifies(arrival.incoming, arrival.key.secret):
            raise CloudError(400, "SignatureDoesNotMatch", "Specified signature does not match our calculation.")
        _check_signed(signature, ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"))
        _check_date(arrival.incoming, arrival.account)
        _use_nonce(arrival.incoming, arrival.account, cloud)

    def authorise(self, arrival: Arrival) -> None:
        account, key = _caller(arrival)
        if not key.active:
            raise CloudError(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
        service = self._services.get(arrival.incoming.headers.get("x-acs-version", ""))
        permission = service.permission(arrival.action) if service else None
        if permission and any(fnmatchcase(permission, denied) for denied in account.denied_actions):
            raise _no_permission(account, permission)

    def process(self, arrival: Arrival, now: datetime) -> Outgoing:
        account, key = _caller(arrival)
        service = self._services.get(arrival.incoming.headers.get("x-acs-version", ""))
        handler = service.handlers.get(arrival.action) if service else None
        if service is None or handler is None:
            raise CloudError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url.")
        call = RpcCall(arrival.action, arrival.parameters, account, now, arrival.request_id, key.id)
        try:
            answer = handler(call)
        except BusinessError as error:
            if not service.failure_styles or account.settings.failure_style == "http":
                raise
            body = {"RequestId": arrival.request_id, "Success": False, "Code": error.code, "Message": error.message}
            return Outgoing(200, _encode(body), _JSON, error.code)
        return Outgoing(200, _encode({"RequestId": arrival.request_id, **answer}), _JSON)

    def refuse(self, arrival: Arrival, error: CloudError) -> Outgoing:
        body = {
            "RequestId": arrival.request_id,
            "HostId": arrival.incoming.headers.get("Host", ""),
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}",
            **error.details,
        }
        return Outgoing(error.status, _encode(body), _JSON, error.code)


def _parameters(incoming: Incoming) -> dict[str, str]:
    parameters = dict(incoming.query)
    if incoming.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        parameters |= parse_qsl(incoming.body.decode("utf-8", "replace"), keep_blank_values=True)
    return parameters


def _caller(arrival: Arrival) -> tuple[Account, KeyPair]:
    if arrival.account is None or arrival.key is None:
        raise CloudError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    return arrival.account, arrival.key


def _check_signed(signature: Signature, names: Sequence[str]) -> None:
    """An unsigned date or nonce could be changed by anyone who repeats the request."""
    for name in names:
        if name not in signature.signed_headers:
            raise CloudError(400, "SignatureDoesNotMatch", f'The header "{name}" must be signed.')


def _check_date(incoming: Incoming, account: Account) -> None:
    text = incoming.headers.get("x-acs-date", "")
    try:
        signed = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise CloudError(
            400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
        ) from None
    if not account.clock.accepts(signed, timedelta(seconds=account.settings.signature_validity_seconds)):
        raise CloudError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _use_nonce(incoming: Incoming, account: Account, cloud: Cloud) -> None:
    nonce = incoming.headers.get("x-acs-signature-nonce", "")
    if not nonce:
        raise missing("SignatureNonce")
    if not cloud.nonces.use(nonce, account.clock, timedelta(seconds=account.settings.nonce_memory_seconds)):
        raise CloudError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")


def _no_permission(account: Account, permission: str) -> CloudError:
    details = {
        "AccessDeniedDetail": {
            "AuthAction": permission,
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalOwnerId": account.id,
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }
    }
    return CloudError(403, "NoPermission", "You are not authorized to perform this action.", details)


def _encode(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
