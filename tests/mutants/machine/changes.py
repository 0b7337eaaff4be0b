"""The changes that a machine makes to a module, one at a time."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Change:
    """One change. It is known by module, function and words, so that it keeps its name when lines
    move."""

    file: str
    function: str
    what: str
    statement: int
    """The first line of the statement that it is in: a test that never gets there can't notice."""
    line: int
    number: int
    """The how manieth of its module."""

    @property
    def name(self) -> str:
        """By which it is accepted and remembered."""
        return f"{self.file} {self.function}: {self.what}"


@dataclass(frozen=True)
class _Site:
    function: str
    what: str
    statement: ast.stmt
    old: ast.expr | ast.stmt
    new: ast.AST


def changes_of(source: str, file: str) -> list[Change]:
    """All changes of a module, in the order of its lines. What stands twice in a function is
    numbered."""
    seen: Counter[tuple[str, str]] = Counter()
    changes = []
    for number, site in enumerate(_sites(ast.parse(source))):
        seen[site.function, site.what] += 1
        times = seen[site.function, site.what]
        what = site.what if times == 1 else f"{site.what} ({times})"
        changes.append(
            Change(file, site.function, what, site.statement.lineno, site.old.lineno, number)
        )
    return changes


def changed(source: str, number: int) -> ast.Module:
    """The module with that one change. Every other line stays where it is."""
    tree = ast.parse(source)
    site = list(_sites(tree))[number]
    ast.copy_location(site.new, site.old)
    _Replacing(site.old, site.new).visit(tree)
    return ast.fix_missing_locations(tree)


def probed(source: str, probe: str) -> ast.Module:
    """The module with a call of `probe` before each statement of a function, with the line that the
    statement is in."""
    tree = ast.parse(source)
    for function in [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]:
        for _, node in _within(function, function):
            for name in ("body", "orelse", "finalbody"):
                _probe(getattr(node, name, None), probe)
    return ast.fix_missing_locations(tree)


def _probe(statements: object, probe: str) -> None:
    if not isinstance(statements, list):
        return
    for each in [each for each in statements if isinstance(each, ast.stmt)]:
        call = ast.Call(ast.Name(probe, ast.Load()), [ast.Constant(each.lineno)], [])
        statements.insert(statements.index(each), ast.copy_location(ast.Expr(call), each))


class _Replacing(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _sites(node: ast.AST, scope: str = "") -> Iterator[_Site]:
    """In functions only: what runs at import can't be changed afterwards."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _sites(child, f"{scope}{child.name}.")
        elif isinstance(child, FUNCTIONS):
            yield from _in_function(child, f"{scope}{child.name}")


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[_Site]:
    last = function.body[-1]
    for statement in function.body:
        for owner, node in _within(statement, statement):
            for what, old, new in _changes_at(node):
                if old is not last:
                    yield _Site(name, what, owner, old, new)


def _within(node: ast.AST, statement: ast.stmt) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """A node and all below it, each with the statement that it stands in."""
    statement = node if isinstance(node, ast.stmt) else statement
    yield statement, node
    for child in ast.iter_child_nodes(node):
        yield from _within(child, statement)


def _changes_at(node: ast.AST) -> Iterator[tuple[str, ast.expr | ast.stmt, ast.AST]]:
    match node:
        case ast.BoolOp(op=op, values=values):
            for dropped in values:
                rest = [each for each in values if each is not dropped]
                new = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                yield f"drop `{ast.unparse(dropped)}` of `{ast.unparse(node)}`", node, new
        case ast.Return():
            yield f"drop `{ast.unparse(node)}`", node, ast.Pass()
        case ast.comprehension(ifs=conditions):
            yield from (_negated(each) for each in conditions)
        case ast.match_case(guard=ast.expr() as guard):
            yield _negated(guard)
        case ast.If() | ast.While() | ast.IfExp():
            yield _negated(node.test)


def _negated(condition: ast.expr) -> tuple[str, ast.expr | ast.stmt, ast.AST]:
    return f"negate `{ast.unparse(condition)}`", condition, ast.UnaryOp(ast.Not(), condition)
