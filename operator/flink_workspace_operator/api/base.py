"""The base of all models: camelCase on the wire, frozen in memory, bounded everywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel

ConditionStatus = Literal["True", "False", "Unknown"]

NO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Replaces a time that cannot be read. Go writes its zero time in the same way."""


def _to_the_second(time: datetime) -> str:
    """RFC 3339 to the second. `strftime` would leave out the zeros of early years."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _or_no_time(written: object, read: ValidatorFunctionWrapHandler) -> datetime:
    """The time, or `NO_TIME`: the API server takes years that Python does not have."""
    try:
        time: datetime = read(written)
        return time.astimezone(UTC)
    except (ValidationError, OverflowError):
        return NO_TIME


Time = Annotated[datetime, PlainSerializer(_to_the_second, return_type=str, when_used="json")]
"""A moment, written in UTC and to the second as Kubernetes does."""

TimeForPeople = Annotated[Time, WrapValidator(_or_no_time)]
"""A moment that decides nothing about money. An unreadable one does not stop the rest."""


LARGEST_GENERATION: Final = 2**53 - 1
"""The largest integer that every JSON reader takes exactly."""


class ApiModel(BaseModel):
    """A part of a resource. Fields unknown to this version are ignored, so that an older operator
    can read on."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        use_attribute_docstrings=True,
        extra="ignore",
    )

    def as_wire(self) -> dict[str, Any]:
        """The JSON form as the API server stores it: camelCase, without unset fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def unknown_fields(stored: object, read: object, path: str) -> tuple[str, ...]:
    """Stored paths below `path` that this version did not read. Paths only, never values."""
    return tuple(_unread(stored, read, path))


def _unread(stored: object, read: object, path: str) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(read, dict):
        for name, value in stored.items():
            if value is not None and name not in read:
                yield f"{path}.{name}"
            elif value is not None:
                yield from _unread(value, read[name], f"{path}.{name}")
    elif isinstance(stored, list) and isinstance(read, list):
        for number, (value, known) in enumerate(zip(stored, read, strict=False)):
            yield from _unread(value, known, f"{path}[{number}]")


def cel(rule: str, message: str, **more: str | bool) -> dict[str, Any]:
    """One validation rule of a CRD: `rule` in CEL, `message` says what to do instead."""
    return {"rule": rule, "message": message, **more}


def matching(field: str, pattern: str, wanted: str) -> dict[str, Any]:
    """A rule for a text: a bare `pattern` of the schema would be shown to users as it is."""
    return cel(
        f"self.matches('{pattern}')",
        f"`{field}` must be {wanted}",
        messageExpression=f'"`{field}` is \'" + self + "\', but must be {wanted}"',
    )


def visible(field: str) -> dict[str, Any]:
    """A rule for a text that people read: nothing in it deceives them, or moves their cursor."""
    return cel(
        "self.matches('^[^\\\\p{C}]*$')",
        f"`{field}` must not contain control characters, such as line ends, or other characters"
        " that can't be seen",
    )


_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"


def named_object(field: str, kind: str) -> dict[str, Any]:
    """A rule for the name of an object in the same namespace."""
    wanted = (
        f"the name of a {kind} in this namespace: lower case letters, digits, '-' and '.', with a"
        " letter or digit at both ends and beside each '.'"
    )
    return matching(field, f"^{_LABEL}([.]{_LABEL})*$", wanted)


def on_creation(rule: str, message: str, field_path: str) -> dict[str, Any]:
    """A rule checked on creation only. Checked on every update, it would keep a finalizer on a
    resource older than the rule: the API server tolerates old errors only below the root."""
    return cel(f"oldSelf.hasValue() || {rule}", message, fieldPath=field_path, optionalOldSelf=True)


def validated(*rules: dict[str, Any]) -> dict[str, Any]:
    """Schema extras that carry CEL rules, for a field's or a model's `json_schema_extra`."""
    return {"x-kubernetes-validations": list(rules)}


class Condition(ApiModel):
    """One aspect of the resource's state, in the shape of metav1.Condition."""

    type: Annotated[str, Field(max_length=60)]
    """Name of the aspect, for example Ready."""
    status: ConditionStatus
    """True, False, or Unknown."""
    reason: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            json_schema_extra=validated(
                matching("reason", "^[A-Za-z][A-Za-z0-9]*$", "one CamelCase word, such as Running")
            ),
        ),
    ]
    """The reason for the status, one CamelCase word for programs."""
    message: Annotated[str, Field(max_length=1024)] = ""
    """One line for people: the state, and what to do about it."""
    last_transition_time: TimeForPeople
    """When the status last changed."""
    observed_generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """The generation of the resource that the condition is about."""


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
