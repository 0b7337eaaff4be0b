"""Sizes beyond which a reader loses the thread: `python -m tests.limits <folder>...` lists what is over them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 60
MODULE_LINES = 300
SHADOW = Path("operator/__init__.py")
"""With it, `import operator` in the repository's root would find our folder and not the standard library's module."""


def excesses(source: Path) -> Iterator[str]:
    """What is too long in one module, one line each."""
    text = source.read_text()
    if (lines := len(text.splitlines())) > MODULE_LINES:
        yield f"{source}: {lines} lines, a module has at most {MODULE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{source}:{node.lineno}: {node.name} has {lines} lines, a function has at most {FUNCTION_LINES}"


def main(folders: list[str]) -> int:
    """Print what is over the limits; 1 if there is any."""
    sources = sorted(source for folder in folders for source in Path(folder).rglob("*.py"))
    found = [line for source in sources for line in excesses(source)]
    if SHADOW.exists():
        found.append(f"{SHADOW}: must not exist, it would shadow the standard library's module `operator`")
    print("\n".join(found) or f"{len(sources)} modules are within the limits of size.")  # noqa: T201 - its output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
