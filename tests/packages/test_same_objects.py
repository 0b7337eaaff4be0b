"""kustomize, the chart and install.yaml install the same objects."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.packages.rendering import (
    COMPONENTS,
    DEPLOY,
    OVERLAYS,
    Identity,
    Manifest,
    helm_template,
    identity,
    kustomize,
    load,
    one,
)
from tests.packages.test_kustomize import environment, overlay

HELMS_LABELS: Final = {
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/instance",
    "helm.sh/chart",
}
"""What Helm adds to every object; the selectors are without them."""
HELMS_ANNOTATIONS: Final = {"helm.sh/resource-policy"}
"""On the definitions, which uninstalling leaves where they are."""
NOT_HELMS: Final = {"Namespace"}
"""Helm keeps a release in the namespace that it is installed into, and so does not make it
itself."""

PROXY: Final = [
    {"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"},
    {"name": "HTTP_PROXY", "value": "http://proxy.example.com:3128"},
    {"name": "NO_PROXY", "value": ".svc,.cluster.local,10.0.0.0/8"},
]
"""What the component has for the reader to replace."""


def by_identity(manifests: list[Manifest]) -> dict[Identity, Manifest]:
    """Comparable: without what Helm adds and without what it can't make; the order of variables
    means nothing."""
    found = {
        identity(each): _comparable(each) for each in manifests if each["kind"] not in NOT_HELMS
    }
    assert found
    return found


def _comparable(manifest: Manifest) -> Manifest:
    metadata = dict(manifest["metadata"])
    for part, added in (("labels", HELMS_LABELS), ("annotations", HELMS_ANNOTATIONS)):
        metadata[part] = {
            name: value for name, value in metadata.get(part, {}).items() if name not in added
        }
    return {**_sorted_variables(manifest), "metadata": metadata}


def _sorted_variables(manifest: Manifest) -> Manifest:
    if manifest["kind"] != "Deployment":
        return manifest
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    container["env"] = sorted(container.get("env", []), key=lambda each: str(each["name"]))
    return manifest


def assert_same(one: list[Manifest], other: list[Manifest]) -> None:
    """Object by object, so that a failure shows the one that differs."""
    left, right = by_identity(one), by_identity(other)
    assert left.keys() == right.keys()
    for name, manifest in left.items():
        assert manifest == right[name]


def test_install_yaml_is_production() -> None:
    """To the letter, but for its first line; `make packages` makes it anew."""
    written = (DEPLOY / "install.yaml").read_text()
    assert written.startswith("# Made from overlays/production by `make packages`.\n")
    assert load(written) == kustomize(OVERLAYS / "production")


def test_the_chart_is_production() -> None:
    """With its default values."""
    assert_same(helm_template(), kustomize(OVERLAYS / "production"))


def test_the_chart_with_an_emulator_is_the_trial() -> None:
    """With the image that is built here."""
    image = "--set=image.repository=flink-workspace-operator,image.tag=dev"
    trial = [without_pull_policy(each) for each in kustomize(OVERLAYS / "trial")]
    assert_same(
        [without_pull_policy(each) for each in helm_template(image, "--set=emulator.enabled=true")],
        trial,
    )


def without_pull_policy(manifest: Manifest) -> Manifest:
    """IfNotPresent is what the API server makes of a tag like `dev` anyway."""
    if manifest["kind"] == "Deployment":
        (container,) = manifest["spec"]["template"]["spec"]["containers"]
        assert container.pop("imagePullPolicy", "IfNotPresent") == "IfNotPresent"
    return manifest


VALUES: Final[dict[str, tuple[str, ...]]] = {
    "rrsa": ("--set=credentials.rrsa.roleName=flink-workspace-operator",),
    "node-role": ("--set=settings.FLINK_OPERATOR_IDENTITY=node",),
    "listed-namespaces": ('--set-json=watchNamespaces=["team-a", "team-b"]',),
    "proxy": (f'--set-json={{"extraEnv": {json.dumps(PROXY)}, "extraEgressPorts": [3128]}}',),
    "private-ca": ("--set=caBundle.configMap=flink-workspace-operator-ca",),
    "aggregate-to-edit": ("--set=roles.aggregateToEdit=true",),
    "outputs-everywhere": ("--set=outputs.allNamespaces=true",),
    "guard": ("--set=guard.enabled=true",),
    "limits": (
        "--set=limits.enabled=true",
        """--set-json=limits.all={
            "regions": ["cn-hangzhou", "cn-shanghai"], "chargeTypes": ["Subscription"], "adoption": ["Never"],
            "maximumCu": 20, "maximumTermMonths": 1, "automaticRenewal": false, "namesBeginWithNamespace": true
        }""",
        """--set-json=limits.namespaces={
            "team-a": {"vpcs": ["vpc-team-a"], "buckets": ["team-a-flink", "team-a-flink-archive"], "maximumCu": 100}
        }""",
    ),
}
"""What gives the chart the same as each component. A new one needs a value, too."""


@pytest.mark.parametrize("component", VALUES)
def test_the_chart_has_a_value_for_each_component(component: str, tmp_path: Path) -> None:
    """What a component changes, the value changes in the same way."""
    assert_same(helm_template(*VALUES[component]), overlay(tmp_path, component))


def test_components_go_together(tmp_path: Path) -> None:
    """A proxy that looks into TLS has a private authority."""
    manifests = overlay(tmp_path, "proxy", "private-ca", "rrsa")
    told = environment(one(manifests, "Deployment"))
    assert told["SSL_CERT_FILE"].endswith("/ca.crt")
    assert {each["name"]: each["value"] for each in PROXY}.items() <= told.items()


def test_the_chart_has_the_monitoring_of_kustomize() -> None:
    """But for the dashboard. What Prometheus fills in is not taken for Helm's."""
    files = [
        DEPLOY / "monitoring" / name for name in ("servicemonitor.yaml", "prometheusrule.yaml")
    ]
    told = helm_template("--set=serviceMonitor.enabled=true,prometheusRule.enabled=true")
    shown = [each for each in told if each["kind"] in ("ServiceMonitor", "PrometheusRule")]
    assert_same(shown, [each for file in files for each in load(file.read_text())])
    assert not [each for each in helm_template() if "monitoring" in each["apiVersion"]]


def test_labels_for_a_prometheus_that_selects_by_them() -> None:
    """They come beside those that both have."""
    given = [
        f"--set={each}.enabled=true,{each}.labels.release=mine"
        for each in ("serviceMonitor", "prometheusRule")
    ]
    told = [
        each["metadata"]["labels"]
        for each in helm_template(*given)
        if "monitoring" in each["apiVersion"]
    ]
    assert len(told) == len(given)
    for labels in told:
        assert (labels["release"], labels["app.kubernetes.io/name"]) == (
            "mine",
            "flink-workspace-operator",
        )


def test_all_components_are_compared() -> None:
    """None is forgotten."""
    assert {path.name for path in COMPONENTS.iterdir()} == VALUES.keys()
