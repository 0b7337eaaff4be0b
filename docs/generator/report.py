"""The operator's report that the pages show: written by the operator's own code from made-up
facts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from docs.generator.situations import APPLIED, NOW
from flink_workspace_operator import __version__
from flink_workspace_operator.adapters.alibaba.products import hosts
from flink_workspace_operator.core.facts.identity import Caller, Key
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.operator_report import (
    ActionEvidence,
    OperatorFacts,
    Process,
    Surveyed,
    text_of,
)
from flink_workspace_operator.core.orphans import Findings, Orphan, Purchase
from flink_workspace_operator.settings import Settings
from kubectl_flink import names
from kubectl_flink.checking import Cluster, Lease
from kubectl_flink.operator_report import OperatorReport

_ACCOUNT: Final = "1000000000000001"
_REGION: Final = "cn-hangzhou"
_POD: Final = "flink-workspace-operator-6d64f8c33d-7xk2p"
_BOUGHT: Final = SeenInstance(
    "sc_flinkserverless_public_cn-6d64f8c33df", "reports", _REGION, "RUNNING", charge_type="Subscription", cu=10,
    create_time=datetime(2026, 11, 2, 8, 14, tzinfo=UTC), expire_time=datetime(2027, 1, 2, 16, tzinfo=UTC),
)  # fmt: skip
_BY_HAND: Final = SeenInstance(
    "sc_flinkserverlesspost_public_cn-52b0d1f77a1", "try-out", _REGION, "RUNNING", charge_type="PayAsYouGo",
    create_time=datetime(2026, 10, 19, 11, 40, tzinfo=UTC),
)  # fmt: skip
_PURCHASE: Final = Purchase(
    Key("team-a", "reports-1"), Key("team-a", "reports"), _ACCOUNT, _REGION, "reports", _BOUGHT.instance_id,
    price="CNY 2760.00 for 2 months",
)  # fmt: skip

CLUSTER: Final = Cluster(
    names.KINDS,
    Lease(
        {"spec": {"holderIdentity": _POD, "renewTime": NOW.isoformat(), "leaseDurationSeconds": 15}}
    ),
)


def published_report() -> OperatorReport:
    """Of an account with two orphans, twelve minutes after the survey."""
    return OperatorReport(json.loads(text_of(_facts())))


def _facts() -> OperatorFacts:
    settings = Settings(regions=(_REGION,), adoption_namespaces=(), identity_namespaces=("team-a",))
    process = Process(__version__, _POD, "c0ffee00-0000", settings, hosts(settings.endpoint), ())
    proven = (
        "foasconsole:DescribeInstances",
        "ram:GetRole",
        "vpc:DescribeVSwitches",
        "oss:ListObjects",
    )
    actions = (
        *(ActionEvidence(each, "Proven", APPLIED) for each in proven),
        ActionEvidence("oss:PutObject", "Denied", APPLIED + timedelta(minutes=4)),
        ActionEvidence("foasconsole:CreateInstance", "NotTried", None),
    )
    return OperatorFacts(process, Surveyed(_findings(), APPLIED), None, actions, 1)


def _findings() -> Findings:
    found = {each.instance_id: each for each in (_BOUGHT, _BY_HAND)}
    return Findings(
        (
            Orphan(
                "Orphan", _ACCOUNT, _REGION, "reports", (_BOUGHT.instance_id,), "team-a/reports"
            ),
            Orphan(
                "Orphan", _ACCOUNT, _REGION, "try-out", (_BY_HAND.instance_id,), "team-b/try-out"
            ),
        ),
        frozenset({(_ACCOUNT, _REGION)}),
        caller=Caller(_ACCOUNT, f"acs:ram::{_ACCOUNT}:user/flink-operator"),
        found=found,
        unowned=tuple(found.values()),
        purchases={_BOUGHT.instance_id: _PURCHASE},
    )
