"""deploy/base/warnings.yaml: the API server warns of money spent and left running, and of a
misspelt annotation."""

import json
import re
from typing import Any, Final

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api import names
from tests.objects import Objects
from tests.patience import until
from tests.scenario.api.server import changed
from tests.scenario.manifests import Manifest, at_most, pay_as_you_go, subscription

SHIPPED: Final = list(
    yaml.safe_load_all((REPOSITORY / "deploy" / "base" / "warnings.yaml").read_text())
)
KNOWN: Final = (
    names.SUSPEND,
    names.RECONCILE_REQUESTED_AT,
    names.ABANDON_ORDER,
    names.REPLACE_LOST,
    names.NOT_THIS_PURCHASE,
)
PLACE: Final = f"apis/{names.API_VERSION}/namespaces"
BOUND: Final = {"instance": {"instanceId": "sc_1", "expireTime": "2026-12-24T16:00:00Z"}}
PRICED: Final = {"order": {"name": "w-1", "state": "Fulfilled", "price": "CNY 3312.00 for 1 month"}}


def warned(objects: Objects, method: str, path: str, body: Manifest | None = None) -> list[str]:
    """The warnings of a call that is only tried; the call itself succeeds."""
    connection = objects.connection
    content = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = connection.pool.request(
        method,
        f"{connection.url}/{PLACE}/{objects.namespace}/flinkworkspaces{path}?dryRun=All",
        body=None if body is None else json.dumps(body),
        headers={**connection.identity, "Content-Type": content},
    )
    assert answer.status < 300, answer.data
    return [
        each.replace('\\"', '"')
        for each in re.findall(r'299 - "((?:[^"\\]|\\.)*)"', answer.headers.get("Warning", ""))
    ]


@pytest.fixture
def objects(cluster: Cluster, namespace: str) -> Objects:
    """Of the test's namespace, once the warnings are in force."""
    found = Objects.of(cluster, namespace)
    until(
        lambda: bool(warned(found, "POST", "", with_annotation("suspent"))),
        otherwise=lambda: "no warning",
    )
    until(
        lambda: "SPENDS MONEY" in str(warned(found, "POST", "", pay_as_you_go())),
        otherwise=lambda: "no warning",
    )
    return found


def with_annotation(name: str) -> Manifest:
    """A suspended resource with this annotation of the operator's prefix."""
    return changed(
        pay_as_you_go(suspend=True), "metadata.annotations", {f"{names.GROUP}/{name}": "true"}
    )


def stored(objects: Objects, manifest: Manifest, **status: Any) -> None:  # noqa: ANN401 - any field of the status
    """Create a resource with this status."""
    objects.create(manifest)
    objects.patch(f"flinkworkspaces/{manifest['metadata']['name']}/status", {"status": status})


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (pay_as_you_go(), "(PayAsYouGo, billed from its creation on)"),
        (subscription(), "(10 CU for 1 month, paid in advance)"),
        (
            subscription(**at_most("3500.00")),
            "(10 CU for 1 month, paid in advance, for at most CNY 3500.00)",
        ),
    ],
    ids=["pay-as-you-go", "in advance", "up to a price"],
)
def test_a_new_resource_spends_money(objects: Objects, manifest: Manifest, words: str) -> None:
    """The warning says where, how much and how to avoid it."""
    [warning] = warned(objects, "POST", "", manifest)
    assert (
        f"FlinkWorkspace {objects.namespace}/w SPENDS MONEY: the operator buys a workspace in cn-hangzhou"
        in warning
    )
    assert words in warning
    assert warning.endswith("With spec.suspend: true it buys nothing")


@pytest.mark.parametrize(
    "manifest",
    [
        pay_as_you_go(suspend=True),
        with_annotation("suspend"),
        pay_as_you_go(adoption={"policy": "ByInstanceId", "instanceId": "sc_1"}),
    ],
    ids=["suspended", "suspended by annotation", "adopted"],
)
def test_what_buys_nothing_warns_of_nothing(objects: Objects, manifest: Manifest) -> None:
    """A suspended resource, and one that only adopts."""
    assert warned(objects, "POST", "", manifest) == []


def test_the_end_of_a_suspension_spends_money(objects: Objects) -> None:
    """Unless the workspace is bought already."""
    stored(objects, pay_as_you_go(suspend=True))
    resumed = {"spec": {"suspend": False}}
    assert "SPENDS MONEY" in str(warned(objects, "PATCH", "/w", resumed))
    assert warned(objects, "PATCH", "/w", {"metadata": {"labels": {"a": "b"}}}) == []
    objects.patch("flinkworkspaces/w/status", {"status": BOUND})
    assert warned(objects, "PATCH", "/w", resumed) == []


