"""The log of calls, which tests read to see what a client really did."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

KEPT = 1000
_LONGEST_VALUE = 500
_SECRET_WORDS = ("secret", "token", "accesskey", "signature", "password")


@dataclass(frozen=True)
class CallRecord:
    """One call and what became of it. ``status`` is None where no answer was sent."""

    time: datetime
    account: str | None
    service: str
    action: str
    status: int | None
    code: str | None
    fault: str | None
    request_id: str
    parameters: Mapping[str, str]
    signed_date: str | None
    nonce: str | None
    caller: str | None = None
    """``root``, ``user/NAME`` or ``role/NAME``; None where nobody is known by the key."""

    def as_json(self) -> dict[str, object]:
        return {
            "time": self.time.isoformat(timespec="milliseconds"),
            "account": self.account,
            "service": self.service,
            "action": self.action,
            "status": self.status,
            "code": self.code,
            "fault": self.fault,
            "requestId": self.request_id,
            "parameters": without_secrets(self.parameters),
            "date": self.signed_date,
            "nonce": self.nonce,
            "caller": self.caller,
        }


@dataclass
class CallLog:
    """Counters since the last reset and the latest calls."""

    counters: Counter[tuple[str, str]] = field(default_factory=Counter)
    latest: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, record: CallRecord) -> None:
        status = "lost" if record.status is None else str(record.status)
        self.counters[f"{record.service}.{record.action}", status] += 1
        self.latest.append(record)


def as_json(logs: Iterable[CallLog]) -> dict[str, object]:
    """Several logs as one: ``{"counters": {"ram.GetRole": {"200": 3, "lost": 1}}, "calls":
    [oldest ... latest]}``.
    """
    logs = list(logs)
    counters: dict[str, dict[str, int]] = {}
    for log in logs:
        for (name, status), count in log.counters.items():
            by_status = counters.setdefault(name, {})
            by_status[status] = by_status.get(status, 0) + count
    latest = sorted(
        (record for log in logs for record in log.latest), key=lambda record: record.time
    )
    return {"counters": counters, "calls": [record.as_json() for record in latest[-KEPT:]]}


def without_secrets(parameters: Mapping[str, str]) -> dict[str, str]:
    """Parameters fit for showing: nothing that could be a key, and no long value in full."""
    return {
        name: value[:_LONGEST_VALUE]
        for name, value in parameters.items()
        if not any(word in name.lower() for word in _SECRET_WORDS)
    }
