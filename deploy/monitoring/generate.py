"""Makes `dashboard.json`, with the models that Grafana publishes of its dashboards: `make
dashboard`."""

import json
import sys
from itertools import count
from typing import TypeVar

from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    DataTransformerConfig,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

UID = "flink-workspaces"
SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
WHERE = 'namespace=~"$namespace"'
OURS = "flink-workspace-operator"
FULL, THIRD = 24, 8

Panel = TypeVar("Panel", stat.Panel, table.Panel, timeseries.Panel)
Panels = list[stat.Panel | table.Panel | timeseries.Panel]


def dashboard() -> Dashboard:
    """All of it: money first, then what it was spent on, then how the operator does."""
    rows = (
        ("Money", money()),
        ("Workspaces", workspaces()),
        ("The cloud", cloud()),
        ("Operator", work()),
    )
    board = (
        Dashboard("Flink workspaces")
        .uid(UID)
        .tags([OURS])
        .readonly()
        .time("now-24h", "now")
        .refresh("1m")
        .timezone("browser")
        .link(
            DashboardLink("Alerts")
            .type(DashboardLinkType.LINK)
            .url("/alerting/list?search=Flink")
            .target_blank(True)
        )
        .with_variable(DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(
            QueryVariable("namespace")
            .label("Namespace")
            .datasource(SOURCE)
            .query(
                {
                    "query": "label_values(flink_workspace_status_condition, namespace)",
                    "refId": "namespace",
                }
            )
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .multi(True)
            .include_all(True)
            .all_value(".*")
        )
    )
    ids = count(1)
    for title, panels in rows:
        board = board.with_row(Row(title).id(next(ids)))
        for panel in panels:
            board = board.with_panel(panel.id(next(ids)))
    return board


def money() -> Panels:
    """What was spent, and what may have been."""
    return [
        _stat(
            "Placed", "Money of all orders in the ledger that were placed, for their whole terms."
        )
        .with_target(
            _now(
                "sum by (currency) (max by (action, currency) (flink_workspace_orders_placed_amount))",
                "{{currency}}",
            )
        )
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .decimals(2),
        _stat("Outcome open", "Purchases of which it is not known yet whether they were made.")
        .with_target(
            _now(
                'sum(max by (action, state) (flink_workspace_orders{state=~"Placing|Uncertain"}))',
                "open",
            )
        )
        .thresholds(_red_from(1)),
        _stat("Orphans", "Paid for, and nobody looks after them; at the last look.")
        .with_target(
            _now("sum by (kind) (max by (kind, region) (flink_operator_orphans))", "{{kind}}")
        )
        .thresholds(_red_from(1)),
        _graph("Orders by state", "All orders in the ledger.", 2 * THIRD).with_target(
            _over_time(
                "max by (action, state) (flink_workspace_orders) > 0", "{{action}} {{state}}"
            )
        ),
        _table("Open orders", "How long their outcome has been open.", THIRD)
        .with_target(
            _rows(
                "time() - max by (namespace, name, action, state)"
                f" (flink_workspace_order_unsettled_timestamp_seconds{{{WHERE}}})"
            )
        )
        .unit("s"),
    ]


def workspaces() -> Panels:
    """How they are, who waits for whom, and until when they are paid."""
    condition = 'max by (namespace, name, reason) (flink_workspace_status_condition{%s, type="%s", status="%s"})'
    return [
        _graph(
            "Ready, by reason", "How many FlinkWorkspaces are in which situation.", FULL
        ).with_target(
            _over_time(
                "count by (reason) (max by (namespace, name, reason)"
                f' (flink_workspace_status_condition{{{WHERE}, type="Ready"}}))',
                "{{reason}}",
            )
        ),
        _table("Stalled", "Waiting does not help them.", THIRD).with_target(
            _rows(condition % (WHERE, "Stalled", "True"))
        ),
        _table("Waiting for a person", "For a decision, money or a right.", THIRD).with_target(
            _rows(condition % (WHERE, "Suspended", "True"))
        ),
        _table(
            "Drifted", "Spec and cloud disagree; the operator corrects neither.", THIRD
        ).with_target(_rows(condition % (WHERE, "InSync", "False"))),
        _table("Paid for", "Time until the paid time ends, the shortest first.", 2 * THIRD)
        .with_target(
            _rows(
                f"sort(max by (namespace, name) (flink_workspace_expiration_timestamp_seconds{{{WHERE}}}) - time())"
            )
        )
        .unit("s"),
        _table(
            "Few free addresses",
            "vSwitches in which jobs may soon find no place, and what is left.",
            THIRD,
        ).with_target(
            _rows(
                f"max by (namespace, name, vswitch) (flink_workspace_vswitch_free_addresses{{{WHERE}}})"
                " and on (namespace, name, vswitch)"
                ' (flink_workspace_vswitch_capacity{band!="Enough"})'
            )
        ),
    ]


def cloud() -> Panels:
    """What it is asked, and how it answers."""
    calls = "flink_operator_cloud_calls_total"
    return [
        _graph("Calls", "By action.")
        .with_target(
            _over_time(
                f"sum by (service, action) (rate({calls}[$__rate_interval]))",
                "{{service}} {{action}}",
            )
        )
        .unit("reqps"),
        _graph("Failures", "By action, what the failure means, and the cloud's code.")
        .with_target(
            _over_time(
                f'sum by (action, result, code) (rate({calls}{{result!="Answered"}}[$__rate_interval])) > 0',
                "{{action}} {{result}} {{code}}",
            )
        )
        .unit("reqps"),
        _graph("Time to the answer", "19 of 20 calls took less.")
        .with_target(
            _over_time(
                "histogram_quantile(0.95, sum by (action, le)"
                " (rate(flink_operator_cloud_call_duration_seconds_bucket[$__rate_interval])))",
                "{{action}}",
            )
        )
        .unit("s"),
        _graph("Clock", "How far each node is ahead of the cloud; below 0: behind.", 2 * THIRD)
        .with_target(_over_time("max by (pod) (flink_operator_clock_ahead_seconds)", "{{pod}}"))
        .unit("s"),
        _stat(
            "Who answers", "The cloud, or what a setting names. What an emulator sells is not real."
        )
        .with_target(
            _now(
                "max by (endpoint, emulated) (flink_operator_endpoint_info)",
                "{{endpoint}}, emulated: {{emulated}}",
            )
        )
        .text_mode(BigValueTextMode.NAME),
    ]


def work() -> Panels:
    """Whether somebody leads, and keeps up."""
    passes = "flink_operator_pass_duration_seconds_bucket"
    return [
        _stat("Leader", "The process that leads.")
        .with_target(_now("flink_operator_leader == 1", "{{pod}}"))
        .text_mode(BigValueTextMode.NAME)
        .no_value("nobody"),
        _graph(
            "Waiting workspaces", "How many wait for a pass, by lane, and in how many namespaces."
        )
        .with_target(_over_time("max by (lane) (flink_operator_queue_depth)", "{{lane}}"))
        .with_target(_over_time("max(flink_operator_queue_namespaces)", "namespaces", "B")),
        _graph("Longest wait", "How long the one that waits longest has waited.")
        .with_target(_over_time("max(flink_operator_queue_oldest_age_seconds)", "oldest"))
        .unit("s"),
        _graph(
            "Passes",
            "By how they end; confirmed: who needed none. A Defect is one of the operator.",
            2 * THIRD,
        )
        .with_target(
            _over_time(
                "sum by (result) (rate(flink_operator_passes_total[$__rate_interval]))",
                "{{result}}",
            )
        )
        .with_target(
            _over_time(
                "sum(rate(flink_operator_confirmed_total[$__rate_interval]))", "confirmed", "B"
            )
        )
        .unit("ops"),
        _graph("Time of a pass", "Half of them, and 19 of 20, took less.")
        .with_target(
            _over_time(
                f"histogram_quantile(0.5, sum by (le) (rate({passes}[$__rate_interval])))", "half"
            )
        )
        .with_target(
            _over_time(
                f"histogram_quantile(0.95, sum by (le) (rate({passes}[$__rate_interval])))",
                "19 of 20",
                "B",
            )
        )
        .unit("s"),
    ]


def _panel(panel: Panel, title: str, description: str, width: int = THIRD) -> Panel:
    return panel.title(title).description(description).datasource(SOURCE).span(width).height(8)


def _stat(title: str, description: str) -> stat.Panel:
    return _panel(stat.Panel(), title, description).reduce_options(
        ReduceDataOptions().calcs(["lastNotNull"])
    )


def _graph(title: str, description: str, width: int = THIRD) -> timeseries.Panel:
    legend = (
        VizLegendOptions()
        .show_legend(True)
        .placement(LegendPlacement.BOTTOM)
        .display_mode(LegendDisplayMode.LIST)
    )
    tooltip = VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    graph = _panel(timeseries.Panel(), title, description, width).fill_opacity(10)
    return graph.legend(legend).tooltip(tooltip)


def _table(title: str, description: str, width: int) -> table.Panel:
    hidden = DataTransformerConfig(id_val="organize", options={"excludeByName": {"Time": True}})
    return (
        _panel(table.Panel(), title, description, width)
        .show_header(True)
        .with_transformation(hidden)
    )


def _over_time(query: str, legend: str, ref: str = "A") -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query).legend_format(legend).ref_id(ref).range()


def _now(query: str, legend: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query).legend_format(legend).ref_id("A").instant()


def _rows(query: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query).format(PromQueryFormat.TABLE).ref_id("A").instant()


def _red_from(number: float) -> ThresholdsConfig:
    steps = [Threshold(value=None, color="green"), Threshold(value=number, color="red")]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


if __name__ == "__main__":
    built = dashboard().build()
    sys.stdout.write(json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n")
