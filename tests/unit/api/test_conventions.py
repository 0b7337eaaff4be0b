"""The definitions keep to the conventions of Kubernetes' API: descriptions, enums, bounds, names,
units."""

import re
from collections.abc import Iterator
from typing import Any

from flink_workspace_operator.api.crd import RESOURCES, crd

Node = dict[str, Any]
CAMEL = re.compile(r"([A-Z][a-z0-9]*)+")
FIELD = re.compile(r"[a-z]+([A-Z][a-z0-9]*|[0-9]+)*")
UNTOLD = {"metadata"}
"""Which the API server describes."""


def nodes(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Every node below, with its path."""
    for name, field in node.get("properties", {}).items():
        yield f"{path}.{name}", field
        yield from nodes(field, f"{path}.{name}")
    if "items" in node:
        yield f"{path}[]", node["items"]
        yield from nodes(node["items"], f"{path}[]")


ALL = {
    path: node
    for resource in RESOURCES
    for version in crd(resource)["spec"]["versions"]
    for path, node in nodes(version["schema"]["openAPIV3Schema"], resource.plural)
    if path.rpartition(".")[2] not in UNTOLD
}


def test_there_are_many() -> None:
    """The walk reaches the leaves."""
    assert len(ALL) > 100
    assert "flinkworkspaces.spec.tags[].key" in ALL


def test_every_field_is_described_in_sentences() -> None:
    """`kubectl explain` shows them one after the other. What a list holds is described by the
    list."""
    fields = {path: node for path, node in ALL.items() if not path.endswith("[]")}
    assert [
        path for path, node in fields.items() if not node["description"].strip().endswith(".")
    ] == []


def test_every_size_is_bounded() -> None:
    """Else the API server estimates rules as too expensive, and a status could outgrow etcd."""
    assert [path for path, node in ALL.items() if not _is_bounded(node)] == []


def _is_bounded(node: Node) -> bool:
    bounds = {
        "string": bool({"enum", "maxLength"} & node.keys()) or node.get("format") == "date-time",
        "integer": {"minimum", "maximum"} <= node.keys(),
        "array": {"maxItems", "x-kubernetes-list-type"} <= node.keys(),
        "object": bool(node.get("properties")) or "maxProperties" in node,
        "boolean": True,
    }
    return bounds[node["type"]]


def test_enums_are_words_with_a_capital() -> None:
    """CamelCase; what is an abbreviation stays one."""
    values = {(path, value) for path, node in ALL.items() for value in node.get("enum", ())}
    assert {(path, value) for path, value in values if not CAMEL.fullmatch(value)} == set()
    assert ("flinkworkspaces.spec.chargeType", "PayAsYouGo") in values


def test_names_are_camel_case_and_times_say_so() -> None:
    """A time is called `...Time`, `...At`, `...Until`, `...NotBefore`, `...Since` or `time`."""
    names = {path: path.rpartition(".")[2].removesuffix("[]") for path in ALL}
    assert [path for path, name in names.items() if not FIELD.fullmatch(name)] == []
    times = [path for path, node in ALL.items() if node.get("format") == "date-time"]
    endings = ("time", "at", "until", "notbefore", "since")
    assert [path for path in times if not names[path].lower().endswith(endings)] == []
    assert len(times) > 5


def test_no_item_of_a_list_in_the_spec_has_a_default_but_an_empty_one() -> None:
    """A default inside of a list looks like drift to some; a tag without value has an empty one, as
    in the cloud."""
    within = {path: node for path, node in ALL.items() if ".spec." in path and "[]" in path}
    assert {path: node["default"] for path, node in within.items() if "default" in node} == {
        "flinkworkspaces.spec.tags[].value": "",
        "flinkworkspaceorders.spec.create.tags[].value": "",
        "flinkworkspaceorders.spec.parameters.tags[].value": "",
    }
