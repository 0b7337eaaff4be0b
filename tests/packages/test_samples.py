"""Samples apply as they are; what people get wrong when they change them is refused with what to
do."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from flink_cloud_emulator.foasconsole.prices import subscription
from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from tests.objects import Objects
from tests.packages.rendering import DEPLOY, Manifest, load
from tests.scenario.api.server import REMOVED, changed

ALL: Final = sorted((DEPLOY / "samples").rglob("*.yaml"))
POLICIES: Final = [path for path in ALL if path.parent.name == "policies"]
SAMPLES: Final = [path for path in ALL if path not in POLICIES]
BY_USE: Final = "pay-as-you-go.yaml"
BY_MONTH: Final = "subscription.yaml"
BOTH_OR_NONE: Final = "must be set with chargeType 'Subscription' and left out with 'PayAsYouGo'"

WRONG: Final[list[tuple[str, str, Any, str]]] = [
    (
        BY_MONTH,
        "metadata.name",
        "Reports",
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric",
    ),
    (BY_MONTH, "metadata.name", "r" * 61, "`metadata.name` must have at most 60 characters"),
    (BY_MONTH, "spec.region", REMOVED, 'missing required field "region" in'),
    (BY_MONTH, "spec.chargeType", "PREPAY", 'supported values: "Subscription", "PayAsYouGo"'),
    (BY_MONTH, "spec.chargeType", "PayAsYouGo", BOTH_OR_NONE),
    (BY_MONTH, "spec.subscription", REMOVED, BOTH_OR_NONE),
    (
        BY_MONTH,
        "spec.subscription.initialTerm",
        {"count": 6, "unit": "Year"},
        "or 1 to 5 with unit 'Year'",
    ),
    (BY_MONTH, "spec.resources", REMOVED, BOTH_OR_NONE),
    (
        BY_MONTH,
        "spec.resources.cu",
        0,
        "spec.resources.cu in body should be greater than or equal to 1",
    ),
    (BY_MONTH, "spec.resources.cpu", 10, 'unknown field "cpu" in'),
    (
        BY_MONTH,
        "spec.purchase.maximumPrice.amount",
        "3,500",
        "`amount` is '3,500', but must be an amount of money",
    ),
    (
        BY_MONTH,
        "spec.tags[0].key",
        "acs:team",
        "`key` must not start with 'acs:', 'aliyun', 'http://' or 'https://'",
    ),
    (BY_USE, "spec.resources", {"cu": 10}, BOTH_OR_NONE),
    (BY_USE, "spec.network.vpcId", "vsw-1", "`vpcId` is 'vsw-1', but must be the id of a VPC"),
    (
        BY_USE,
        "spec.network.vSwitchIds",
        [],
        "spec.network.vSwitchIds in body should have at least 1 items",
    ),
    (BY_USE, "spec.storage.type", "FullyManaged", 'supported values: "OSS"'),
    (
        BY_USE,
        "spec.storage.oss.bucket",
        "My_Bucket",
        "`bucket` is 'My_Bucket', but must be the name of an OSS",
    ),
    (
        "adoption.yaml",
        "spec.adoption.instanceId",
        REMOVED,
        "`instanceId` must be set with policy 'ByInstanceId'",
    ),
    ("adoption.yaml", "spec.adoption.policy", "IfNameMatches", "and left out with any other"),
    (
        "outputs.yaml",
        "spec.outputs.configMapName",
        "Streams",
        "`configMapName` is 'Streams', but must be the name",
    ),
    (
        "credentials.yaml",
        "spec.credentials.secretName",
        REMOVED,
        'missing required field "secretName" in',
    ),
    ("credentials.yaml", "spec.credentials.accessKeyId", "k", 'unknown field "accessKeyId" in'),
]
"""Sample, field, value, and what kubectl or the API server says."""


def ids(path: Path) -> str:
    return path.stem


def apply(cluster: Cluster, namespace: str, manifests: list[Manifest]) -> str:
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
    return cluster.kubectl(
        "apply", f"--namespace={namespace}", "--filename=-", "--validate=strict", stdin=listed
    )


def workspace(path: Path) -> Manifest:
    (found,) = [each for each in load(path.read_text()) if each["kind"] == "FlinkWorkspace"]
    return found


@pytest.mark.parametrize("path", ALL, ids=ids)
def test_applies_as_it_is(path: Path, cluster: Cluster, namespace: str) -> None:
    """The API server takes each of them, with its strictest validation, and so it does a second
    time."""
    for word in ("created", "unchanged"):
        told = cluster.kubectl(
            "apply", f"--namespace={namespace}", f"--filename={path}", "--validate=strict"
        )
        assert [word in line for line in told.splitlines()] == [True] * len(load(path.read_text()))
    if path in POLICIES:  # in no namespace that ends with the test
        cluster.kubectl("delete", f"--filename={path}")


@pytest.mark.parametrize("path", SAMPLES, ids=ids)
def test_says_what_it_costs_and_is_not_pruned_by_accident(path: Path) -> None:
    """Whoever copies it reads that it spends money, unless it can't."""
    text, spec = path.read_text(), workspace(path)
    assert "SPENDS MONEY" in text or spec["spec"]["adoption"]["policy"] == "ByInstanceId"
    options = spec["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
    assert options == "Prune=confirm,Delete=confirm"


@pytest.mark.parametrize(
    "path", [*SAMPLES, *sorted((DEPLOY / "argocd" / "sample").glob("workspace.yaml"))], ids=ids
)
def test_whoever_copies_it_copies_a_maximum(path: Path) -> None:
    """What is paid in advance has one: above the emulator's price, and below that of a size
    more."""
    spec = workspace(path)["spec"]
    assert ("purchase" in spec) == (spec["chargeType"] == "Subscription")
    if "purchase" in spec:
        maximum, term = spec["purchase"]["maximumPrice"], spec["subscription"]["initialTerm"]
        assert (maximum["currency"], term["unit"]) == ("CNY", "Month")
        price, more = (
            subscription(spec["resources"]["cu"] + each, term["count"], "X86").trade
            for each in (0, 1)
        )
        assert price <= float(maximum["amount"]) < more


@pytest.mark.parametrize(
    ("sample", "field", "value", "said"),
    WRONG,
    ids=[f"{sample[:-5]}-{field}-{n}" for n, (sample, field, *_) in enumerate(WRONG)],
)
def test_wrong_variants_are_refused(
    sample: str,
    field: str,
    value: Any,  # noqa: ANN401 - any JSON
    said: str,
    cluster: Cluster,
    namespace: str,
) -> None:
    """With the field, and what is allowed there."""
    [path] = [each for each in SAMPLES if each.name == sample]
    with pytest.raises(LocalFailure) as refused:
        apply(cluster, namespace, [changed(workspace(path), field, value)])
    assert said in re.sub(r"\s+", " ", str(refused.value))
    assert Objects.of(cluster, namespace).list("flinkworkspaces") == []
