"""The operator's report from values: what only the leader knows, for people without its keys.

Bounded, because a ConfigMap holds a mebibyte: what does not fit is counted.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.names import CLUSTER_TAG, GROUP, WORKSPACE_TAG
from flink_workspace_operator.api.operator_report import (
    ActionVerdict,
    FailedSurvey,
    OperatorReport,
    PaidInstance,
    ReportedAction,
    ReportedConnection,
    ReportedIdentity,
    ReportedInstance,
    ReportedOrphan,
    ReportedOwner,
    ReportedProxy,
    ReportedSurvey,
    ReportedTag,
    UnreadRegion,
)
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.orphans import Findings, Orphan
from flink_workspace_operator.settings import Settings

MOST: Final = 200
"""Orphans, and importable instances, that are reported."""
MOST_BYTES: Final = 300_000
"""Size of each of the two lists."""
_MOST_TAGS, _MOST_LETTERS, _MOST_REGIONS = 20, 256, 50

T = TypeVar("T", bound=ApiModel)


@dataclass(frozen=True)
class ActionEvidence:
    """The latest evidence about a RAM action; `since` is None if it was not tried."""

    action: str
    verdict: ActionVerdict
    since: datetime | None


@dataclass(frozen=True)
class Surveyed:
    """A survey that was made."""

    findings: Findings
    time: datetime


@dataclass(frozen=True)
class SurveyFailure:
    """Surveys fail since then."""

    since: datetime
    why: str


@dataclass(frozen=True)
class Process:
    """The leading process, which does not change as long as it runs. `proxies` are variables with
    the addresses that they name."""

    version: str
    leader: str
    cluster_id: str
    settings: Settings
    hosts: Mapping[str, str]
    proxies: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OperatorFacts:
    """All that is reported, as values. Equal facts give equal reports."""

    process: Process
    surveyed: Surveyed | None
    failure: SurveyFailure | None
    actions: tuple[ActionEvidence, ...]
    seconds_ahead: int | None


def text_of(facts: OperatorFacts) -> str:
    """The report as it is published."""
    return _text(report_of(facts))


def report_of(facts: OperatorFacts) -> OperatorReport:
    """The report."""
    settings = facts.process.settings
    caller = facts.surveyed.findings.caller if facts.surveyed else None
    return OperatorReport(
        version=facts.process.version,
        leader=facts.process.leader,
        cluster_id=facts.process.cluster_id,
        survey_seconds=int(settings.survey_seconds),
        namespaces=settings.namespaces,
        identity_namespaces=settings.identity_namespaces or (),
        adoption_namespaces=settings.adoption_namespaces or (),
        identity=ReportedIdentity(account_id=caller.account_id, arn=caller.arn) if caller else None,
        connection=_connection(facts),
        actions=tuple(
            ReportedAction(action=each.action, verdict=each.verdict, since=each.since)
            for each in facts.actions
        ),
        survey=survey_report(facts.surveyed) if facts.surveyed else None,
        survey_failure=(
            FailedSurvey(since=facts.failure.since, why=facts.failure.why)
            if facts.failure
            else None
        ),
    )


def _connection(facts: OperatorFacts) -> ReportedConnection:
    settings = facts.process.settings
    return ReportedConnection(
        endpoint=settings.endpoint,
        emulated=settings.emulated,
        hosts=dict(facts.process.hosts),
        proxies=tuple(
            ReportedProxy(variable=variable, address=address)
            for variable, address in facts.process.proxies
        ),
        clock_ahead_seconds=facts.seconds_ahead,
    )


def survey_report(surveyed: Surveyed) -> ReportedSurvey:
    """What a survey found."""
    findings = surveyed.findings
    orphans, orphans_left_out = _bounded(reported_orphans(findings))
    importable, left_out = _bounded([_instance(each) for each in findings.unowned])
    return ReportedSurvey(
        time=surveyed.time,
        regions=len({region for _, region in findings.read}),
        unread=unread_regions(findings)[:_MOST_REGIONS],
        orphans=orphans,
        orphans_left_out=orphans_left_out,
        importable=importable,
        importable_left_out=left_out,
    )


def reported_orphans(findings: Findings) -> tuple[ReportedOrphan, ...]:
    """All orphans, with what they cost."""
    return tuple(_orphan(each, findings) for each in findings.orphans)


def unread_regions(findings: Findings) -> tuple[UnreadRegion, ...]:
    """The regions of which nothing is known."""
    return tuple(
        UnreadRegion(region=region, why=_of_account(account_id, findings) + describe(failure))
        for (account_id, region), failure in sorted(
            findings.unread.items(), key=lambda each: each[0]
        )
    )


def _of_account(account_id: str, findings: Findings) -> str:
    """The account in words, if it is another one than the operator's own."""
    is_own = findings.caller is not None and findings.caller.account_id == account_id
    return "" if is_own else f"in account {account_id}, "


