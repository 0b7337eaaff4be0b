"""`deploy/ram/policy.json` allows what the operator's calls need, and nothing else."""

import json
from typing import Any, Final

from flink_cloud_emulator.dispatch import SERVICES
from flink_cloud_emulator.oss.actions import find_action
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.adapters.alibaba import products
from flink_workspace_operator.adapters.alibaba.errors import RAM_ACTIONS
from flink_workspace_operator.adapters.alibaba.session import Api
from flink_workspace_operator.api.names import DIRECTORIES

POLICY: Final = REPOSITORY / "deploy" / "ram" / "policy.json"
OSS_CALLS: Final = {"oss.GetBucketInfo", "oss.HeadObject", "oss.PutObject"}
NO_ACTION_KNOWN: Final = {
    "foasconsole.DescribeSupportedRegions",
    "foasconsole.DescribeSupportedZones",
    "foasconsole.QueryCreateInstancePrice",
    "sts.GetCallerIdentity",
}
"""Of these, none is published; `docs/real-account.md` says so."""


def statements() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(POLICY.read_text())["Statement"]
    return found


def allowed() -> list[str]:
    return [action for statement in statements() for action in statement["Action"]]


def calls() -> set[str]:
    """Every call that the adapters can make."""
    return {each.name for each in vars(products).values() if isinstance(each, Api)} | OSS_CALLS


def test_every_call_has_its_action() -> None:
    """A call that is new has to say what it needs."""
    assert calls() - NO_ACTION_KNOWN == set(RAM_ACTIONS)


def test_policy_allows_that_and_nothing_else() -> None:
    """Each action once, and no wildcard among them."""
    assert sorted(allowed()) == sorted(set(RAM_ACTIONS.values()))
    assert [action for action in allowed() if "*" in action] == []
    assert {statement["Effect"] for statement in statements()} == {"Allow"}


def test_cloud_asks_for_the_same_actions() -> None:
    """By the emulator's own table, made from the cloud's documentation; it shares no code with the
    operator."""
    services = {service.name: service for service in SERVICES}
    asked = {call: services[service].actions[action].permission for call in calls() - OSS_CALLS - NO_ACTION_KNOWN
             for service, action in [call.split(".")]}  # fmt: skip
    objects = [
        find_action("GET", "", {"bucketInfo": ""}),
        find_action("HEAD", "k", {}),
        find_action("PUT", "k", {}),
    ]
    asked |= {f"oss.{each.name}": each.permission for each in objects if each is not None}
    assert asked == RAM_ACTIONS


def test_objects_are_those_that_flink_keeps_its_files_under() -> None:
    """Nothing else in the bucket can be read or written."""
    (objects,) = [each["Resource"] for each in statements() if "oss:PutObject" in each["Action"]]
    assert objects == [f"acs:oss:*:*:YOUR-BUCKET/{key}*" for key in DIRECTORIES]
