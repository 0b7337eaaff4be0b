"""The core in its own words: states and actions are asked for facts, and conditions are written,
not read."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flink_workspace_operator import core
from flink_workspace_operator.api.order_states import STATES
from flink_workspace_operator.core.orders.actions import ACTIONS

CORE: Final = Path(core.__file__).parent
PRODUCT: Final = CORE.parent
CONDITIONS: Final = frozenset({"condition", "conditions"})


def trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module below a folder, by its path in the product."""
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(PRODUCT)), ast.parse(path.read_text())


def words(node: ast.AST) -> set[str]:
    """The string constants in a piece of code."""
    constants = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return {value for value in constants if isinstance(value, str)}


def attributes(node: ast.AST) -> set[str]:
    """The names after a dot in a piece of code."""
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def compared_with_state(tree: ast.AST) -> set[str]:
    """The states that a comparison of an attribute `state` names."""
    compared = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.MatchValue) and "state" in attributes(node)
    ]
    return {word for node in compared for word in words(node) if word in STATES}


def readers_of_reasons(tree: ast.AST) -> list[str]:
    """The functions that read conditions and a reason."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        node.name
        for node in functions
        if attributes(node) & CONDITIONS and "reason" in attributes(node)
    ]


def test_no_state_is_asked_for_by_its_name() -> None:
    """A new state permits nothing until its row says so: only the table knows the names."""
    found = {
        path: compared_with_state(tree)
        for path, tree in trees(PRODUCT)
        if path != "api/order_states.py"
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_the_search_for_states_finds_one() -> None:
    """The same search over code that does it."""
    assert compared_with_state(ast.parse('order.state in ("Placing", "Uncertain")')) == {
        "Placing",
        "Uncertain",
    }


def test_only_the_registry_and_the_record_know_the_name_of_an_action() -> None:
    """The protocol asks an order's action, whichever it is; the CRD lists what this version
    knows."""
    found = {path for path, tree in trees(PRODUCT) if words(tree) & set(ACTIONS)}
    assert {path for path in found if not path.startswith("core/orders/actions/")} == {
        "api/order.py"
    }


def test_no_decision_reads_the_reason_of_a_condition() -> None:
    """Whoever renames a reason changes words, and never what is bought or adopted."""
    found = {
        path: readers_of_reasons(tree)
        for path, tree in trees(CORE)
        if not path.startswith("core/reporting/")
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_the_search_for_reasons_finds_one() -> None:
    """The same search over code that does it."""
    code = "def said_lost(case):\n    return case.condition('Stalled').reason == 'Lost'\n"
    assert readers_of_reasons(ast.parse(code)) == ["said_lost"]
