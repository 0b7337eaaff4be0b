"""What `deploy/monitoring` holds, and promtool to ask about it."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import promql_parser
import yaml

from flink_local.build import ensure_built
from flink_local.manifests import REPOSITORY
from flink_local.promtool import PROMTOOL
from tests.patience import patience

MONITORING: Final = REPOSITORY / "deploy" / "monitoring"
_VARIABLES: Final = {"$__rate_interval": "5m"}

Rule = Mapping[str, Any]


def rule_groups() -> dict[str, Any]:
    """The spec of the PrometheusRule, which is a rule file of Prometheus."""
    spec: dict[str, Any] = yaml.safe_load((MONITORING / "prometheusrule.yaml").read_text())["spec"]
    return spec


def rules() -> list[Rule]:
    """All alerts."""
    return [rule for group in rule_groups()["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    """The dashboard."""
    read: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text())
    return read


def panels() -> Iterator[dict[str, Any]]:
    """The dashboard's panels without its rows."""
    return (panel for panel in dashboard()["panels"] if panel["type"] != "row")


def queries() -> list[str]:
    """All queries of the dashboard, with Grafana's own variables filled in."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    asked += [
        each["query"]["query"]
        for each in dashboard()["templating"]["list"]
        if each["type"] == "query"
    ]
    return [_filled(query) for query in asked]


def _filled(query: str) -> str:
    for name, value in _VARIABLES.items():
        query = query.replace(name, value)
    values = re.fullmatch(r"label_values\((.*), *(\w+)\)", query)
    return f"group by ({values[2]}) ({values[1]})" if values else query


@dataclass(frozen=True)
class Names:
    """What a query names."""

    metrics: frozenset[tuple[str, frozenset[str]]]
    """Each with the labels that it is selected by."""
    labels: frozenset[str]
    """Those that it groups or matches by."""


def names_in(query: str) -> Names:
    """The names in a query. Raises ValueError where Prometheus could not read it."""
    nodes = tuple(_nodes(promql_parser.parse(query)))
    selectors = [node for node in nodes if isinstance(node, promql_parser.VectorSelector)]
    modifiers = [getattr(node, "modifier", None) for node in nodes]
    return Names(
        frozenset(
            (each.name or "", frozenset(m.name for m in each.matchers.matchers))
            for each in selectors
        ),
        frozenset(label for modifier in modifiers for label in getattr(modifier, "labels", ())),
    )


def _nodes(node: promql_parser.Expr) -> Iterator[promql_parser.Expr]:
    yield node
    children = (
        getattr(node, name, None)
        for name in ("expr", "lhs", "rhs", "args", "vector_selector", "param")
    )
    for child in children:
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, promql_parser.Expr):
                yield from _nodes(each)


def promtool(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it in a directory. Raises LocalFailure where it can't be built."""
    command = [str(ensure_built(PROMTOOL).path("promtool")), *arguments]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=patience(60), check=False
    )
