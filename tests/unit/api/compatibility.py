"""What a change of a CustomResourceDefinition would break for manifests and programs that were
written before it.

Fields, values and rules may be added, and bounds widened. A rule in CEL may be added too: it can
break somebody, but is asked for on purpose, and what is stored already stays writable below the
root."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Node = dict[str, Any]

_AT_MOST: Final = ("maxLength", "maximum", "maxItems")
_AT_LEAST: Final = ("minLength", "minimum", "minItems")
_NO_OTHER: Final = ("pattern", "format", "exclusiveMinimum", "exclusiveMaximum")
_SAME: Final = ("type", "default", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")
_NAMES: Final = ("kind", "plural", "singular")


def breaks(released: Node, current: Node) -> list[str]:
    """What is broken, with where; empty if the change is compatible."""
    return [
        *_broken_names(released["spec"], current["spec"]),
        *_broken_versions(released["spec"], current["spec"]),
    ]


def _broken_names(released: Node, current: Node) -> Iterator[str]:
    for part in ("group", "scope"):
        if released[part] != current[part]:
            yield f"{part} changed"
    for part in _NAMES:
        if released["names"][part] != current["names"][part]:
            yield f"names.{part} changed"
    for part in ("shortNames", "categories"):
        if not set(released["names"][part]) <= set(current["names"][part]):
            yield f"names.{part} lost one"


def _broken_versions(released: Node, current: Node) -> Iterator[str]:
    now = {version["name"]: version for version in current["versions"] if version["served"]}
    for version in released["versions"]:
        name = version["name"]
        if name not in now:
            yield f"{name} is not served any more"
            continue
        if not set(version.get("subresources", ())) <= set(now[name].get("subresources", ())):
            yield f"{name}: a subresource was removed"
        if not _paths(version) <= _paths(now[name]):
            yield f"{name}: a selectable field was removed"
        yield from _broken_schema(
            version["schema"]["openAPIV3Schema"], now[name]["schema"]["openAPIV3Schema"], name
        )


def _paths(version: Node) -> set[str]:
    return {field["jsonPath"] for field in version.get("selectableFields", ())}


def _broken_schema(old: Node, new: Node, path: str) -> Iterator[str]:
    yield from (f"{path}: {broken}" for broken in _broken_node(old, new))
    for name, field in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{path}.{name}: removed"
        else:
            yield from _broken_schema(field, new["properties"][name], f"{path}.{name}")
    if "items" in old and "items" in new:
        yield from _broken_schema(old["items"], new["items"], f"{path}[]")


def _broken_node(old: Node, new: Node) -> Iterator[str]:
    yield from (f"{word} changed" for word in _SAME if old.get(word) != new.get(word))
    yield from (
        f"{word} changed" for word in _NO_OTHER if word in new and old.get(word) != new[word]
    )
    yield from (
        f"{word} narrowed"
        for word in _AT_MOST
        if word in new and new[word] < old.get(word, float("inf"))
    )
    yield from (
        f"{word} narrowed"
        for word in _AT_LEAST
        if word in new and new[word] > old.get(word, float("-inf"))
    )
    if "enum" in new and not _allowed(old) <= set(new["enum"]):
        yield "enum narrowed"
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{name} became required"


def _allowed(node: Mapping[str, Any]) -> set[str]:
    """The values that were allowed; anything, where there was no enum."""
    return set(node.get("enum", ("anything",)))
