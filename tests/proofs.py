"""What the tests record of the proofs with `record_property`, and how it is told: a table each, and
one line of sums.

    record_property("points", [story, calls, crashes, good])       a row of the proof "points"

`PROOFS` is the index: what there is, where its tests are, and in which shape they record.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Row = Sequence[Any]


@dataclass(frozen=True)
class Proof:
    """One way in which it is shown that nothing is bought twice."""

    key: str
    """Under which its tests record rows."""
    title: str
    tests: tuple[str, ...]
    """Where they are. What fails there, with a row or without one, fails the proof."""
    columns: tuple[str, ...]
    tried: Callable[[Sequence[Row]], str]
    """How much was tried, in all rows together."""
    result: Callable[[Sequence[Row]], str]
    """What came of it, if nothing failed."""


def total(rows: Sequence[Row], column: int) -> int:
    """The sum of a column."""
    return sum(int(row[column]) for row in rows)


def cell(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in Counter(value).most_common())
    if isinstance(value, str) and "::test_" in value:
        return sentence(value)
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:.1f}"
        if isinstance(value, float)
        else str(value)
    )


def sentence(test: str) -> str:
    """What a test says: our tests are named by what they show."""
    place, name = Path(test.split("::")[0]), test.split("::")[-1]
    said, *parameters = name.removeprefix("test_").split("[")
    file = place.stem.removeprefix("test_").replace("_", " ")
    return "[".join((f"{place.parent.name}/{file}: {said.replace('_', ' ')}", *parameters)).replace(
        "[", " [", 1
    )


def figures(key: str, row: Row) -> str:
    """A row in one line, without the words that name it."""
    proof = next((each for each in PROOFS if each.key == key), None)
    columns = proof.columns if proof else ()
    told = (
        (column, value)
        for column, value in zip(columns, row, strict=False)
        if column != columns[0] or not isinstance(value, str)
    )
    return ", ".join(
        cell(value) if isinstance(value, str | dict) else f"{cell(value)} {column}"
        for column, value in told
    )


def _added_up(rows: Sequence[Row], named_by: int) -> list[list[Any]]:
    """One row for those with the same first `named_by` values: their numbers added up, their counts
    of words merged."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        name, figures = tuple(row[:named_by]), list(row[named_by:])
        before = found.get(name)
        found[name] = (
            figures
            if before is None
            else [_sum(*pair) for pair in zip(before, figures, strict=True)]
        )
    return [[*name, *figures] for name, figures in found.items()]


def _sum(one: Any, other: Any) -> Any:  # noqa: ANN401 - two numbers, or two counts of words
    return dict(Counter(one) + Counter(other)) if isinstance(one, dict) else one + other


def details(proof: Proof, rows: Sequence[Row]) -> list[list[str]]:
    """The rows of the proof's table, in one order whatever the order of the tests."""
    if proof.key == "kills":
        rows = [
            [chunks[0], *sums]
            for chunks, sums in [([row[0] for row in rows], [total(rows, 1), total(rows, 2)])]
        ]
    if proof.key == "faults":
        rows = _added_up(rows, named_by=2)
    return sorted(
        ([cell(value) for value in row] for row in rows),
        key=lambda row: [each.casefold() for each in row],
    )


def _each_once(rows: Sequence[Row]) -> str:
    return f"{total(rows, 2):,} of {total(rows, 1):,} bought, each once"


def _struck(rows: Sequence[Row]) -> int:
    return sum(row[0] != "nothing" for row in rows)


def _most(rows: Sequence[Row]) -> int:
    return max(int(row[3]) for row in rows)


