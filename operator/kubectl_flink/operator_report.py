"""The operator's report as it was read. What it does not say is None, and never guessed. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kubectl_flink import names
from kubectl_flink.words import printable
from kubectl_flink.workspace import time_of

Wire = Mapping[str, Any]
_LATE = 2.5
"""A survey is late after so many of the times between two."""


class NotReadable(ValueError):
    """The ConfigMap holds no report that this version understands."""


@dataclass(frozen=True)
class OperatorReport:
    """The parts of it that this command shows, each by its name there."""

    wire: Wire

    @property
    def survey(self) -> Wire:
        """The last survey that was made; empty if none was."""
        return self.wire.get("survey") or {}

    @property
    def surveyed_at(self) -> datetime | None:
        """When it was made."""
        return time_of(self.survey.get("time"))

    @property
    def failed_since(self) -> datetime | None:
        """Since when surveys fail, if the last one did."""
        return time_of((self.wire.get("surveyFailure") or {}).get("since"))

    @property
    def failure(self) -> str:
        """Why the last survey failed."""
        return printable((self.wire.get("surveyFailure") or {}).get("why", ""))

    @property
    def cluster_id(self) -> str:
        """The name of this cluster in ownership tags."""
        return str(self.wire.get("clusterId", ""))

    @property
    def importable(self) -> Sequence[Wire]:
        """The instances that no FlinkWorkspace owns."""
        return tuple(self.survey.get("importable") or ())

    @property
    def left_out(self) -> int:
        """The number of such instances that had no room."""
        return int(self.survey.get("importableLeftOut") or 0)

    def adopts_in(self, namespace: str) -> bool:
        """True if a FlinkWorkspace of the namespace may adopt any instance by its id."""
        return self._is_in(namespace, "adoptionNamespaces")

    def pays_in(self, namespace: str) -> bool:
        """True if the operator's own account is for the namespace."""
        return self._is_in(namespace, "identityNamespaces")

    def _is_in(self, namespace: str, list_: str) -> bool:
        allowed = self.wire.get(list_) or ()
        return "*" in allowed or namespace in allowed

    def is_late(self, now: datetime) -> bool:
        """The survey is older than a working operator lets it become."""
        if self.surveyed_at is None:
            return False
        seconds = float(self.wire.get("surveySeconds") or 0)
        return bool(seconds) and now - self.surveyed_at > timedelta(seconds=_LATE * seconds)


def report_in(config_map: Wire) -> OperatorReport:
    """The report that a ConfigMap holds. Raises `NotReadable`."""
    try:
        wire = json.loads((config_map.get("data") or {})[names.REPORT_KEY])
    except (KeyError, ValueError) as wrong:
        raise NotReadable(str(wrong)) from wrong
    if not isinstance(wire, dict) or not isinstance(wire.get("connection"), dict):
        raise NotReadable("it is no report")
    return OperatorReport(wire)
