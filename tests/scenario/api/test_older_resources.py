"""Resources that were stored before a rule existed, as after an upgrade of the operator."""

import copy
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from kubernetes import client

from flink_local.cluster import Cluster
from flink_workspace_operator.api import names
from flink_workspace_operator.api.crd import RESOURCES, crd
from tests.patience import patience
from tests.scenario.api.samples import WORKSPACE
from tests.scenario.api.server import Kind, Refused, Wire, accepted, changed, refused

NAME_TOO_LONG = "a" * 61
NOT_LEGAL = changed(changed(WORKSPACE, "metadata.name", NAME_TOO_LONG), "spec.resources.cu", 0)
NOT_LEGAL["spec"] |= {"region": "CN_HANGZHOU", "chargeType": "PayAsYouGo"}
OLD_TAGS = [
    {"key": " Flink.alicloud.dev/order", "value": "forged"},
    {"key": "te\x1bam", "value": "a\nb"},
]
NOT_LEGAL["spec"]["tags"] = OLD_TAGS
SECONDS = 20.0


def _definition(plural: str) -> Wire:
    """That of FlinkWorkspaces under another name, so that no other test meets it."""
    definition = copy.deepcopy(crd(RESOURCES[0]))
    definition["metadata"]["name"] = f"{plural}.{names.GROUP}"
    definition["spec"]["names"] = {"kind": plural.title(), "plural": plural, "singular": plural}
    return definition


def _without_rules(node: Any) -> Any:  # noqa: ANN401 - any part of a definition
    if isinstance(node, list):
        return [_without_rules(item) for item in node]
    if not isinstance(node, dict):
        return node
    rules = ("x-kubernetes-validations", "pattern", "minimum")
    return {key: _without_rules(value) for key, value in node.items() if key not in rules}


def _apply(cluster: Cluster, definition: Wire) -> None:
    cluster.kubectl("apply", "--server-side", "--filename=-", stdin=yaml.safe_dump(definition))
    name = definition["metadata"]["name"]
    cluster.kubectl(
        "wait",
        "--for=condition=Established",
        f"--timeout={patience(30):.0f}s",
        "customresourcedefinition",
        name,
    )


def _eventually_refused(older: Kind, body: Wire) -> Refused:
    """A definition takes effect a moment after it is applied."""
    deadline = time.monotonic() + SECONDS
    while not isinstance(answer := older.create(body, dry_run=True), Refused):
        assert time.monotonic() < deadline, "the rules never took effect"
    return answer


@pytest.fixture
def older(
    cluster: Cluster, custom_objects: client.CustomObjectsApi, namespace: str
) -> Iterator[Kind]:
    """A kind that now has all rules of FlinkWorkspaces, and a stored object that breaks many of
    them."""
    plural = f"olds{uuid.uuid4().hex[:8]}"
    definition = _definition(plural)
    kind = Kind(custom_objects, namespace, plural)
    try:
        _apply(cluster, _without_rules(definition))
        body = {**NOT_LEGAL, "kind": plural.title()}
        accepted(kind.create(body))
        _apply(cluster, definition)
        _eventually_refused(kind, changed(body, "metadata.name", "b" * 61))
        yield kind
    finally:
        cluster.kubectl(
            "delete", "customresourcedefinition", definition["metadata"]["name"], "--wait=false"
        )


def test_an_older_resource_can_be_reported_on_and_released(older: Kind) -> None:
    """A rule that came later must not lock the operator out: status and finalizers can be
    written."""
    stored = older.read(NAME_TOO_LONG)
    stored = accepted(older.replace_status(stored, {"observedGeneration": 1, "accountId": "1"}))
    held = accepted(
        older.replace(changed(stored, "metadata.finalizers", [names.PURCHASE_FINALIZER]))
    )

    assert (
        accepted(older.replace(changed(held, "metadata.finalizers", [])))["spec"] == stored["spec"]
    )


def test_older_tags_stay_until_they_are_changed(older: Kind) -> None:
    """Others can be added beside them and they can be taken away; none like them can be added, nor
    can they be changed into another one that is refused today."""
    healed = changed(older.read(NAME_TOO_LONG), "spec.chargeType", "Subscription")
    stored = accepted(older.replace(changed(healed, "spec.resources.cu", 10)))
    assert stored["spec"]["tags"] == OLD_TAGS
    more = accepted(
        older.replace(changed(stored, "spec.tags", [*OLD_TAGS, {"key": "team", "value": "data"}]))
    )
    refused(
        older.replace(changed(more, "spec.tags", [*OLD_TAGS, {"key": "aliyun-team", "value": ""}]))
    )
    refused(older.replace(changed(more, "spec.tags[1].value", "a\nc")))
    fewer = accepted(older.replace(changed(more, "spec.tags", [OLD_TAGS[1]])))
    assert accepted(older.replace(changed(fewer, "spec.tags", [])))["spec"]["tags"] == []
