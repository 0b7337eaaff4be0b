"""What was used: processor time, calls of the cloud, writes to the cluster, passes, memory."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

_WRITE: Final = re.compile(r"apiserver_request_total\{([^}]*)\} ([0-9.e+]+)")
_LABEL: Final = re.compile(r'(\w+)="([^"]*)"')
_PASS: Final = re.compile(r"flink_operator_passes_total\{[^}]*\} ([0-9.e+]+)")
_CONFIRMED: Final = re.compile(r"^flink_operator_confirmed_total ([0-9.e+]+)", re.MULTILINE)
KINDS: Final = ("flinkworkspaces", "flinkworkspaceorders", "leases", "events")


@dataclass(frozen=True)
class Usage:
    """What was used up to a moment, or between two."""

    moment: float
    cpu: Counter[str]
    """Seconds by process."""
    calls: Counter[str]
    writes: Counter[str]
    passes: int
    confirmed: int
    """Workspaces that needed none in a round."""
    peak: int
    """Bytes."""

    def since(self, before: "Usage") -> "Usage":
        """Between two moments; the peak is the one of the end."""
        return Usage(
            moment=self.moment - before.moment,
            cpu=Counter({name: seconds - before.cpu[name] for name, seconds in self.cpu.items()}),
            calls=self.calls - before.calls,
            writes=self.writes - before.writes,
            passes=self.passes - before.passes,
            confirmed=self.confirmed - before.confirmed,
            peak=self.peak,
        )


def writes_in(metrics: str) -> Counter[str]:
    """Writes that the API server answered with success, by verb and kind. Renewals of Leases are
    left out."""
    writes: Counter[str] = Counter()
    for found in _WRITE.finditer(metrics):
        labels = dict(_LABEL.findall(found[1]))
        kind, verb = labels.get("resource", ""), labels.get("verb", "")
        renewal = kind == "leases" and verb != "POST"
        if (
            kind in KINDS
            and verb in ("POST", "PATCH", "PUT", "DELETE")
            and labels["code"] < "300"
            and not renewal
        ):
            part = f"/{labels['subresource']}" if labels.get("subresource") else ""
            writes[f"{verb} {kind}{part}"] += int(float(found[2]))
    return writes


def passes_in(metrics: str) -> int:
    """Passes, however they ended."""
    return int(sum(float(found[1]) for found in _PASS.finditer(metrics)))


def confirmed_in(metrics: str) -> int:
    """Workspaces that a round confirmed, as the operator tells it."""
    return round(sum(float(number) for number in _CONFIRMED.findall(metrics)))
