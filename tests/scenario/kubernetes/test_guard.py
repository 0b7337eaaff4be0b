"""deploy/components/guard, as whoever meets it who has got hold of the operator's token."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import SERVICE_ACCOUNT
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.report_map import ReportMap
from flink_workspace_operator.api.names import API_VERSION, GROUP
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.config_map import Content, Reference
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.control_plane import operator_kubeconfig
from tests.namespaces import Namespaces
from tests.objects import OPERATOR, Objects, Refused
from tests.scenario.kubernetes.tenants import (
    Manifest,
    Tenant,
    in_force,
    said,
    until_refused,
    until_said,
)
from tests.scenario.manifests import apply, let, let_write_outputs, pay_as_you_go
from tests.scenario.world import configuration_in

OWNED: Final = (
    "the operator writes only ConfigMaps whose controller is a FlinkWorkspace, by an ownerReference"
)
WAS_OWNED: Final = "the operator changes and deletes only ConfigMaps that a FlinkWorkspace owns, by an ownerReference"
ORDINARY: Final = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "coredns"},
    "data": {"a": "b"},
}
SECRET: Final = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "alicloud"},
    "stringData": {"a": "b"},
}
OWNER: Final = {
    "apiVersion": API_VERSION,
    "kind": "FlinkWorkspace",
    "name": "w",
    "uid": "0",
    "controller": True,
}

FORGED: Final[list[tuple[str, Manifest, str]]] = [
    (
        "flinkworkspaces/w",
        {"spec": {"suspend": True}},
        "changes nothing of a FlinkWorkspace but `metadata.finalizers`",
    ),
    (
        "flinkworkspaces/w",
        {"spec": {"tags": [{"key": "a"}]}},
        "changes nothing of a FlinkWorkspace but",
    ),
    (
        "flinkworkspaces/w",
        {"metadata": {"labels": {"a": "b"}}},
        "nothing of a FlinkWorkspace's metadata but `finalizers`",
    ),
    (
        "flinkworkspaces/w",
        {"metadata": {"annotations": {f"{GROUP}/replace-lost": "x"}}},
        "FlinkWorkspace's metadata but",
    ),
    (
        "flinkworkspaces/w",
        {"metadata": {"ownerReferences": [OWNER]}},
        "nothing of a FlinkWorkspace's metadata but",
    ),
    (
        "flinkworkspaces/w",
        {"metadata": {"finalizers": ["example.com/x"]}},
        f"only finalizers that begin with {GROUP}/",
    ),
    (
        "secrets/alicloud",
        {"data": {"a": "Yw=="}},
        "changes nothing of a Secret but `metadata.finalizers`",
    ),
    (
        "secrets/alicloud",
        {"stringData": {"c": "d"}},
        "changes nothing of a Secret but `metadata.finalizers`",
    ),
    (
        "secrets/alicloud",
        {"immutable": True},
        "changes nothing of a Secret but `metadata.finalizers`",
    ),
    (
        "secrets/alicloud",
        {"metadata": {"labels": {"a": "b"}}},
        "nothing of a Secret's metadata but `finalizers`",
    ),
    (
        "secrets/alicloud",
        {"metadata": {"finalizers": None}},
        f"takes off only finalizers that begin with {GROUP}/",
    ),
    ("configmaps/coredns", {"data": {"a": "c"}}, OWNED),
    ("configmaps/coredns", {"metadata": {"ownerReferences": [OWNER]}}, WAS_OWNED),
]
"""What is patched, with what, and what the API server says."""


@pytest.fixture(scope="module")
def namespace(cluster: Cluster, namespaces: Namespaces) -> Iterator[str]:
    """One for this module, in which the operator has every right that a namespace can give it."""
    with namespaces.fresh() as name, in_force(cluster, "guard", name):
        let_write_outputs(cluster, name)
        let(cluster, name, "flink-workspace-operator-credentials")
        held = {**SECRET, "metadata": {**SECRET["metadata"], "finalizers": ["example.com/backup"]}}  # type: ignore[dict-item]
        for manifest in (pay_as_you_go(), ORDINARY, held):
            apply(cluster, name, manifest)
        yield name
        Objects.of(cluster, name).let_go("secrets/alicloud")


@pytest.fixture(scope="module")
def thief(cluster: Cluster, namespace: str) -> Tenant:
    """Somebody who has got hold of the operator's identity, once the policies are in force."""
    found = Tenant(Objects.of(cluster, namespace).by(OPERATOR))
    until_refused(found, located(ORDINARY, "new", namespace), OWNED)
    for what, change, words in (FORGED[0], FORGED[6]):
        until_said(words, partial(attempt, found, what, change, dry_run=True))
    return found


def located(manifest: Manifest, name: str, namespace: str, **metadata: object) -> Manifest:
    """The same, under this name and there."""
    return {**manifest, "metadata": {"name": name, "namespace": namespace, **metadata}}