PROOFS: Final = (
    Proof(
        "model",
        "Model of the protocol",
        ("tests/model",),
        ("run", "states", "depth", "seconds", "result"),
        lambda rows: f"{total(rows, 1):,} states in {len(rows)} runs",
        lambda rows: cell(dict(Counter(str(row[4]) for row in rows))),
    ),
    Proof(
        "model-mutants",
        "Mutants of the model",
        ("tests/model",),
        ("mutant", "caught by", "steps to it"),
        lambda rows: f"{len(rows)} safeguards taken out of the model",
        lambda _: "each breaks the promise",
    ),
    Proof(
        "points",
        "Crash or loss at every call",
        ("tests/simulation/test_every_call.py",),
        ("story", "calls", "tried", "ended well"),
        lambda rows: f"{total(rows, 2):,} runs with a crash or a lost call",
        lambda rows: f"{total(rows, 3):,} end as they would have ended",
    ),
    Proof(
        "schedules",
        "Two at once, in every order",
        (
            "tests/simulation/test_interleavings.py",
            "tests/simulation/test_brakes.py",
            "tests/simulation/test_rollback.py",
        ),
        ("race", "switches", "all orders", "random orders"),
        lambda rows: f"{total(rows, 2):,} runs in every order, {total(rows, 3):,} in random ones",
        lambda _: "one purchase in each",
    ),
    Proof(
        "further",
        "A further paid action, of a workspace that runs",
        ("tests/simulation/test_further_action.py",),
        ("story or race", "what goes wrong", "runs"),
        lambda rows: f"{total(rows, 2):,} runs with a crash, a lost call, or in another order",
        lambda _: "one call at most for each starting point, and no second purchase",
    ),
    Proof(
        "waves",
        "Waves",
        ("tests/simulation/test_waves.py", "tests/e2e/test_wave.py"),
        ("struck by", "applied at once", "workers", "announced and unsent at most", "bought"),
        lambda rows: (
            f"{total(rows, 1):,} resources applied in {len(rows)} waves, {_struck(rows)} of them struck"
        ),
        lambda rows: (
            f"{total(rows, 4):,} bought, each once; at most {_most(rows)} announced and unsent at once"
        ),
    ),
    Proof(
        "stateful",
        "Anything in any order",
        ("tests/simulation/test_stateful.py", "tests/simulation/stateful"),
        ("histories", "steps", "purchases", "seconds"),
        lambda rows: f"{total(rows, 0):,} histories of {total(rows, 1):,} steps",
        lambda rows: f"{total(rows, 2):,} purchases, no name twice",
    ),
    Proof(
        "faults",
        "Fault matrix",
        ("tests/proof",),
        ("call", "fault", "cells", "one purchase", "refused first", "said at the end"),
        lambda rows: f"{total(rows, 2):,} cells of call and fault",
        lambda rows: f"{total(rows, 3):,} with one purchase, {total(rows, 4):,} after a refusal",
    ),
    Proof(
        "matrix",
        "One purchase, whatever becomes of its answer",
        ("tests/scenario/test_matrix.py",),
        ("fault on CreateInstance", "shown", "names", "purchases", "orders"),
        lambda rows: f"{len(rows)} lost or refused answers",
        lambda rows: f"{sum(row[3] == '1' for row in rows)} with one purchase",
    ),
    Proof(
        "losses",
        "What a loss costs",
        ("tests/scenario/test_outside_the_laboratory.py",),
        ("what happens to the call", "minutes from applying to Ready"),
        lambda rows: f"{len(rows)} ways to lose a call, with default settings",
        lambda rows: (
            f"Ready with one purchase in each, at the latest after {max(row[1] for row in rows):.0f} min"
        ),
    ),
    Proof(
        "kills",
        "kill -9 before and after each call",
        ("tests/e2e/test_kills.py",),
        ("calls", "kills", "ended with one purchase and Ready"),
        lambda rows: f"{total(rows, 1):,} kills at {rows[0][0]} calls",
        lambda rows: f"{total(rows, 2):,} with one purchase and Ready",
    ),
    Proof(
        "processes",
        "Processes killed, stopped, ended",
        (
            "tests/e2e/test_leader_kills.py",
            "tests/e2e/test_stops.py",
            "tests/e2e/test_control_planes.py",
        ),
        ("scenario", "wanted", "bought", "struck", "seconds"),
        lambda rows: f"struck {total(rows, 3):,} times in {len(rows)} scenarios",
        _each_once,
    ),
    Proof(
        "mutants",
        "Mutants of the code",
        ("tests/mutants",),
        ("without the safeguard", "this fails"),
        lambda rows: f"{len(rows)} safeguards taken out of the code",
        lambda _: "every removal fails a test",
    ),
)
