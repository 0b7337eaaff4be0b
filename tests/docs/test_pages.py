"""What the pages name exists. Their links are checked by `make check`, which builds them
strictly."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from docs.generator.hooks import LINK_UPWARDS
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api import names
from tests.docs.pages import DOCS, pages

PLACES: Final = ("", "operator/flink_workspace_operator")
"""Where a path may begin; the page on architecture leaves the second one out."""
NAMED: Final = re.compile(
    r"`((?:deploy|tests|docs|crds|operator|core|api|adapters|runtime|\.ci|\.github)/[A-Za-z0-9_./-]+|[a-z_]+\.py)`"
)
OF_THE_OPERATOR: Final = re.compile("endpoint|trust|account|policies|roleName|arn", re.IGNORECASE)


@pytest.mark.parametrize("page", pages())
def test_files_that_a_page_names_exist(page: str) -> None:
    """In the repository, or among the operator's modules."""
    named = NAMED.findall((DOCS / page).read_text())
    assert [
        path for path in named if not any((REPOSITORY / place / path).exists() for place in PLACES)
    ] == []


@pytest.mark.parametrize("page", pages())
def test_no_page_has_a_merge_conflict(page: str) -> None:
    """Else a reader gets two versions, and neither is right."""
    assert not re.search("^(<<<<<<<|>>>>>>>) ", (DOCS / page).read_text(), re.MULTILINE)


README_LINES: Final = 150


def test_the_readme_says_what_it_is_on_its_first_screen() -> None:
    """Names, promise, status, resource, commands and links within 25 lines, and the rest within
    150."""
    lines = (REPOSITORY / "README.md").read_text().splitlines()
    screen = "\n".join(lines[:25])
    assert len(lines) < README_LINES
    wanted = (
        "Realtime Compute for Apache Flink",
        "实时计算Flink版",
        "spends money",
        "at most one workspace is bought",
        "alpha",
        "Not there yet",
        "kind: FlinkWorkspace",
        "$ make demo",
        "$ make up",
        "$ kubectl get flinkworkspaces",
        "docs/index.md",
        "LICENSE",
        "CHANGELOG.md",
    )
    assert [each for each in wanted if each.lower() not in screen.lower()] == []


TEST: Final = re.compile(r"`(tests/[A-Za-z0-9_./-]+\.py)?(?:::(test_[a-z0-9_]+))?`")


@pytest.mark.parametrize("page", pages())
def test_tests_that_a_page_names_exist(page: str) -> None:
    """Each by its file and name; without a file it is in the one that was named last."""
    file, missing = "", []
    for named, test in TEST.findall((DOCS / page).read_text()):
        file = named or file
        if test and not re.search(
            rf"^(async )?def {test}\(", (REPOSITORY / file).read_text(), re.MULTILINE
        ):
            missing.append(f"{file}::{test}")
    assert missing == []


@pytest.mark.parametrize("page", pages())
def test_links_out_of_the_pages_lead_somewhere(page: str) -> None:
    """Where the repository is browsed; the site leaves them out."""
    links = re.findall(LINK_UPWARDS % (page.count("/") + 1), (DOCS / page).read_text())
    assert [
        link for _, link in links if not ((DOCS / page).parent / link.partition("#")[0]).exists()
    ] == []


def fields(node: dict[str, Any]) -> Iterator[str]:
    for name, field in node.get("properties", {}).items():
        yield name
        yield from fields(field.get("items", field))


def test_nothing_in_a_spec_chooses_what_the_operator_does_it_with() -> None:
    """`docs/security.md`: whoever writes a spec uses none of the operator's larger rights but
    buying."""
    crd = yaml.safe_load((REPOSITORY / "crds" / "flinkworkspaces.yaml").read_text())
    spec = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert [name for name in fields(spec) if OF_THE_OPERATOR.search(name)] == []
    assert list(spec["properties"]["ramRole"]["properties"]) == ["management"]


def test_annotations_that_people_may_set_are_explained() -> None:
    """Each that the operator reads, and no other."""
    section = (
        (DOCS / "conditions.md")
        .read_text()
        .partition("## What a person can ask for")[2]
        .partition("\n## ")[0]
    )
    read = (
        names.RECONCILE_REQUESTED_AT,
        names.SUSPEND,
        names.ABANDON_ORDER,
        names.REPLACE_LOST,
        names.NOT_THIS_PURCHASE,
    )
    assert {
        f"{names.GROUP}/{told}" for told in re.findall(r"^\| `([a-z-]+)`", section, re.M)
    } == set(read)