def test_another_maximum_spends_money(objects: Objects) -> None:
    """What waited for it is bought then. After the purchase it means nothing."""
    stored(objects, subscription(**at_most("1.00")))
    raised = {"spec": at_most("3500.00")}
    assert "for at most CNY 3500.00" in str(warned(objects, "PATCH", "/w", raised))
    assert "SPENDS MONEY" in str(warned(objects, "PATCH", "/w", {"spec": {"purchase": None}}))
    assert warned(objects, "PATCH", "/w", {"spec": at_most("1.00")}) == []
    objects.patch("flinkworkspaces/w/status", {"status": BOUND})
    assert warned(objects, "PATCH", "/w", raised) == []


def test_a_change_of_a_running_resource_warns_of_nothing(objects: Objects) -> None:
    """GitOps applies over and over."""
    stored(objects, subscription())
    assert warned(objects, "PATCH", "/w", {"metadata": {"labels": {"a": "b"}}}) == []


def test_what_is_bought_stays_when_the_resource_is_deleted(objects: Objects) -> None:
    """With its id, what was paid, and until when."""
    stored(objects, subscription(), **BOUND, **PRICED)
    [warning] = warned(objects, "DELETE", "/w")
    assert (
        f"workspace 'sc_1' of FlinkWorkspace {objects.namespace}/w stays in the cloud and is paid until"
        in warning
    )
    assert "2026-12-24T16:00:00Z (Subscription, bought for CNY 3312.00 for 1 month)" in warning
    assert "Release it in the console, or apply this resource again to bind it" in warning


def test_what_has_no_end_is_billed_until_it_is_released(objects: Objects) -> None:
    """Pay-as-you-go has no end of a paid time."""
    order = {"name": "w-1", "state": "Fulfilled", "price": "pay-as-you-go"}
    stored(objects, pay_as_you_go(), instance={"instanceId": "sc_1"}, order=order)
    assert "stays in the cloud and is billed until somebody releases it (PayAsYouGo)" in str(
        warned(objects, "DELETE", "/w")
    )


def test_an_open_purchase_is_named_when_the_resource_is_deleted(objects: Objects) -> None:
    """Its outcome may be a workspace."""
    stored(objects, pay_as_you_go(), order={"name": "w-1", "state": "Uncertain"})
    [warning] = warned(objects, "DELETE", "/w")
    assert "order 'w-1'" in warning
    assert "may have bought a workspace" in warning


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"order": {"name": "w-1", "state": "Rejected"}},
        {"instance": {**BOUND["instance"], "lostSince": "2026-12-01T00:00:00Z"}},
    ],
    ids=["new", "refused", "lost"],
)
def test_a_deletion_that_leaves_nothing_behind_warns_of_nothing(
    objects: Objects, status: Manifest
) -> None:
    """Nothing was bought, or it is gone from the cloud."""
    stored(objects, pay_as_you_go(), **status)
    assert warned(objects, "DELETE", "/w") == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("supend", "Did you mean suspend?"),
        ("Reconcile", "Did you mean reconcile-requested-at or replace-lost?"),
        (
            "hold",
            "Known are suspend, reconcile-requested-at, abandon-order, replace-lost, not-this-purchase",
        ),
    ],
)
def test_a_misspelt_annotation_is_named(objects: Objects, name: str, hint: str) -> None:
    """It does nothing, and the warning says which one may be meant."""
    [warning] = warned(objects, "POST", "", with_annotation(name))
    assert f"{names.GROUP}/{name}: no such annotation, it does nothing. {hint}" in warning


@pytest.mark.parametrize("annotation", KNOWN)
def test_annotations_that_exist_are_taken_silently(objects: Objects, annotation: str) -> None:
    """The policy knows all that the operator reads."""
    assert warned(objects, "POST", "", with_annotation(annotation.partition("/")[2])) == []


def test_a_misspelt_annotation_is_named_once(objects: Objects) -> None:
    """Later writes of the resource are silent, those of the operator too."""
    stored(objects, with_annotation("supend"))
    assert warned(objects, "PATCH", "/w", {"metadata": {"labels": {"a": "b"}}}) == []


def test_the_warnings_refuse_nothing() -> None:
    """Neither by their verdict nor by an error in a rule."""
    for each in SHIPPED:
        if each["kind"] == "ValidatingAdmissionPolicy":
            assert each["spec"]["failurePolicy"] == "Ignore"
        else:
            assert each["spec"]["validationActions"] == ["Warn"]
