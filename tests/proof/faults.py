"""The faults of the emulator, one of each kind that makes a difference to a client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Fault:
    """A rule of the emulator."""

    name: str
    rule: Mapping[str, Any]

    @property
    def hangs(self) -> bool:
        """Whether it costs the whole time-out of the call."""
        return "hang" in self.rule["fault"]


def _reject(name: str, code: str, status: int = 400) -> Fault:
    return Fault(f"reject: {name}", {"fault": "reject", "code": code, "httpStatus": status})


CERTAIN: Final = (
    _reject("parameters, by the gateway", "InvalidParameter"),
    _reject("permission, by the gateway", "NoPermission", 403),
    _reject("signature, by the gateway", "InvalidTimeStamp.Expired"),
    Fault("throttle", {"fault": "throttle"}),
    Fault("throttle, retry after", {"fault": "throttle", "retryAfterMs": 1500}),
)
"""Refusals which tell a purchase for certain that nothing was booked."""

OPEN_REFUSALS: Final = (
    _reject("nonce used", "SignatureNonceUsed"),
    _reject("a business code", "InvalidVpcId.NotFound", 404),
    _reject("a passing failure", "998001"),
    _reject("an unknown code", "Never.Seen"),
    _reject("name taken", "InstanceNameAlreadyExists"),
    _reject("no balance", "InsufficientBalance"),
    _reject("an unpaid order", "ORDER.INST_HAS_UNPAID_ORDER"),
    Fault("throttle, 503", {"fault": "throttle", "httpStatus": 503}),
)
"""Refusals after which a purchase may have been booked all the same."""

LOST: Final = (
    Fault("server error", {"fault": "server-error"}),
    Fault("server error, HTML", {"fault": "server-error", "html": True}),
    Fault("drop before", {"fault": "drop-before"}),
    Fault("drop after commit", {"fault": "drop-after-commit"}),
    Fault("hang before", {"fault": "hang-before"}),
    Fault("hang after commit", {"fault": "hang-after-commit"}),
    Fault("error after commit", {"fault": "error-after-commit"}),
    Fault(
        "error after commit, HTML", {"fault": "error-after-commit", "html": True, "httpStatus": 502}
    ),
    Fault("commit late, lost", {"fault": "commit-late"}),
    Fault("commit late, 500", {"fault": "commit-late", "httpStatus": 500}),
    Fault("commit late, HTML", {"fault": "commit-late", "httpStatus": 504, "html": True}),
    *(
        Fault(f"garbage: {kind}", {"fault": "garbage", "kind": kind})
        for kind in ("html", "truncated", "empty", "wrong-types", "not-json")
    ),
)
"""No usable answer."""

DELAY: Final = Fault("delay", {"fault": "delay", "ms": 100})

COPIES: Final = (
    Fault("refused after commit", {"fault": "refuse-after-commit"}),
    Fault("delivered twice", {"fault": "deliver-twice"}),
    Fault("redirect", {"fault": "redirect"}),
)
"""One copy of the call is accepted, and the answer is not its own."""

FAULTS: Final = (*CERTAIN, *OPEN_REFUSALS, *LOST, DELAY, *COPIES)
