"""The little Markdown that the pages need."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table. A bar inside a cell would end it, and a line break the row."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def code(text: object) -> str:
    """As it is typed."""
    return f"`{text}`"


def page(title: str, *parts: str) -> str:
    """A whole page. Parts have blank lines between them."""
    return "\n\n".join((f"# {title}", *(part.strip("\n") for part in parts))) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
