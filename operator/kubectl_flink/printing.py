"""Prints for people, and for programs. Where there is no terminal nothing is coloured or cut."""

import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Format = Literal["table", "json", "yaml"]
UNBOUNDED: Final = 100_000
"""Columns where there is no terminal: more than any line needs."""


def console(width: int | None = None) -> "Console":
    """The standard output, as rich writes to it."""
    from rich.console import Console

    if width is None and not sys.stdout.isatty():
        width = UNBOUNDED
    return Console(width=width, highlight=False, emoji=False, markup=False)


def show(what: "RenderableType", on: "Console | None" = None) -> None:
    """Print something for people. Piped lines end with their last letter."""
    target = on or console()
    if target.is_terminal:
        target.print(what)
        return
    sys.stdout.write(text_of(what, target))
    sys.stdout.flush()


def text_of(what: "RenderableType", target: "Console") -> str:
    """What would be printed, without blanks at the ends of lines."""
    with target.capture() as captured:
        target.print(what)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def dump(value: object, format_: Format) -> None:
    """Print a value for programs."""
    plain = _plain(value)
    if format_ == "json":
        print(json.dumps(plain, indent=2, ensure_ascii=False))  # noqa: T201 - its output
        return
    import yaml

    print(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True), end="")  # noqa: T201


def complain(message: str) -> None:
    """Say on the standard error what is wrong."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - its output


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON knows
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {_camel(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
