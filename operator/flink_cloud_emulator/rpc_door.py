"""The RPC protocol: parameters in query and form body, JSON answers, and one of two signatures.

Action and version travel in headers with the signature of today's SDKs, and as parameters with the
older one.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from flink_cloud_emulator import gateway
from flink_cloud_emulator.accounts import Account, Cloud
from flink_cloud_emulator.http import Arrival, BusinessError, CloudError, Incoming, Outgoing
from flink_cloud_emulator.rpc import RpcAction, RpcCall, RpcService
from flink_cloud_emulator.signature_v1 import COMMON

_JSON = {"Content-Type": "application/json;charset=utf-8"}
_UNKNOWN = "unknown"


class RpcDoor:
    """Serves the products that speak RPC."""

    def __init__(self, services: Sequence[RpcService]) -> None:
        self._services = {service.version: service for service in services}

    @staticmethod
    def expects(incoming: Incoming) -> bool:
        """True if a request is of this protocol."""
        return "x-acs-action" in incoming.headers or any(
            name == "Action" for name, _ in incoming.pairs
        )

    def recognise(self, incoming: Incoming, cloud: Cloud, request_id: str) -> Arrival:
        parameters = incoming.parameters
        version = incoming.headers.get("x-acs-version", parameters.get("Version", ""))
        action = incoming.headers.get("x-acs-action", parameters.get("Action", ""))
        service = self._services.get(version)
        signed = gateway.signature_of(incoming, parameters)
        account, key = (cloud.owner_of(signed.key_id) if signed else None) or (None, None)
        arrival = Arrival(
            incoming=incoming,
            request_id=request_id,
            service=service.name if service else _UNKNOWN,
            version=version,
            action=action,
            parameters={name: value for name, value in parameters.items() if name not in COMMON},
            account=account,
            key=key,
        )
        return gateway.open_to_all(arrival, cloud) if self._is_public(arrival) else arrival

    def admit(self, arrival: Arrival, cloud: Cloud) -> None:
        if self._is_public(arrival):
            return
        signed = gateway.signature_of(arrival.incoming, arrival.incoming.parameters)
        if signed is None:
            raise gateway.unsigned(arrival.incoming)
        if arrival.account is None or arrival.key is None:
            raise gateway.key_not_found()
        signed.check(arrival.incoming, arrival.key.secret)
        _check_date(signed.date, arrival.account)
        gateway.use_nonce(signed.nonce, arrival.account, cloud)
        gateway.check_token(signed.token, arrival.key, arrival.account)

    def authorise(self, arrival: Arrival) -> None:
        if self._is_public(arrival):
            return
        if arrival.account is None or arrival.key is None:
            raise gateway.key_not_found()
        if not arrival.key.active:
            raise CloudError(
                400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."
            )
        action = self._action(arrival)
        needed = action.permission if action else None
        if needed and any(fnmatchcase(needed, denied) for denied in arrival.account.denied_actions):
            raise gateway.no_permission(arrival.account, arrival.key, needed)

    def process(self, arrival: Arrival, now: datetime) -> Outgoing:
        service, action = self._services.get(arrival.version), self._action(arrival)
        if service is None or action is None:
            raise CloudError(
                404,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            )
        gateway.check_request(arrival, action)
        if arrival.account is None:
            raise gateway.nobody(arrival)
        call = RpcCall(
            arrival.action,
            arrival.parameters,
            arrival.account,
            now,
            arrival.request_id,
            arrival.key,
        )
        try:
            answer = action.handler(call)
        except BusinessError as error:
            if not service.failure_styles or arrival.account.settings.failure_style == "http":
                raise
            body = {
                "RequestId": arrival.request_id,
                "Success": False,
                "Code": error.code,
                "Message": error.message,
            }
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

    def _action(self, arrival: Arrival) -> RpcAction | None:
        service = self._services.get(arrival.version)
        return service.actions.get(arrival.action) if service else None

    def _is_public(self, arrival: Arrival) -> bool:
        action = self._action(arrival)
        return action is not None and action.public


def _check_date(text: str, account: Account) -> None:
    try:
        signed = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise CloudError(
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        ) from None
    if not account.clock.accepts(
        signed, timedelta(seconds=account.settings.signature_validity_seconds)
    ):
        raise CloudError(
            400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."
        )


def _encode(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