def attempt(thief: Tenant, what: str, change: Manifest, *, dry_run: bool = False) -> str:
    """Patch something; what the API server said against it."""
    try:
        thief.objects.patch(what, change, dry_run=dry_run)
    except Refused as refused:
        return said(refused)
    return ""


@pytest.mark.parametrize(
    ("what", "change", "words"), FORGED, ids=[f"{n}-{what}" for n, (what, *_) in enumerate(FORGED)]
)
def test_what_is_not_the_operators_to_write_is_refused(
    thief: Tenant, what: str, change: Manifest, words: str
) -> None:
    """Though its roles allow to patch all of these."""
    assert words in attempt(thief, what, change)


def test_config_maps_of_others_are_neither_made_nor_deleted(thief: Tenant) -> None:
    """An owner of another kind does not help, nor one that is no controller."""
    other = {**OWNER, "kind": "Deployment", "apiVersion": "apps/v1"}
    for owner in (other, {**OWNER, "controller": False}, {**OWNER, "apiVersion": "example.com/v1"}):
        assert OWNED in thief.refusal(
            located(ORDINARY, "new", thief.namespace, ownerReferences=[owner])
        )
    with pytest.raises(Refused) as refused:
        thief.objects.delete("configmaps/coredns")
    assert WAS_OWNED in said(refused.value)


def test_a_report_elsewhere_is_like_any_other(thief: Tenant) -> None:
    """The name alone opens nothing."""
    assert OWNED in thief.refusal(located(ORDINARY, REPORT_NAME, thief.namespace))


async def test_its_report_is_let_through_in_its_own_namespace(
    cluster: Cluster, namespaces: Namespaces, tmp_path: Path
) -> None:
    """Made and replaced; no other ConfigMap there."""
    with namespaces.fresh() as home, in_force(cluster, "guard", home, operator_in=home):
        objects, account = Objects.of(cluster, home), (SERVICE_ACCOUNT, home)
        apply(
            cluster,
            home,
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": SERVICE_ACCOUNT}},
        )
        objects.bind("flink-workspace-operator-outputs", account)
        until_refused(Tenant(objects.by(account)), located(ORDINARY, "new", home), OWNED)
        kubeconfig = cluster.kubeconfig_for(SERVICE_ACCOUNT, home, tmp_path / "kubeconfig")
        async with client.ApiClient(await configuration_in(kubeconfig)) as api:
            for text in ("one", "two"):
                await ReportMap(client.CoreV1Api(api), home).write(text)
        assert objects.get(f"configmaps/{REPORT_NAME}")["data"] == {REPORT_KEY: "two"}


def test_people_are_not_concerned(cluster: Cluster, thief: Tenant) -> None:
    """Policies are about the operator alone."""
    people = Objects.of(cluster, thief.namespace)
    for what in ("flinkworkspaces/w", "secrets/alicloud", "configmaps/coredns"):
        people.patch(what, {"metadata": {"labels": {"team": "data"}}})


async def test_all_that_the_operator_does_is_let_through(cluster: Cluster, thief: Tenant) -> None:
    """Finalizers of workspaces and Secrets put on and taken off, beside those of others; a
    ConfigMap written, corrected and deleted; status and events."""
    configuration = await configuration_in(operator_kubeconfig(cluster))
    async with client.ApiClient(configuration) as api:
        port, key = KubernetesCluster(api, Settings()), Key(thief.namespace, "w")
        workspace = await read(port, key)
        await port.add_purchase_finalizer(workspace)
        held = await read(port, key)
        await port.write_status(held, held.status.model_copy(update={"observed_generation": 1}))
        await hold_and_release(port, key)
        await hand_on_and_take_back(port, key, held.metadata.uid)
        await port.remove_purchase_finalizer(await read(port, key))
    assert thief.objects.get("secrets/alicloud")["metadata"]["finalizers"] == ["example.com/backup"]


async def read(port: KubernetesCluster, key: Key) -> FlinkWorkspace:
    found = await port.read_workspace(key)
    assert found is not None
    return found


async def hold_and_release(port: KubernetesCluster, key: Key) -> None:
    """As before and after a purchase with the keys of that Secret."""
    for change in (port.hold_secret, port.release_secret):
        secret: Any = await port.read_secret(key, "alicloud")
        assert await change(key, secret) is None


async def hand_on_and_take_back(port: KubernetesCluster, key: Key, uid: str) -> None:
    """A ConfigMap of this resource."""
    owner = Reference(API_VERSION, "FlinkWorkspace", "w", uid, controller=True)
    content = Content({"instanceId": "f-1"}, {}, (owner,))
    await port.write_outputs(key, "ids", content, None)
    created = await port.read_outputs(key, "ids")
    assert created is not None
    await port.write_outputs(key, "ids", replace(content, data={"instanceId": "f-2"}), created)
    corrected = await port.read_outputs(key, "ids")
    assert corrected is not None
    await port.delete_outputs(key, corrected)
    assert await port.read_outputs(key, "ids") is None
