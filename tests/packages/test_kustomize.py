"""Every kustomize root gives objects that a real API server takes, and that mean what the pages
say."""

import json
import os
from pathlib import Path
from typing import Final

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.emulator import ACCESS_KEY_ID, ACCESS_KEY_SECRET
from flink_local.failures import LocalFailure
from flink_local.manifests import NAMESPACE, REPOSITORY
from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, Settings
from tests.packages.rendering import (
    COMPONENTS,
    DEPLOY,
    OPERATOR,
    OVERLAYS,
    Manifest,
    bare_pods,
    kustomize,
    one,
)

ROOTS: Final = (REPOSITORY / "crds", DEPLOY / "base", OVERLAYS / "trial", OVERLAYS / "production")
TRIALS_SECRET: Final = "flink-cloud-emulator-credentials"
TRIAL, PRODUCTION = OVERLAYS / "trial", OVERLAYS / "production"
EXAMPLES: Final = ("team-a", "team-b")
"""Namespaces of somebody else, which are not there."""
KNOWN: Final = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields}


def ids(path: Path) -> str:
    return path.name


def overlay(directory: Path, *components: str) -> list[Manifest]:
    """Production with components, as somebody's own overlay has it."""
    root = directory / "overlay"
    root.mkdir(exist_ok=True)
    resource, *parts = [
        os.path.relpath(each, root)
        for each in (PRODUCTION, *(COMPONENTS / name for name in components))
    ]
    content = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    (root / "kustomization.yaml").write_text(
        yaml.safe_dump({**content, "resources": [resource], "components": parts})
    )
    return kustomize(root)


def apply(cluster: Cluster, manifests: list[Manifest]) -> None:
    """As `kubectl apply` would, without doing it."""
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
    cluster.kubectl("apply", "--dry-run=server", "--validate=strict", "--filename=-", stdin=listed)


