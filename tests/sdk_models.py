"""The official SDKs' response models as a measure: which members an answer may have, and of which
type."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_MEMBER = re.compile(r"if m\.get\('(\w+)'\) is not None:.*?self\.(\w+)", re.DOTALL)
_SIMPLE: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}


def differences(answer: object, models: ModuleType, name: str) -> list[str]:
    """Where an answer differs from a model of an SDK, a line each."""
    return list(_of_model(answer, models, getattr(models, name), name))


def _of_model(value: object, models: ModuleType, model: type, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is {type(value).__name__}, not an object"
        return
    members = dict(_MEMBER.findall(inspect.getsource(model.from_map)))  # type: ignore[attr-defined]  # the SDK's base
    types = inspect.signature(model).parameters
    for name, member in value.items():
        if name not in members:
            yield f"{place}.{name} is no member"
        else:
            yield from _of_type(
                member, models, str(types[members[name]].annotation), f"{place}.{name}"
            )


def _of_type(value: object, models: ModuleType, wanted: str, place: str) -> Iterator[str]:
    if wanted.startswith("List["):
        if not isinstance(value, list):
            yield f"{place} is {type(value).__name__}, not a list"
            return
        for number, each in enumerate(value):
            yield from _of_type(
                each, models, wanted.removeprefix("List[").removesuffix("]"), f"{place}[{number}]"
            )
    elif wanted.startswith("main_models."):
        yield from _of_model(
            value, models, getattr(models, wanted.removeprefix("main_models.")), place
        )
    elif wanted in _SIMPLE and not _is(value, _SIMPLE[wanted]):
        yield f"{place} is {type(value).__name__}, not {wanted}"


def _is(value: Any, types: tuple[type, ...]) -> bool:  # noqa: ANN401 - any JSON
    """A boolean is a number to Python, and not to JSON."""
    return isinstance(value, types) and (types == (bool,) or not isinstance(value, bool))
