"""The page of what `kubectl flink status` shows in each situation.

It is what the command makes of the objects that were captured for Argo CD. Ids and times are put in
the place of those of the run, so that another capture gives the same page."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console

from docs.generator.markdown import page
from kubectl_flink.pictures import table, tree
from kubectl_flink.printing import text_of
from kubectl_flink.report import Report, report_of
from kubectl_flink.workspace import Workspace

TESTDATA: Final = (
    Path(__file__).parents[2]
    / "deploy/argocd/resource_customizations/flink.alicloud.dev/FlinkWorkspace/testdata"
)
COLUMNS: Final = 100
APPLIED: Final = datetime(2026, 12, 1, 9, tzinfo=UTC)
NOW: Final = APPLIED + timedelta(minutes=12)
_TIMES: Final = {
    "expireTime": datetime(2027, 1, 1, 16, tzinfo=UTC),
    "settledNotBefore": APPLIED + timedelta(minutes=31),
}
_IN_MESSAGES: Final = {
    r"(?<!paid until )\b20[\d-]+ [\d:]+ UTC": "2026-12-01 09:31 UTC",
    r"paid until [\d-]+ [\d:]+": "paid until 2027-01-01 16:00",
    r"account \d+": "account 1000000000000001",
    r"acs:ram::\d+:": "acs:ram::1000000000000001:",
    r" -n test-[0-9a-f]+": " -n team-a",
}
_ID: Final = re.compile(r"(sc_\w+_cn-)[0-9a-f]+")


def situations_page() -> str:
    """All of them, and the table of all."""
    reports = reports_by_situation()
    parts = [
        f"Made by `make docs` from the objects of [each situation](../conditions.md#how-a-resource-reads-to-tools),"
        f" {COLUMNS} columns wide and without colours. [The command](../kubectl-flink.md).",
        f"## All of them\n\n{_block(table(list(reports.values()), COLUMNS, with_namespace=False))}",
    ]
    parts += [
        f"## {_title(name)}\n\n{_block(tree(report, NOW))}" for name, report in reports.items()
    ]
    return page("What `kubectl flink status` shows", "\n\n".join(parts))


def reports_by_situation() -> dict[str, Report]:
    """The report of each captured object."""
    return {path.stem: _report(path) for path in sorted(TESTDATA.glob("*.yaml"))}


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _block(picture: Any) -> str:  # noqa: ANN401 - what rich can print
    console = Console(
        width=COLUMNS,
        file=io.StringIO(),
        color_system=None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    return f"```text\n{text_of(picture, console)}```"


def _report(path: Path) -> Report:
    wire = yaml.safe_load(path.read_text())
    wire["metadata"]["namespace"], wire["metadata"]["name"] = "team-a", path.stem
    return report_of(Workspace(_settled(wire)), NOW)


def _settled(wire: dict[str, Any]) -> dict[str, Any]:
    """The object with the ids and times of the page."""
    text = _ID.sub(r"\g<1>6d64f8c33df", json.dumps(wire))
    name = wire["metadata"]["name"]
    text = re.sub(r"\bw-1\b", f"{name}-1", text)
    text = re.sub(r"\bfws w\b", f"fws {name}", text)
    for pattern, settled in _IN_MESSAGES.items():
        text = re.sub(pattern, settled, text)
    found: dict[str, Any] = json.loads(text, object_hook=_dated)
    return found


def _dated(part: dict[str, Any]) -> dict[str, Any]:
    for name, value in part.items():
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
            part[name] = _TIMES.get(name, APPLIED).isoformat()
    if "accountId" in part:
        part["accountId"] = "1000000000000001"
    return part