def _orphan(orphan: Orphan, findings: Findings) -> ReportedOrphan:
    return ReportedOrphan(
        kind=orphan.kind,
        account_id=orphan.account_id,
        region=orphan.region,
        name=orphan.name,
        marked_as=orphan.owner,
        instances=tuple(_paid(each, findings) for each in orphan.instance_ids),
        what_to_do=orphan.advice,
    )


def _paid(instance_id: str, findings: Findings) -> PaidInstance:
    """What is known: of one that only the ledger has, its order."""
    instance, purchase = findings.found.get(instance_id), findings.purchases.get(instance_id)
    return PaidInstance(
        instance_id=instance_id,
        charge_type=instance.charge_type if instance else None,
        cu=instance.cu if instance else None,
        create_time=instance.create_time if instance else None,
        expire_time=instance.expire_time if instance else None,
        last_order=str(purchase.order) if purchase else None,
        last_amount=purchase.price if purchase else None,
    )


def _instance(instance: SeenInstance) -> ReportedInstance:
    others = {key: value for key, value in instance.tags.items() if not _is_ours(key)}
    return ReportedInstance(
        instance_id=instance.instance_id,
        name=instance.name,
        region=instance.region,
        zone_id=instance.zone_id,
        cluster_status=instance.cluster_status,
        charge_type=instance.charge_type,
        cu=instance.cu,
        create_time=instance.create_time,
        expire_time=instance.expire_time,
        vpc_id=_cut(instance.vpc_id),
        v_switch_ids=tuple(each[:_MOST_LETTERS] for each in instance.v_switch_ids[:_MOST_TAGS]),
        bucket=_cut(instance.bucket),
        architecture=instance.architecture,
        monitoring=instance.monitoring,
        resource_group_id=instance.resource_group_id,
        tags=tuple(
            ReportedTag(key=key[:_MOST_LETTERS], value=value[:_MOST_LETTERS])
            for key, value in sorted(others.items())[:_MOST_TAGS]
        ),
        owner=_owner(instance),
    )


def _owner(instance: SeenInstance) -> ReportedOwner | None:
    cluster = instance.tags.get(CLUSTER_TAG)
    if cluster is None:
        return None
    return ReportedOwner(cluster=cluster, workspace=instance.tags.get(WORKSPACE_TAG))


def _is_ours(key: str) -> bool:
    return key.startswith(f"{GROUP}/")


def _cut(text: str | None) -> str | None:
    return text[:_MOST_LETTERS] if text else None


def _bounded(all_: Sequence[T]) -> tuple[tuple[T, ...], int]:
    """The first of them, as many as have room, and the number of the others."""
    kept = tuple(_fitting(all_[:MOST]))
    return kept, len(all_) - len(kept)


def _fitting(some: Iterable[T]) -> Iterable[T]:
    room = MOST_BYTES
    for each in some:
        room -= len(_text(each).encode())
        if room < 0:
            return
        yield each


def _text(model: ApiModel) -> str:
    return json.dumps(model.as_wire(), ensure_ascii=False, separators=(",", ":"))
