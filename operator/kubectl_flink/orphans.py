"""Orphans: what is paid for, and which FlinkWorkspace would own it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kubectl_flink.operator_report import OperatorReport, Wire
from kubectl_flink.words import printable
from kubectl_flink.workspace import time_of


@dataclass(frozen=True)
class Orphan:
    """One instance of a finding."""

    kind: str
    instance_id: str
    name: str
    account_id: str
    region: str
    charge_type: str | None
    cu: int | None
    paid_since: datetime | None
    paid_until: datetime | None
    last_order: str | None
    last_amount: str | None
    marked_as: str | None
    what_to_do: str


def orphans_in(report: OperatorReport) -> tuple[Orphan, ...]:
    """All of them, those of one finding beside each other."""
    return tuple(
        each for finding in report.survey.get("orphans") or () for each in _instances(finding)
    )


def _instances(finding: Wire) -> Iterator[Orphan]:
    for each in finding.get("instances") or ():
        yield Orphan(
            kind=str(finding.get("kind", "")),
            instance_id=printable(each["instanceId"]),
            name=printable(finding.get("name", "")),
            account_id=printable(finding.get("accountId", "")),
            region=printable(finding.get("region", "")),
            charge_type=each.get("chargeType"),
            cu=each.get("cu"),
            paid_since=time_of(each.get("createTime")),
            paid_until=time_of(each.get("expireTime")),
            last_order=each.get("lastOrder"),
            last_amount=each.get("lastAmount"),
            marked_as=finding.get("markedAs"),
            what_to_do=_advice(finding, each),
        )


def _advice(finding: Wire, instance: Wire) -> str:
    """The operator's words, and the command where there is one."""
    words = printable(finding.get("whatToDo", ""))
    if finding.get("kind") != "Orphan":
        return words
    return f"{words}; kubectl flink import {printable(instance['instanceId'])} prints one"
