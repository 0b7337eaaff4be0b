"""The CustomResourceDefinitions as files."""

from pathlib import Path

import pytest
import yaml

from flink_workspace_operator.api.crd import RESOURCES, Resource, as_yaml, crd, write_crds

CRDS = Path(__file__).parents[3] / "crds"


def test_the_committed_crds_are_those_of_the_models(tmp_path: Path) -> None:
    """Otherwise: make crds."""
    write_crds(tmp_path)

    assert {file.name: file.read_text() for file in CRDS.glob("*.yaml")} == {
        file.name: file.read_text() for file in tmp_path.iterdir()
    }


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.plural)
def test_the_layout_of_the_file_changes_nothing(resource: Resource) -> None:
    """Folded and literal blocks read as the texts that they were; nothing is an alias of something
    else."""
    text = as_yaml(crd(resource))

    assert yaml.safe_load(text) == crd(resource)
    assert "&id" not in text


def test_names_that_people_type() -> None:
    """Short names, and a category that is not `all`."""
    names = [crd(resource)["spec"]["names"] for resource in RESOURCES]

    assert [name["shortNames"] for name in names] == [["fws"], ["fwo"], ["fpa"], ["fpp"]]
    assert [name["singular"] for name in names] == [
        "flinkworkspace",
        "flinkworkspaceorder",
        "flinkpurchaseapproval",
        "flinkpurchasepolicy",
    ]
    assert {category for name in names for category in name["categories"]} == {"flink"}


def test_nobody_has_looked_at_a_new_workspace() -> None:
    """An order or a policy, on the contrary, has no status until the operator writes it."""
    workspace, order, policy = (
        crd(resource)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"]
        for resource in RESOURCES
        if resource.has_status
    )

    assert workspace["default"] == {"observedGeneration": -1}
    assert "default" not in order
    assert "default" not in policy