def environment(deployment: Manifest) -> dict[str, str]:
    """What the operator's container is told literally."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}


@pytest.mark.parametrize("root", ROOTS, ids=ids)
def test_applies(root: Path, cluster: Cluster) -> None:
    """A real API server takes all of it, with its strictest validation."""
    apply(cluster, kustomize(root))


@pytest.mark.parametrize("root", [TRIAL, PRODUCTION], ids=ids)
def test_pods_are_restricted(root: Path, cluster: Cluster) -> None:
    """The namespace enforces the restricted Pod Security Standard, and every Pod passes it."""
    manifests = kustomize(root)
    assert (
        one(manifests, "Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        == "restricted"
    )
    pods = bare_pods(manifests)
    assert pods
    apply(cluster, pods)


def test_other_pods_are_refused_there(cluster: Cluster) -> None:
    """So that the test before means something."""
    (pod,) = bare_pods(kustomize(PRODUCTION))
    del pod["spec"]["securityContext"]
    with pytest.raises(LocalFailure, match='violates PodSecurity "restricted'):
        apply(cluster, [pod])


@pytest.mark.parametrize("root", [TRIAL, PRODUCTION], ids=ids)
def test_only_settings_that_exist_are_set(root: Path) -> None:
    """Every FLINK_OPERATOR_ variable is one that the operator reads."""
    names = {
        name
        for name in environment(one(kustomize(root), "Deployment"))
        if name.startswith(ENVIRONMENT_PREFIX)
    }
    assert names
    assert names <= KNOWN


def test_the_trial_can_spend_no_money() -> None:
    """All calls go to the emulator that comes with it, with the keys that it knows, and no others
    are looked for."""
    manifests = kustomize(TRIAL)
    told = environment(one(manifests, "Deployment"))
    service = one(manifests, "Service", "flink-cloud-emulator")
    port = service["spec"]["ports"][0]["port"]
    assert told["FLINK_OPERATOR_ENDPOINT"] == f"http://flink-cloud-emulator:{port}"
    assert (told["FLINK_OPERATOR_EMULATOR"], told["FLINK_OPERATOR_IDENTITY"]) == ("true", "key")
    assert told["FLINK_OPERATOR_IDENTITY_NAMESPACES"] == '["*"]'
    assert one(manifests, "Secret", TRIALS_SECRET)["stringData"] == {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ACCESS_KEY_SECRET,
    }


def test_the_trial_leaves_the_keys_of_a_real_account_alone() -> None:
    """It has a Secret of another name, and its Pods read nothing of the one that production's
    read."""
    trial, production = kustomize(TRIAL), kustomize(PRODUCTION)
    [real] = {source["name"] for source in key_sources(production).values()}
    assert [each["metadata"]["name"] for each in trial if each["kind"] == "Secret"] == [
        TRIALS_SECRET
    ]
    assert real != TRIALS_SECRET
    assert real not in json.dumps(bare_pods(trial))
    assert {source["name"] for source in key_sources(trial).values()} == {TRIALS_SECRET}


def key_sources(manifests: list[Manifest]) -> dict[str, Manifest]:
    """What the operator's variables are taken from in a Secret, by their names."""
    (container,) = one(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert "envFrom" not in container
    taken = {
        each["name"]: each.get("valueFrom", {}).get("secretKeyRef") for each in container["env"]
    }
    return {name: source for name, source in taken.items() if source is not None}


def test_the_trial_needs_no_registry() -> None:
    """Its images are those that are built here, and are not pulled where a node has them."""
    containers = [each["spec"]["containers"][0] for each in bare_pods(kustomize(TRIAL))]
    assert {(each["image"], each["imagePullPolicy"]) for each in containers} == {
        ("flink-workspace-operator:dev", "IfNotPresent"),
        ("flink-cloud-emulator:dev", "IfNotPresent"),
    }


def test_the_emulator_is_reached_by_the_operator_alone() -> None:
    """Policies let the operator out to it, and nobody else in."""
    manifests = kustomize(TRIAL)
    emulator = one(manifests, "NetworkPolicy", "flink-cloud-emulator")
    [way_in] = emulator["spec"]["ingress"]
    assert way_in["from"] == [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": OPERATOR}}}
    ]
    assert "egress" not in emulator["spec"]
    assert "Egress" in emulator["spec"]["policyTypes"]
    way_out = one(manifests, "NetworkPolicy")["spec"]["egress"][-1]
    assert way_out["to"] == [{"podSelector": emulator["spec"]["podSelector"]}]
    assert way_out["ports"] == way_in["ports"]


def test_production_brings_no_keys_and_no_emulator() -> None:
    """Nothing of the trial is in it."""
    manifests = kustomize(PRODUCTION)
    assert not [
        each
        for each in manifests
        if each["kind"] == "Secret" or "emulator" in each["metadata"]["name"]
    ]
    told = environment(one(manifests, "Deployment"))
    assert not told.keys() & {"FLINK_OPERATOR_ENDPOINT", "FLINK_OPERATOR_EMULATOR"}
    assert told["FLINK_OPERATOR_IDENTITY_NAMESPACES"] == "[]"


@pytest.mark.parametrize("root", [TRIAL, PRODUCTION], ids=ids)
def test_of_the_secret_the_key_alone_is_taken(root: Path) -> None:
    """Whoever writes it could set a proxy, an authority or another endpoint else."""
    names = [
        f"ALIBABA_CLOUD_{name}" for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")
    ]
    taken = key_sources(kustomize(root))
    assert {name: (source["key"], source["optional"]) for name, source in taken.items()} == {
        name: (name, True) for name in names
    }


def test_the_metadata_service_is_for_who_chooses_the_node(tmp_path: Path) -> None:
    """Nobody else is let out to it."""
    chosen, others = overlay(tmp_path, "node-role"), kustomize(PRODUCTION)
    ways = [
        str(one(each, "NetworkPolicy")["spec"]["egress"]).count("100.100.100.200/32")
        for each in (chosen, others)
    ]
    assert ways == [1, 0]
    assert environment(one(chosen, "Deployment"))["FLINK_OPERATOR_IDENTITY"] == "node"


def test_rrsa_asks_for_a_role(tmp_path: Path) -> None:
    """The Pod is marked for the webhook, its selector is not, and the ServiceAccount names the
    role."""
    manifests = overlay(tmp_path, "rrsa")
    deployment, prefix = one(manifests, "Deployment")["spec"], "pod-identity.alibabacloud.com"
    assert deployment["template"]["metadata"]["labels"][f"{prefix}/injection"] == "on"
    assert f"{prefix}/injection" not in deployment["selector"]["matchLabels"]
    assert environment(one(manifests, "Deployment"))["FLINK_OPERATOR_IDENTITY"] == "rrsa"
    assert one(manifests, "ServiceAccount")["metadata"]["annotations"] == {
        f"{prefix}/role-name": OPERATOR
    }


@pytest.mark.parametrize("component", sorted(each.name for each in COMPONENTS.iterdir()))
def test_a_component_applies(component: str, tmp_path: Path, cluster: Cluster) -> None:
    """A real API server takes all that it changes, with its strictest validation: the expressions
    of the policies, too. That it takes the rest is shown above."""
    taken = kustomize(PRODUCTION)
    ours = [
        each
        for each in overlay(tmp_path, component)
        if each["metadata"].get("namespace") not in EXAMPLES
    ]
    changed = [each for each in ours if each not in taken]
    assert changed
    apply(cluster, changed)


def test_buying_is_given_by_name_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    """The component adds the editor to the roles of every cluster, and nothing else does."""
    prefix = "rbac.authorization.k8s.io/aggregate-to"
    assert (
        "labels"
        not in one(kustomize(PRODUCTION), "ClusterRole", "flink-workspace-editor")["metadata"]
    )
    editor = one(overlay(tmp_path, "aggregate-to-edit"), "ClusterRole", "flink-workspace-editor")
    assert editor["metadata"]["labels"] == {f"{prefix}-edit": "true", f"{prefix}-admin": "true"}


def test_config_maps_are_bound_where_somebody_says_so(tmp_path: Path) -> None:
    """Nowhere by default, and everywhere by the component."""
    role = f"{OPERATOR}-outputs"
    assert [
        each for each in kustomize(PRODUCTION) if each.get("roleRef", {}).get("name") == role
    ] == []
    binding = one(overlay(tmp_path, "outputs-everywhere"), "ClusterRoleBinding", role)
    assert binding["roleRef"]["name"] == role


def test_listed_namespaces_get_rights_one_by_one(tmp_path: Path) -> None:
    """What is bound for all namespaces is only what belongs to none; each listed one has its
    RoleBinding."""
    manifests = overlay(tmp_path, "listed-namespaces")
    listed = json.loads(environment(one(manifests, "Deployment"))["FLINK_OPERATOR_NAMESPACES"])
    everywhere = [
        each["roleRef"]["name"] for each in manifests if each["kind"] == "ClusterRoleBinding"
    ]
    bound = [
        each["metadata"]["namespace"]
        for each in manifests
        if each["kind"] == "RoleBinding"
        and each["roleRef"] == {**each["roleRef"], "kind": "ClusterRole", "name": OPERATOR}
    ]
    assert everywhere == [f"{OPERATOR}-cluster"]
    assert listed == bound
    assert NAMESPACE not in bound
