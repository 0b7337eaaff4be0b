"""Limits of size and style for readers: `python -m tests.limits <folder>...` lists what is over
them."""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

FUNCTION_LINES = 60
MODULE_LINES = 300
PRODUCT = Path("operator/flink_workspace_operator")
QUESTION_WORDS = frozenset({"What", "Whatever", "Where", "Whether", "Who", "Whoever", "Whose"})
"""A docstring that begins with one of them names a question, and not the thing."""
QUESTIONS = 0.03
"""The share of the product's docstrings that may begin with one."""
LINE_LENGTH = 100
LONG_LINES = 0.005
"""The share of all lines that may be over it: a sentence that is better not broken."""
CODE = ("operator", "deploy", "docs", "tests")
SHADOW = Path("operator/__init__.py")
"""With it, `import operator` in the repository's root would find our folder and not the standard
library's module."""


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


def docstrings(source: Path) -> Iterator[str]:
    """All docstrings of a module, those of fields and constants too."""
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text


def questions(folder: Path) -> float:
    """The share of a folder's docstrings that begin with a question word."""
    texts = [text.split() for source in folder.rglob("*.py") for text in docstrings(source)]
    asking = [words for words in texts if words and words[0].rstrip(",:") in QUESTION_WORDS]
    return len(asking) / max(len(texts), 1)


def long_lines(folders: Sequence[str]) -> float:
    """The share of the folders' lines that are over `LINE_LENGTH`."""
    sources = [source for folder in folders for source in Path(folder).rglob("*.py")]
    lines = [line for source in sources for line in source.read_text().splitlines()]
    return sum(len(line) > LINE_LENGTH for line in lines) / max(len(lines), 1)


def main(folders: list[str]) -> int:
    """Print what is over the limits; 1 if there is any."""
    sources = sorted(source for folder in folders for source in Path(folder).rglob("*.py"))
    found = [line for source in sources for line in excesses(source)]
    if SHADOW.exists():
        found.append(
            f"{SHADOW}: must not exist, it would shadow the standard library's module `operator`"
        )
    if (share := questions(PRODUCT)) >= QUESTIONS:
        found.append(
            f"{PRODUCT}: {share:.1%} of the docstrings begin with a question word, "
            f"less than {QUESTIONS:.0%} may: {', '.join(sorted(QUESTION_WORDS))}"
        )
    if (long := long_lines(CODE)) >= LONG_LINES:
        found.append(
            f"{long:.1%} of all lines are over {LINE_LENGTH} characters,"
            f" less than {LONG_LINES:.1%} may"
        )
    print(  # noqa: T201 - its output
        "\n".join(found)
        or f"{len(sources)} modules are within the limits of size; {share:.1%} of the product's"
        f" docstrings begin with a question word, {long:.1%} of all lines are over {LINE_LENGTH}"
        " characters."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
