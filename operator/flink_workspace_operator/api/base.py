"""What all models share: camelCase on the wire, frozen in memory, bounded everywhere."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

ConditionStatus = Literal["True", "False", "Unknown"]

Time = Annotated[
    datetime,
    PlainSerializer(lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str, when_used="json"),
]
"""A moment in UTC, written to the second as Kubernetes does."""


LARGEST_GENERATION: Final = 2**53 - 1
"""The largest integer that every JSON reader takes exactly."""


class ApiModel(BaseModel):
    """A part of a resource. Fields unknown to this version are ignored, so that an older operator can read on."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, use_attribute_docstrings=True, extra="ignore"
    )

    def as_wire(self) -> dict[str, Any]:
        """The JSON form as the API server stores it: camelCase, nothing that is unset."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def cel(rule: str, message: str, **more: str | bool) -> dict[str, Any]:
    """One validation rule of a CRD: `rule` in CEL, `message` says what to do instead."""
    return {"rule": rule, "message": message, **more}


def on_creation(rule: str, message: str, field_path: str) -> dict[str, Any]:
    """A rule about what never changes. Were it asked again, a finalizer could not be removed from a resource that is
    older than the rule: the API server tolerates old errors only below the root."""
    return cel(f"oldSelf.hasValue() || {rule}", message, fieldPath=field_path, optionalOldSelf=True)


def validated(*rules: dict[str, Any]) -> dict[str, Any]:
    """Schema extras that carry CEL rules, for a field's or a model's `json_schema_extra`."""
    return {"x-kubernetes-validations": list(rules)}


class Condition(ApiModel):
    """One aspect of the resource's state, in the shape of metav1.Condition."""

    type: Annotated[str, Field(max_length=60)]
    """Name of the aspect, for example Ready."""
    status: ConditionStatus
    """True, False, or Unknown where it is not known."""
    reason: Annotated[str, Field(min_length=1, max_length=100, pattern="^[A-Za-z]([A-Za-z0-9]*)?$")]
    """The reason for the status, one CamelCase word for programs."""
    message: Annotated[str, Field(max_length=1024)] = ""
    """One line for people: what is the case, and what to do about it."""
    last_transition_time: Time
    """When the status last changed."""
    observed_generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """The generation of the resource that this was found for."""


Conditions = Annotated[
    tuple[Condition, ...],
    Field(
        max_length=20,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    ),
]


class Metadata(ApiModel):
    """The part of an object's metadata that decisions need."""

    name: str
    namespace: str
    uid: str
    resource_version: str
    generation: int = 1
    creation_timestamp: Time
    deletion_timestamp: Time | None = None
    finalizers: tuple[str, ...] = ()
    annotations: dict[str, str] = Field(default_factory=dict)
