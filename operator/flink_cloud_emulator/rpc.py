"""How a service of the RPC protocol plugs in.

A service is an ``RpcService``: its actions by name, registered in ``dispatch.SERVICES``. An
``RpcAction`` says which verbs and parameters the gateway lets through to its handler, and which
permission it needs. A handler is ``handler(call: RpcCall) -> dict``: it reads its parameters from
the call, reads and changes the state under ``call.account``, and returns the JSON answer without
RequestId, which is added. It refuses by raising ``http.CloudError(http_status, code, message)``. It
takes the time from ``call.now`` and never from the machine, and it is synchronous: a late commit
runs it again from a list.

Codes of the gateway: help.aliyun.com/document_detail/60629.html and
developer.aliyun.com/ask/278265.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.keys import KeyPair

Answer = dict[str, Any]


@dataclass(frozen=True)
class RpcCall:
    """A verified call of one action."""

    action: str
    parameters: Mapping[str, str]
    """Query and form body merged, as decoded text."""
    account: Account
    now: datetime
    request_id: str
    key: KeyPair | None
    """None where the action is open to everybody."""

    def text(self, name: str) -> str | None:
        """An optional parameter; an empty one counts as missing, as at the real gateway."""
        return self.parameters.get(name) or None

    def require(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def number(self, name: str, default: int | None = None) -> int | None:
        value = self.text(name)
        if value is None:
            return default
        try:
            return int(value)
        except ValueError:
            raise invalid(name, "must be a whole number") from None

    def flag(self, name: str) -> bool | None:
        """A boolean in either spelling, ``True`` (how the Python SDK writes it) or ``true``."""
        value = self.text(name)
        if value is None:
            return None
        if value.lower() not in ("true", "false"):
            raise invalid(name, "must be true or false")
        return value.lower() == "true"

    def json_object(self, name: str) -> dict[str, Any] | None:
        """A parameter that carries a JSON object."""
        value = self._json(name)
        if value is not None and not isinstance(value, dict):
            raise invalid(name, "must be a JSON object")
        return value

    def json_list(self, name: str) -> list[Any] | None:
        """A parameter that carries a JSON list."""
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise invalid(name, "must be a JSON list")
        return value

    def flat_list(self, name: str) -> list[str]:
        """``Name.1=a&Name.2=b`` as ``["a", "b"]``; empty ones count as missing."""
        values = (self.text(f"{name}.{n}") for n in self._positions(name))
        return [value for value in values if value is not None]

    def flat_objects(self, name: str) -> list[dict[str, str]]:
        """``Name.1.Key=a&Name.1.Value=b`` as ``[{"Key": "a", "Value": "b"}]``."""
        objects = []
        for n in self._positions(name):
            prefix = f"{name}.{n}."
            objects.append(
                {
                    k.removeprefix(prefix): v
                    for k, v in self.parameters.items()
                    if k.startswith(prefix)
                }
            )
        return objects

    def _json(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        value = self.text(name)
        if value is None:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise invalid(name, "is not valid JSON") from None

    def _positions(self, name: str) -> list[int]:
        numbers = {
            key.split(".")[name.count(".") + 1]
            for key in self.parameters
            if key.startswith(f"{name}.")
        }
        return sorted(int(number) for number in numbers if number.isdecimal())


Handler = Callable[[RpcCall], Answer]


READ, WRITE, EITHER = ("GET",), ("POST",), ("GET", "POST")
"""Verbs, as the cloud's own OpenAPI metadata has them (github.com/dew-serverless/acs-sdk-php,
``data``).
"""


@dataclass(frozen=True)
class RpcAction:
    """What the gateway knows about one action."""

    handler: Handler
    parameters: tuple[str, ...] = ()
    """Names that it takes; one that ends in a dot begins the names of a list."""
    methods: tuple[str, ...] = EITHER
    permission: str | None = None
    """The RAM action that a caller needs; None where it needs none."""
    public: bool = False
    """Open to callers without a key."""

    def knows(self, parameter: str) -> bool:
        """True if the action takes the parameter. Older SDKs send RegionId with every call."""
        lists = tuple(name for name in self.parameters if name.endswith("."))
        return parameter in (*self.parameters, "RegionId") or parameter.startswith(lists)


@dataclass(frozen=True)
class RpcService:
    """One product of the RPC protocol; recognised by its version, which differs between the
    products.
    """

    name: str
    version: str
    actions: Mapping[str, RpcAction]
    failure_styles: bool = False
    """Whether business failures follow the setting ``failureStyle``."""


def missing(name: str) -> CloudError:
    """The gateway's refusal of a call without a mandatory parameter of its action."""
    return CloudError(400, f"Missing{name}", f"{name} is mandatory for this action.")


def missing_in_protocol(name: str) -> CloudError:
    """Its refusal of a call without something that every call needs."""
    return CloudError(
        400,
        "MissingParameter",
        f'The input parameter "{name}" that is mandatory for processing this request is not'
        " supplied.",
    )


def invalid(name: str, what: str) -> CloudError:
    """The gateway's refusal of a parameter out of its range."""
    return CloudError(
        400, "InvalidParameter", f'The specified parameter "{name}" is not valid: {what}.'
    )
