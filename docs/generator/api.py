"""The API reference, from the CRDs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from docs.generator.markdown import code, page, table

Node = Mapping[str, Any]

CRDS: Final = Path(__file__).parents[2] / "crds"
_UNDER_WAY: Final = "once the purchase is under way"
_ABOUT: Final = """\
Every field of the resources, as the API server knows them. `kubectl explain flinkworkspace.spec` says the same.

*Required* fields must be given; a default stands in for one that is left out. Fields that the schema does not know are
refused with `kubectl apply --validate=strict`, and dropped otherwise."""


def api_page() -> str:
    """All resources."""
    resources = [
        yaml.safe_load((CRDS / name).read_text())
        for name in (
            "flinkworkspaces.yaml",
            "flinkworkspaceorders.yaml",
            "flinkpurchaseapprovals.yaml",
            "flinkpurchasepolicies.yaml",
        )
    ]
    return page(
        "API reference", _ABOUT, *(part for resource in resources for part in _resource(resource))
    )


def _resource(crd: Node) -> Iterator[str]:
    spec = crd["spec"]
    (version,) = spec["versions"]
    schema, kind = version["schema"]["openAPIV3Schema"], spec["names"]["kind"]
    scope = "namespaced" if spec["scope"] == "Namespaced" else "in no namespace"
    names = " ".join(map(code, (spec["names"]["plural"], *spec["names"]["shortNames"])))
    yield f"## {kind}"
    yield schema["description"]
    yield f"`apiVersion: {spec['group']}/{version['name']}`, {scope}; for kubectl {names}."
    yield from _rules(schema, "")
    yield from _object(f"{kind}.spec", schema["properties"]["spec"], _changes(schema))
    if "status" in schema["properties"]:
        yield from _object(f"{kind}.status", schema["properties"]["status"], {})
    columns = [
        (each["name"], code(each["jsonPath"]), "wide" if "priority" in each else "")
        for each in _columns(version)
    ]
    yield f"### Columns of {kind}"
    yield table(("column", "where it comes from", "`--output=wide` only"), columns)


def _columns(version: Node) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = version["additionalPrinterColumns"]
    return columns


def _object(path: str, node: Node, changes: Mapping[str, str]) -> Iterator[str]:
    """A section for an object, and one for each object in it."""
    yield f"### {path}"
    yield node["description"]
    yield table(
        ("field", "type", "required or default", "bounds", "meaning"),
        [
            _field(name, field, node, changes.get(f".spec.{name}"))
            for name, field in node["properties"].items()
        ],
    )
    yield from _rules(node, path)
    for name, field in node["properties"].items():
        inner = field.get("items", field)
        if "properties" in inner:
            yield from _object(f"{path}.{name}" + ("[]" if "items" in field else ""), inner, {})


def _field(name: str, field: Node, parent: Node, change: str | None) -> tuple[str, ...]:
    needed = "**required**" if name in parent.get("required", ()) else ""
    if "default" in field:
        needed = code(json.dumps(field["default"]))
    meaning = field["description"] + (f" *{change}.*" if change else "")
    return code(name), _type(field), needed, "; ".join(_bounds(field)), meaning


def _type(field: Node) -> str:
    if field["type"] == "array":
        return f"list of {_type(field['items'])}"
    return "time" if field.get("format") == "date-time" else str(field["type"])


def _bounds(field: Node) -> Iterator[str]:
    """What a value may be, in words."""
    if "enum" in field:
        yield " or ".join(map(code, field["enum"]))
    if "pattern" in field:
        yield code(field["pattern"])
    for smallest, largest, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ):
        if largest in field:
            yield (
                f"{field[smallest]} to {field[largest]}{unit}"
                if smallest in field
                else f"up to {field[largest]}{unit}"
            )
    if field.get("x-kubernetes-list-type") == "map":
        yield f"one for each {', '.join(map(code, field['x-kubernetes-list-map-keys']))}"
    if field.get("x-kubernetes-list-type") == "set":
        yield "each once"
    if "items" in field and field["items"]["type"] != "object":
        yield from (f"each {bound}" for bound in _bounds(field["items"]))


def _changes(schema: Node) -> dict[str, str]:
    """Fields of the spec, by path, that are free only until the purchase. What never changes says
    so itself."""
    return {
        rule["fieldPath"]: "Can't change once the purchase is under way"
        for rule in _validations(schema)
        if _UNDER_WAY in rule["message"]
    }


def _validations(node: Node) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = node.get("x-kubernetes-validations", [])
    return found


def _rules(node: Node, path: str) -> Iterator[str]:
    """The rules of an object and of its simple fields, in the words of whoever breaks them."""
    inner = (
        [field for field in node.get("properties", {}).values() if "properties" not in field]
        if path
        else []
    )
    told = [rule["message"] for each in (node, *inner) for rule in _validations(each)]
    lasting = [message for message in told if _UNDER_WAY not in message]
    if lasting:
        yield "Rules:\n\n" + "\n".join(f"- {' '.join(message.split())}" for message in lasting)
