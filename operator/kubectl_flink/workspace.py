"""A FlinkWorkspace as it was read. What it does not say is None, and never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kubectl_flink.words import printable

Wire = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """One condition."""

    status: str
    reason: str
    message: str
    since: datetime | None

    @property
    def is_true(self) -> bool:
        """Its status is True."""
        return self.status == "True"


ABSENT: Final = Condition("Unknown", "", "", None)


@dataclass(frozen=True)
class Workspace:
    """The parts of the object that this command shows, each by its name there."""

    wire: Wire

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.wire["metadata"].get("namespace", ""))

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.wire["metadata"]["name"])

    @property
    def annotations(self) -> Wire:
        """Its annotations."""
        return self.wire["metadata"].get("annotations") or {}

    @property
    def deleting_since(self) -> datetime | None:
        """When somebody deleted it, if it still exists."""
        return time_of(self.wire["metadata"].get("deletionTimestamp"))

    @property
    def spec(self) -> Wire:
        """Its wishes."""
        return self.wire.get("spec") or {}

    @property
    def status(self) -> Wire:
        """The operator's words."""
        return self.wire.get("status") or {}

    @property
    def instance(self) -> Wire:
        """The workspace in the cloud."""
        return self.status.get("instance") or {}

    @property
    def order(self) -> Wire:
        """The summary of the newest order."""
        return self.status.get("order") or {}

    @property
    def price(self) -> str | None:
        """What it would cost now; once an order is announced, what that one costs."""
        quote = self.status.get("quote") or {}
        return quote.get("price") or self.order.get("price")

    @property
    def is_seen(self) -> bool:
        """The last pass worked with the spec as it is. Deletion raises the generation, too."""
        seen = self.status.get("observedGeneration", -1)
        return bool(seen >= self.wire["metadata"].get("generation", 0))

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """The conditions by their types."""
        return {each["type"]: _condition(each) for each in self.status.get("conditions") or ()}

    def condition(self, type_: str) -> Condition:
        """One of them; an unknown one where it is missing."""
        return self.conditions.get(type_, ABSENT)


def _condition(wire: Wire) -> Condition:
    since = time_of(wire.get("lastTransitionTime"))
    return Condition(
        wire["status"], wire.get("reason", ""), printable(wire.get("message", "")), since
    )


def time_of(text: object) -> datetime | None:
    """A time as the API server writes it."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
