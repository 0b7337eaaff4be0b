"""What was released stays usable: the definitions only ever grow.

`released/` is a copy of `crds/` as they were given out; with a release it is replaced by those of
then."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scenario.api.server import REMOVED, changed
from tests.unit.api.compatibility import Node, breaks

RELEASED = Path(__file__).parent / "released"
CRDS = Path(__file__).parents[3] / "crds"
SCHEMA = "spec.versions[0].schema.openAPIV3Schema"
SPEC = f"{SCHEMA}.properties.spec"
STATUS = f"{SCHEMA}.properties.status"


def read(file: Path) -> Node:
    """A definition."""
    definition: Node = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
    return definition


@pytest.fixture
def released() -> Node:
    """The workspace's definition as released."""
    return read(RELEASED / "flinkworkspaces.yaml")


@pytest.mark.parametrize("name", sorted(file.name for file in RELEASED.glob("*.yaml")))
def test_todays_definitions_break_nothing(name: str) -> None:
    """Manifests, stored objects and programs of before still fit."""
    assert breaks(read(RELEASED / name), read(CRDS / name)) == []


def test_every_definition_was_released() -> None:
    """A new kind is compatible with anything; once it is given out, it belongs here."""
    assert {file.name for file in RELEASED.iterdir()} == {file.name for file in CRDS.glob("*.yaml")}


BREAKING: list[tuple[str, Any, str]] = [
    ("spec.group", "other.dev", "group changed"),
    ("spec.scope", "Cluster", "scope changed"),
    ("spec.names.kind", "Other", "names.kind changed"),
    ("spec.names.shortNames", [], "names.shortNames lost one"),
    ("spec.versions[0].name", "v1", "v1alpha1 is not served any more"),
    ("spec.versions[0].served", False, "v1alpha1 is not served any more"),
    ("spec.versions[0].subresources", {}, "v1alpha1: a subresource was removed"),
    (f"{SPEC}.properties.zoneId", REMOVED, "v1alpha1.spec.zoneId: removed"),
    (
        f"{SPEC}.properties.network.properties.vpcId",
        REMOVED,
        "v1alpha1.spec.network.vpcId: removed",
    ),
    (
        f"{STATUS}.properties.instance.properties.cu",
        REMOVED,
        "v1alpha1.status.instance.cu: removed",
    ),
    (f"{SPEC}.properties.zoneId.type", "integer", "v1alpha1.spec.zoneId: type changed"),
    (f"{SPEC}.properties.region.maxLength", 39, "v1alpha1.spec.region: maxLength narrowed"),
    (f"{SPEC}.properties.region.minLength", 3, "v1alpha1.spec.region: minLength narrowed"),
    (f"{SPEC}.properties.zoneId.minLength", 1, "v1alpha1.spec.zoneId: minLength narrowed"),
    (
        f"{SPEC}.properties.resources.properties.cu.maximum",
        9999,
        "v1alpha1.spec.resources.cu: maximum narrowed",
    ),
    (
        f"{SPEC}.properties.resources.properties.cu.minimum",
        2,
        "v1alpha1.spec.resources.cu: minimum narrowed",
    ),
    (f"{SPEC}.properties.tags.maxItems", 14, "v1alpha1.spec.tags: maxItems narrowed"),
    (f"{SPEC}.properties.tags.minItems", 1, "v1alpha1.spec.tags: minItems narrowed"),
    (f"{SPEC}.properties.region.pattern", "^[a-z]+$", "v1alpha1.spec.region: pattern changed"),
    (
        f"{SPEC}.properties.workspaceName.pattern",
        "^[a-z]+$",
        "v1alpha1.spec.workspaceName: pattern changed",
    ),
    (f"{SPEC}.properties.architecture.enum", ["X86"], "v1alpha1.spec.architecture: enum narrowed"),
    (f"{SPEC}.properties.region.enum", ["cn-hangzhou"], "v1alpha1.spec.region: enum narrowed"),
    (
        f"{SPEC}.properties.architecture.default",
        "ARM",
        "v1alpha1.spec.architecture: default changed",
    ),
    (
        f"{SPEC}.properties.architecture.default",
        REMOVED,
        "v1alpha1.spec.architecture: default changed",
    ),
    (f"{SPEC}.properties.zoneId.default", "cn-hangzhou-i", "v1alpha1.spec.zoneId: default changed"),
    (f"{STATUS}.default", REMOVED, "v1alpha1.status: default changed"),
    (
        f"{SPEC}.required",
        ["chargeType", "network", "region", "storage", "zoneId"],
        "v1alpha1.spec: zoneId became",
    ),
    (
        f"{SPEC}.properties.tags.items.required",
        ["key", "value"],
        "v1alpha1.spec.tags[]: value became required",
    ),
    (
        f"{SPEC}.properties.tags.x-kubernetes-list-type",
        "set",
        "v1alpha1.spec.tags: x-kubernetes-list-type changed",
    ),
    (
        f"{SPEC}.properties.tags.items.properties.key.maxLength",
        9,
        "v1alpha1.spec.tags[].key: maxLength narrowed",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), BREAKING)
def test_what_breaks_somebody_is_found(released: Node, path: str, value: object, said: str) -> None:
    """Each kind of change, and where it is."""
    [found] = breaks(released, changed(released, path, value))
    assert found.startswith(said)


FIELD = {"description": "New.", "type": "string", "maxLength": 9}
FINE: list[tuple[str, Any]] = [
    (f"{SPEC}.properties.added", FIELD),
    (f"{SPEC}.properties.added", {"type": "object", "required": ["a"], "properties": {"a": FIELD}}),
    (f"{SPEC}.properties.region.maxLength", 41),
    (f"{SPEC}.properties.region.pattern", REMOVED),
    (f"{SPEC}.properties.architecture.enum", ["X86", "ARM", "RISC"]),
    (f"{SPEC}.properties.architecture.description", "In other words."),
    (f"{SPEC}.x-kubernetes-validations", [{"rule": "true", "message": "a rule"}]),
    (f"{SPEC}.required", ["chargeType"]),
    ("spec.versions[0].selectableFields", [{"jsonPath": ".spec.region"}]),
    ("spec.names.shortNames", ["fws", "flinkws"]),
]


@pytest.mark.parametrize(("path", "value"), FINE)
def test_what_only_adds_or_widens_is_fine(released: Node, path: str, value: object) -> None:
    """Optional fields, wider bounds, more values, words."""
    assert breaks(released, changed(released, path, value)) == []


def test_a_selectable_field_stays_one(released: Node) -> None:
    """Scripts select by it."""
    more = changed(released, "spec.versions[0].selectableFields", [{"jsonPath": ".spec.region"}])
    assert breaks(more, released) == ["v1alpha1: a selectable field was removed"]
