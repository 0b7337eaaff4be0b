"""From a pydantic model to the structural, bounded OpenAPI schema that a CRD needs.

A keyword that is not known here raises, and so does a value without bounds: the API server would
refuse it, prune it silently, or estimate its CEL rules as too expensive.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flink_workspace_operator.api.base import ApiModel

Node = dict[str, Any]

_COMMON: Final = ("description", "type", "default", "x-kubernetes-validations")
_BY_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties", "maxProperties"),
    "array": (
        "items",
        "minItems",
        "maxItems",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
    ),
    "string": ("enum", "minLength", "maxLength", "pattern", "format"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "boolean": (),
}
_ORDER: Final = (
    *("description", "type", "default", "enum", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minItems", "maxItems"),
    *("maxProperties", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"),
    *("x-kubernetes-validations", "required", "properties", "additionalProperties", "items"),
)


class NotStructuralError(ValueError):
    """A model has a keyword that a CRD does not support, or a value without bounds."""


def structural_schema(model: type[ApiModel]) -> Node:
    """The schema of a whole resource: `metadata` belongs to the API server, all else comes from the
    model.

    Raises `NotStructuralError`, with the path, if there is no bounded structural schema for it.
    """
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    schema["properties"].pop("metadata")
    schema["required"].remove("metadata")
    root = _convert(schema, definitions, model.__name__)
    root["properties"] = {"metadata": {"type": "object"}, **root["properties"]}
    return root


def _convert(raw: Node, definitions: Mapping[str, Node], path: str) -> Node:
    node = _spelled_for_kubernetes(_resolved(raw, definitions, path), path)
    _require_known(node, path)
    _require_bounds(node, path)
    if "properties" in node:
        node["properties"] = {
            name: _described(_convert(field, definitions, f"{path}.{name}"), f"{path}.{name}")
            for name, field in node["properties"].items()
        }
    if "additionalProperties" in node:
        values = node["additionalProperties"]
        node["additionalProperties"] = _convert(values, definitions, f"{path}{{}}")
    if "items" in node:
        node["items"] = _convert(node["items"], definitions, f"{path}[]")
    return {key: node[key] for key in _ORDER if key in node}


def _resolved(node: Node, definitions: Mapping[str, Node], path: str) -> Node:
    """Inline references, and make "X or null" an optional X. Keywords beside them win."""
    while "$ref" in node or "anyOf" in node:
        beside = {key: value for key, value in node.items() if key not in ("$ref", "anyOf")}
        if "$ref" in node:
            target = definitions[node["$ref"].removeprefix("#/$defs/")]
        else:
            choices = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
            if len(choices) != 1:
                raise NotStructuralError(f"{path}: a union can't be said in a structural schema")
            target = choices[0]
        node = {**target, **beside}
    return dict(node)


def _spelled_for_kubernetes(node: Node, path: str) -> Node:
    node.pop("title", None)
    if "description" in node:
        node["description"] = _unwrapped(node["description"])
    if node.get("additionalProperties") is False:
        del node["additionalProperties"]  # what is not in the schema is pruned anyway
    if "const" in node:
        node["enum"] = [node.pop("const")]
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if exclusive in node:
            if inclusive in node:
                raise NotStructuralError(
                    f"{path}: {inclusive} and {exclusive} can't stand together"
                )
            node[inclusive], node[exclusive] = node[exclusive], True
    if "default" in node:
        default = _without_unset(node.pop("default"))
        if default not in (None, {}):
            node["default"] = default
    return node


def _unwrapped(text: str) -> str:
    """A docstring without the line breaks of its source: `kubectl explain` makes its own."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _without_unset(default: Any) -> Any:  # noqa: ANN401 - a default is any JSON value
    """An object's default without null and empty values: its fields' own defaults cover them."""
    if isinstance(default, dict):
        return {
            key: _without_unset(value)
            for key, value in default.items()
            if value not in (None, [], {})
        }
    return default


def _require_known(node: Node, path: str) -> None:
    kind = str(node.get("type"))
    if kind not in _BY_TYPE:
        raise NotStructuralError(
            f"{path}: type {kind!r} is not one that a structural schema knows here"
        )
    unknown = set(node) - {*_COMMON, *_BY_TYPE[kind]}
    if unknown:
        raise NotStructuralError(
            f"{path}: {', '.join(sorted(unknown))} can't be said for type {kind!r}"
        )


def _object_is_closed(node: Node) -> bool:
    is_map = {"additionalProperties", "maxProperties"} <= node.keys()
    return bool(node.get("properties")) or is_map


def _string_is_bounded(node: Node) -> bool:
    if "format" in node:
        return bool(
            node["format"] == "date-time"
        )  # the API server checks it, and knows how long it can get
    return "enum" in node or "maxLength" in node


def _number_is_bounded(node: Node) -> bool:
    return "minimum" in node and "maximum" in node


def _list_is_bounded(node: Node) -> bool:
    keyed = node.get("x-kubernetes-list-type") != "map" or "x-kubernetes-list-map-keys" in node
    return {"items", "maxItems", "x-kubernetes-list-type"} <= node.keys() and keyed


_BOUNDS: Final[Mapping[str, tuple[Callable[[Node], bool], str]]] = {
    "object": (_object_is_closed, "an object must name its fields, or be a map of bounded size"),
    "array": (
        _list_is_bounded,
        "a list must have items, maxItems and a list type (and keys, if it is a map)",
    ),
    "string": (
        _string_is_bounded,
        "a string must have maxLength, an enum, or the format date-time",
    ),
    "integer": (_number_is_bounded, "a number must have both bounds"),
    "number": (_number_is_bounded, "a number must have both bounds"),
    "boolean": (lambda _: True, ""),
}


def _require_bounds(node: Node, path: str) -> None:
    holds, demand = _BOUNDS[node["type"]]
    if not holds(node):
        raise NotStructuralError(f"{path}: {demand}")


def _described(node: Node, path: str) -> Node:
    if not node.get("description"):
        raise NotStructuralError(
            f"{path}: a field must have a docstring; `kubectl explain` shows it"
        )
    return node
