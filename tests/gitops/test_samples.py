"""What people copy is valid, and what the pages say of it is what it is."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY

SAMPLE: Final = REPOSITORY / "deploy" / "argocd" / "sample"
APPLICATIONS: Final = REPOSITORY / "deploy" / "argocd" / "applications"
PAGES: Final = ("argocd.md", "flux.md")


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def wave(manifest: dict[str, Any]) -> int:
    return int(manifest["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*.yaml")), ids=lambda path: path.stem)
def test_applies_as_it_is(path: Path, cluster: Cluster, namespace: str) -> None:
    """The API server takes each manifest of the sample with its strictest validation."""
    where = [] if "namespace" in load(path)["metadata"] else [f"--namespace={namespace}"]
    cluster.kubectl("apply", "--dry-run=server", "--validate=strict", *where, "--filename", path)


def test_waves_are_in_order() -> None:
    """Operator, then credentials, then the workspace, then what reads its ids."""
    operator, workspaces = (
        load(APPLICATIONS / f"{name}.yaml") for name in ("operator", "workspaces")
    )
    assert wave(operator) < wave(workspaces)
    credentials, workspace, consumer = (
        load(SAMPLE / f"{name}.yaml") for name in ("credentials", "workspace", "consumer")
    )
    assert wave(credentials) < wave(workspace) < wave(consumer)


def test_consumer_reads_what_the_workspace_writes() -> None:
    """One name stands in both."""
    (container,) = load(SAMPLE / "consumer.yaml")["spec"]["template"]["spec"]["containers"]
    written = load(SAMPLE / "workspace.yaml")["spec"]["outputs"]["configMapName"]
    assert container["envFrom"] == [{"configMapRef": {"name": written}}]


def test_application_follows_the_sample_and_never_gives_up() -> None:
    """A wave that failed is tried again until it succeeds, with the commit that corrects it;
    nothing is forced."""
    spec = load(APPLICATIONS / "workspaces.yaml")["spec"]
    assert REPOSITORY / spec["source"]["path"] == SAMPLE
    retry = spec["syncPolicy"]["retry"]
    assert (retry["limit"], retry["refresh"]) == (-1, True)
    assert not [
        option
        for option in spec["syncPolicy"]["syncOptions"]
        if option.startswith(("Force", "Replace"))
    ]


def test_the_operators_application_installs_an_overlay() -> None:
    """One that names an image: that of the base is a placeholder, which no registry has."""
    path = REPOSITORY / load(APPLICATIONS / "operator.yaml")["spec"]["source"]["path"]
    overlay = load(path / "kustomization.yaml")
    assert {"../../../crds", "../../base"} <= set(overlay["resources"])
    assert [image["name"] for image in overlay["images"]] == ["flink-workspace-operator"]


def test_nothing_of_ours_is_pruned_without_asking() -> None:
    """Every sample of a FlinkWorkspace carries both options; the operator's Application prunes
    nothing at all."""
    samples = [*SAMPLE.glob("*.yaml"), *(REPOSITORY / "deploy" / "samples").glob("*.yaml")]
    workspaces = [found for found in map(load, samples) if found["kind"] == "FlinkWorkspace"]
    assert len(workspaces) >= len(["subscription", "by use", "Argo CD"])
    for found in workspaces:
        assert (
            found["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
            == "Prune=confirm,Delete=confirm"
        )
    assert "prune" not in load(APPLICATIONS / "operator.yaml")["spec"]["syncPolicy"]["automated"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_files_that_exist(page: str) -> None:
    """Links and paths lead somewhere."""
    text = (REPOSITORY / "docs" / page).read_text()
    links = [
        REPOSITORY / "docs" / link.split("#")[0]
        for link in re.findall(r"\]\((?!http)([^)]+)\)", text)
    ]
    named = [
        REPOSITORY / path
        for path in re.findall(r"`((?:deploy|tests|docs)/[A-Za-z0-9_./-]+)`", text)
    ]
    assert links
    assert [path for path in (*links, *named) if not path.exists()] == []
