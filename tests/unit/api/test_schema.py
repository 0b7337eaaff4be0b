"""The schema of a model: what a CRD can say comes out, all else raises."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field, create_model

from flink_workspace_operator.api.base import ApiModel, Metadata, Time, cel, validated
from flink_workspace_operator.api.schema import NotStructuralError, structural_schema


class Inner(ApiModel):
    """Words of the type."""

    size: Annotated[int, Field(gt=0, lt=10)] = 5
    """Size."""
    note: Annotated[str, Field(max_length=5)] | None = None
    """Note."""
    names: Annotated[
        tuple[Annotated[str, Field(max_length=5)], ...],
        Field(max_length=2, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ] = ()
    """Names."""


def resource_with(
    kind: Any,  # noqa: ANN401 - any value
    default: Any = ...,  # noqa: ANN401 - any value
    *,
    docstring: str | None = "Words of the field.",
) -> type[ApiModel]:
    """A resource with the field `field` of this type."""
    fields: dict[str, Any] = {
        "metadata": (Metadata, ...),
        "field": (kind, Field(default, description=docstring)),
    }
    return create_model("Thing", __base__=ApiModel, **fields)


def schema_of(kind: Any, default: Any = ...) -> dict[str, Any]:  # noqa: ANN401 - any type, any default
    """The schema of a field of this type, without its description."""
    field: dict[str, Any] = structural_schema(resource_with(kind, default))["properties"]["field"]
    assert field.pop("description") == "Words of the field."
    return field


INNER = {
    "type": "object",
    "properties": {
        "size": {
            "description": "Size.",
            "type": "integer",
            "default": 5,
            "minimum": 0,
            "exclusiveMinimum": True,
            "maximum": 10,
            "exclusiveMaximum": True,
        },
        "note": {"description": "Note.", "type": "string", "maxLength": 5},
        "names": {
            "description": "Names.",
            "type": "array",
            "default": [],
            "maxItems": 2,
            "x-kubernetes-list-type": "set",
            "items": {"type": "string", "maxLength": 5},
        },
    },
}
RULE = cel("self > 1", "must be more than 1")


@pytest.mark.parametrize(
    ("kind", "default", "schema"),
    [
        (bool, False, {"type": "boolean", "default": False}),
        (Literal["A"], ..., {"type": "string", "enum": ["A"]}),
        (Literal["A", "B"], "B", {"type": "string", "enum": ["A", "B"], "default": "B"}),
        (Literal["A", "B"] | None, None, {"type": "string", "enum": ["A", "B"]}),
        (Time, ..., {"type": "string", "format": "date-time"}),
        (Annotated[float, Field(ge=0, le=1)], ..., {"type": "number", "minimum": 0, "maximum": 1}),
        (
            Annotated[int, Field(ge=1, le=3, json_schema_extra=validated(RULE))],
            ...,
            {"type": "integer", "minimum": 1, "maximum": 3, "x-kubernetes-validations": [RULE]},
        ),
        (Inner, ..., INNER),
        (Inner | None, None, INNER),
        (Inner, Inner(size=3, note="x"), {**INNER, "default": {"size": 3, "note": "x"}}),
        (Inner, Inner(size=3), {**INNER, "default": {"size": 3}}),
    ],
)
def test_what_a_crd_can_say_comes_out_in_its_spelling(
    kind: Any,  # noqa: ANN401 - any value
    default: Any,  # noqa: ANN401 - any value
    schema: dict[str, Any],
) -> None:
    """No references, titles, nulls or constants; optional fields are only not required."""
    assert schema_of(kind, default) == schema


@pytest.mark.parametrize(("default", "required"), [(..., ["field"]), (True, None)])
def test_only_fields_without_default_are_required(default: Any, required: list[str] | None) -> None:  # noqa: ANN401 - any default
    """And never `metadata`, which is the API server's and stays open."""
    schema = structural_schema(resource_with(bool, default))

    assert schema.get("required", None) in (required, [])
    assert schema["properties"]["metadata"] == {"type": "object"}


def test_a_map_keeps_its_keys_and_items_their_rules() -> None:
    """Lists of named things are merged by name."""
    extras: dict[str, Any] = {
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["size"],
    }
    schema = schema_of(Annotated[tuple[Inner, ...], Field(max_length=2, json_schema_extra=extras)])

    assert schema == {
        "type": "array",
        "maxItems": 2,
        **extras,
        "items": {"description": "Words of the type.", **INNER},
    }


def test_rules_and_words_of_the_resource_stand_at_the_root() -> None:
    """Only there they see metadata and status."""

    class Ruled(ApiModel):
        """Words of the resource."""

        model_config = ConfigDict(json_schema_extra=validated(RULE))
        metadata: Metadata
        flag: bool
        """Flag."""

    schema = structural_schema(Ruled)

    assert (schema["description"], schema["x-kubernetes-validations"]) == (
        "Words of the resource.",
        [RULE],
    )


class Empty(ApiModel):
    """Nothing in it."""


def listed(**extras: Any) -> Any:  # noqa: ANN401 - a type with annotations
    return Annotated[tuple[bool, ...], Field(**extras)]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (str, "a string must have maxLength"),
        (Annotated[str, Field(pattern="^a$")], "a string must have maxLength"),
        (int, "a number must have both bounds"),
        (Annotated[int, Field(ge=0)], "a number must have both bounds"),
        (Annotated[float, Field(le=0)], "a number must have both bounds"),
        (
            Annotated[int, Field(ge=0, gt=0, le=1)],
            "minimum and exclusiveMinimum can't stand together",
        ),
        (listed(max_length=1), "a list must have items, maxItems and a list type"),
        (
            listed(json_schema_extra={"x-kubernetes-list-type": "set"}),
            "a list must have items, maxItems",
        ),
        (listed(max_length=1, json_schema_extra={"x-kubernetes-list-type": "map"}), "and keys"),
        (set[bool], "uniqueItems can't be said for type 'array'"),
        (dict[str, str], "or be a map of bounded size"),
        (Empty, "an object must name its fields"),
        (bool | Inner, "a union can't be said"),
        (Any, "type 'None' is not one"),
        (
            Annotated[int, Field(ge=0, le=9, multiple_of=3)],
            "multipleOf can't be said for type 'integer'",
        ),
        (
            Annotated[str, Field(max_length=9, json_schema_extra={"format": "uri"})],
            "must have maxLength",
        ),
    ],
)
def test_what_a_crd_cannot_say_raises_with_the_path(kind: Any, reason: str) -> None:  # noqa: ANN401 - any type
    """Better than a schema that the API server refuses, prunes, or can't estimate."""
    with pytest.raises(NotStructuralError, match=r"^Thing\.field") as raised:
        structural_schema(resource_with(kind))

    assert reason in str(raised.value)


def test_a_field_without_docstring_raises() -> None:
    """`kubectl explain` would show nothing."""
    with pytest.raises(NotStructuralError, match=r"^Thing\.field: a field must have a docstring"):
        structural_schema(resource_with(bool, docstring=None))


def test_a_model_that_forbids_other_fields_is_no_obstacle() -> None:
    """The API server prunes or refuses them by itself."""

    class Closed(Inner):
        """Closed."""

        model_config = ConfigDict(extra="forbid")

    assert schema_of(Closed) == INNER
