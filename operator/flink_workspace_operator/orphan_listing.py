"""`orphans`: a survey with the operator's own key, for a person or a program."""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

from rich.console import Console
from rich.table import Table

from flink_workspace_operator import wiring
from flink_workspace_operator.api.operator_report import PaidInstance, ReportedOrphan
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.core.operator_report import reported_orphans, unread_regions
from flink_workspace_operator.core.orphans import Findings
from flink_workspace_operator.settings import Settings
from flink_workspace_operator.survey import survey

log = logging.getLogger(__name__)

_UNBOUNDED: Final = 100_000
"""Columns where there is no terminal: more than any line needs."""
_HEADS: Final = ("KIND", "INSTANCE", "NAME", "ACCOUNT", "REGION", "CHARGE", "PAID SINCE",
                 "LAST AMOUNT", "MARKED AS", "WHAT TO DO")  # fmt: skip


async def list_orphans(settings: Settings, output: Literal["table", "json"]) -> int:
    """Print orphans: paid for, and managed by no resource; 1 if a region could not be listed."""
    try:
        async with (
            wiring.connect_cluster(settings) as side,
            wiring.connect_cloud(settings) as cloud,
        ):
            findings = await survey(cloud, side.cluster, side.cluster_id, settings.namespaces)
    except ClusterFailure as failure:
        log.error("cannot look: %s", failure)
        return 1
    if output == "json":
        print(_as_json(findings))  # noqa: T201 - its output
    else:
        _show(findings)
    for (account_id, region), why in findings.unread.items():
        log.error("%s of account %s could not be listed: %s", region, account_id, describe(why))
    for who, why in findings.unasked.items():
        log.error("nothing could be listed with %s: %s", who, describe(why))
    return 1 if findings.unread or findings.unasked else 0


def _as_json(findings: Findings) -> str:
    """The same members as in the operator's report."""
    found = {
        "time": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "regions": len({region for _, region in findings.read}),
        "unread": [each.as_wire() for each in unread_regions(findings)],
        "orphans": [each.as_wire() for each in reported_orphans(findings)],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def _show(findings: Findings) -> None:
    """A row for each instance. Nothing is cut: ids begin alike, and end differently."""
    console = Console(
        width=None if sys.stdout.isatty() else _UNBOUNDED, highlight=False, markup=False
    )
    orphans = reported_orphans(findings)
    if not orphans:
        if findings.read:
            console.print("No orphans, and no duplicate names.")
        return
    table = Table(box=None, pad_edge=False)
    for head in _HEADS:
        table.add_column(head, overflow="fold")
    for orphan in orphans:
        for row in _rows(orphan):
            table.add_row(*row)
    console.print(table)


def _rows(orphan: ReportedOrphan) -> Iterator[Sequence[str]]:
    for each in orphan.instances:
        yield (orphan.kind, each.instance_id, orphan.name, orphan.account_id, orphan.region,
               each.charge_type or "?", _since(each), each.last_amount or "not known",
               orphan.marked_as or "-", orphan.what_to_do)  # fmt: skip


def _since(instance: PaidInstance) -> str:
    return f"{instance.create_time:%Y-%m-%d}" if instance.create_time else "?"
