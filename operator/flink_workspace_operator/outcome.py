"""What came of a plan, and of each of its steps, as values."""

from dataclasses import dataclass

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    ClusterRefused,
    Unreadable,
)
from flink_workspace_operator.core.plan import ToldStep

Told = CloudFailure | ClusterRefused | Unreadable
"""Failures that end a pass and are reported at once, with the results so far."""


@dataclass(frozen=True)
class Done:
    """The result of a plan: steps that changed something, the ledger after it, the failure."""

    made: tuple[ToldStep, ...]
    orders: tuple[FlinkWorkspaceOrder, ...]
    failure: Told | None = None
    version: str | None = None
    """The resource's version after the plan; None: as it was read."""


@dataclass(frozen=True)
class Outcome:
    """The result of one step: the order that it wrote, the resource's version after it, and the
    failure that ends the pass."""

    order: FlinkWorkspaceOrder | None = None
    failure: Told | None = None
    version: str | None = None
