"""All metrics, declared once: `docs/metrics.md` is generated from this, and dashboard and alerts
are checked against it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily


def _escaped(value: str) -> str:
    """Nearly all are names that need none of it."""
    if '"' in value or "\\" in value or "\n" in value:
        return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return value


@dataclass(frozen=True)
class Family:
    """One metric. A histogram's series are named after it with `_bucket`, `_sum` and `_count` at
    the end."""

    name: str
    type: Literal["gauge", "counter", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    def with_no_number(self) -> GaugeMetricFamily:
        """A gauge that is filled anew at each scrape."""
        return GaugeMetricFamily(self.name, self.help, labels=self.labels)

    def written(self, series: Iterable[tuple[tuple[str, ...], float]]) -> str:
        """A gauge's series, by the values of their labels, as Prometheus reads them.

        The library takes four times as long for it, and with ten thousand workspaces there are
        80,000 series.
        """
        labels = ",".join(f'{label}="%s"' for label in self.labels)
        form = f"{self.name}{{{labels}}} %s\n"
        lines = [form % (*map(_escaped, values), number) for values, number in series]
        return f"# HELP {self.name} {self.help}\n# TYPE {self.name} gauge\n{''.join(lines)}"

    def as_gauge(self, registry: CollectorRegistry) -> Gauge:
        """A gauge that keeps its numbers."""
        return Gauge(self.name, self.help, self.labels, registry=registry)

    def as_counter(self, registry: CollectorRegistry) -> Counter:
        """A counter that starts at 0."""
        return Counter(self.name, self.help, self.labels, registry=registry)

    def as_histogram(self, registry: CollectorRegistry, buckets: tuple[float, ...]) -> Histogram:
        """A histogram of seconds."""
        return Histogram(self.name, self.help, self.labels, registry=registry, buckets=buckets)


LEADER: Final = Family(
    "flink_operator_leader", "gauge", "Whether this process leads (1) or stands by (0)."
)

ENDPOINT: Final = Family(
    "flink_operator_endpoint_info",
    "gauge",
    "Always 1. `endpoint` is `cloud`, or `set` where a setting names another; `emulated` is `true`"
    " where nothing that is bought is real.",
    ("endpoint", "emulated"),
)

QUEUE_DEPTH: Final = Family(
    "flink_operator_queue_depth",
    "gauge",
    "Workspaces that wait for a pass: after a change (urgent), or because a look is due (routine).",
    ("lane",),
)
QUEUE_NAMESPACES: Final = Family(
    "flink_operator_queue_namespaces",
    "gauge",
    "Namespaces in which workspaces wait for a pass. They take turns.",
)
QUEUE_AGE: Final = Family(
    "flink_operator_queue_oldest_age_seconds",
    "gauge",
    "How long the one that waits longest has waited.",
)

PASSES: Final = Family(
    "flink_operator_passes_total",
    "counter",
    "Passes over a workspace: Done, stopped by a CloudFailure or a ClusterFailure, or by a Defect"
    " of the operator.",
    ("result",),
)
CONFIRMED: Final = Family(
    "flink_operator_confirmed_total",
    "counter",
    "Workspaces that needed no pass: a round of lists showed that nothing is to be done.",
)
PASS_DURATION: Final = Family(
    "flink_operator_pass_duration_seconds", "histogram", "How long passes took."
)

CALLS: Final = Family(
    "flink_operator_cloud_calls_total",
    "counter",
    "Calls to the cloud: Answered, or what the failure means, and the cloud's code as far as the"
    " operator knows it.",
    ("service", "action", "result", "code"),
)
CALL_DURATION: Final = Family(
    "flink_operator_cloud_call_duration_seconds",
    "histogram",
    "How long calls to the cloud took, answered or not.",
    ("service", "action"),
)

CLOCK: Final = Family(
    "flink_operator_clock_ahead_seconds",
    "gauge",
    "How far the clock of this process's node is ahead of the cloud's, by the Date of the last"
    " answer; negative: behind. 0 within what the answer's way explains. None before the first"
    " answer.",
)

ORPHANS: Final = Family(
    "flink_operator_orphans",
    "gauge",
    "Workspaces that carry this cluster's mark, or that the ledger has as bought, and have no"
    " resource; and names that two workspaces have.",
    ("kind", "region"),
)

ORDERS: Final = Family(
    "flink_workspace_orders", "gauge", "Orders in the ledger.", ("action", "state")
)
PLACED_AMOUNT: Final = Family(
    "flink_workspace_orders_placed_amount",
    "gauge",
    "Money of the orders in the ledger that were placed, for their whole terms. What is billed by"
    " use has no amount.",
    ("action", "currency"),
)
UNSETTLED_ORDER: Final = Family(
    "flink_workspace_order_unsettled_timestamp_seconds",
    "gauge",
    "When an order whose outcome is open was announced to the cloud, or else when it was opened.",
    ("namespace", "name", "workspace", "action", "state"),
)

CONDITION: Final = Family(
    "flink_workspace_status_condition",
    "gauge",
    "1 for the status and reason that a condition has now.",
    ("namespace", "name", "type", "status", "reason"),
)
EXPIRATION: Final = Family(
    "flink_workspace_expiration_timestamp_seconds",
    "gauge",
    "When the paid time ends. Workspaces that are billed by use have none.",
    ("namespace", "name"),
)
CAPACITY: Final = Family(
    "flink_workspace_vswitch_capacity",
    "gauge",
    "1 for the band that a vSwitch's free addresses are in: Enough, Low or Exhausted.",
    ("namespace", "name", "vswitch", "band"),
)
FREE_ADDRESSES: Final = Family(
    "flink_workspace_vswitch_free_addresses",
    "gauge",
    "Free addresses of a vSwitch, as the last pass that looked saw them.",
    ("namespace", "name", "vswitch"),
)

FAMILIES: Final = (
    LEADER, ENDPOINT, QUEUE_DEPTH, QUEUE_NAMESPACES, QUEUE_AGE, PASSES, PASS_DURATION, CALLS,
    CALL_DURATION, CLOCK, ORPHANS, ORDERS, PLACED_AMOUNT, UNSETTLED_ORDER, CONDITION,
    EXPIRATION, CAPACITY, FREE_ADDRESSES, CONFIRMED,
)  # fmt: skip
