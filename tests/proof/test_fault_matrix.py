"""Proof 3, the fault matrix: every fault of the emulated cloud, on every call that a purchase
makes.

In each cell one workspace is bought; where it is not bought at first, the purchase was refused or
nothing was sent. It ends Ready, without a hand, and that lasts; nobody is told that it failed while
it is being bought or created; and the ledger says of the purchase what the cloud's books say.

Under a fault that lasts, the resource says the same from one pass to the next; once the fault is
over, it gets ready. Printed as a matrix at the end of the run."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import Final, TypeVar

import pytest

from tests.proof.cell import Cell, Outcome
from tests.proof.cells import (
    ASKED,
    Asked,
    a_few,
    of_the_look,
    of_the_purchase,
    of_the_rest,
    on_two_pages,
)
from tests.proof.trial import try_out

AT_ONCE: Final = 12
"""Cells under way at a time: enough that those with hanging calls do not hold up the others."""
PARTS: Final = 4
"""Parts of the two large lists, for runs with several workers."""
K = TypeVar("K", str, tuple[str, str])
Record = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of warnings about faults are no news here."""
    caplog.set_level(logging.ERROR)


@pytest.mark.timeout(180)
async def test_each_fault_once(emulator_process: str, record_property: Record) -> None:
    """A sample for every run: each fault on the purchase and on the look for it."""
    await _try_a_few(a_few(), "each once", emulator_process, record_property)


@pytest.mark.timeout(180)
async def test_faults_where_a_list_has_two_pages(
    emulator_process: str, record_property: Record
) -> None:
    """Nothing is bought twice and nothing is forgotten: a third of the sample, beside 150 instances
    of others."""
    cells = on_two_pages(islice(a_few(), 0, None, 3))
    await _try_a_few(cells, "two pages", emulator_process, record_property)


@pytest.mark.proof
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
async def test_faults_on_the_purchase(
    emulator_process: str, record_property: Record, part: int
) -> None:
    """On the call that spends money, in all combinations, where a list has two pages."""
    cells = list(on_two_pages(of_the_purchase()))[part::PARTS]
    await _try_all(cells, emulator_process, record_property)


@pytest.mark.proof
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
async def test_faults_on_the_look(
    emulator_process: str, record_property: Record, part: int
) -> None:
    """On the look-up that decides whether anything is bought, before and after the purchase, on its
    first page and on its second."""
    cells = list(on_two_pages(of_the_look()))[part::PARTS]
    await _try_all(cells, emulator_process, record_property)


@pytest.mark.proof
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.call)
async def test_faults_on_the_rest(
    emulator_process: str, record_property: Record, asked: Asked
) -> None:
    """On everything else that is read and written on the way, where nobody has bought anything."""
    await _try_all(of_the_rest(asked), emulator_process, record_property)


async def _try_a_few(cells: Iterable[Cell], what: str, url: str, record_property: Record) -> None:
    outcomes = await _outcomes(cells, url)
    for call, group in _grouped(outcomes, lambda outcome: outcome.cell.call):
        record_property("faults", [call, what, *_summary(group)])
    _check(outcomes)


async def _try_all(cells: Iterable[Cell], url: str, record_property: Record) -> None:
    outcomes = await _outcomes(cells, url)
    for (call, fault), group in _grouped(
        outcomes, lambda outcome: (outcome.cell.call, outcome.cell.fault.name)
    ):
        record_property("faults", [call, fault, *_summary(group)])
    _check(outcomes)


def _check(outcomes: list[Outcome]) -> None:
    wrong = [f"{outcome.cell}: {'; '.join(outcome.wrong)}" for outcome in outcomes if outcome.wrong]
    assert not wrong, "\n".join(wrong)


def _grouped(
    outcomes: list[Outcome], key: Callable[[Outcome], K]
) -> Iterator[tuple[K, list[Outcome]]]:
    for found, group in groupby(sorted(outcomes, key=key), key=key):
        yield found, list(group)


async def _outcomes(cells: Iterable[Cell], url: str) -> list[Outcome]:
    places = asyncio.Semaphore(AT_ONCE)

    async def run(cell: Cell) -> Outcome:
        async with places:
            return await try_out(cell, url)

    return await asyncio.gather(*(run(cell) for cell in cells))


def _summary(outcomes: list[Outcome]) -> tuple[int, int, int, dict[str, int]]:
    """Cells; those that ended with one purchase; those refused for certain before; and what was
    said at the end."""
    once = sum(outcome.purchases == 1 for outcome in outcomes)
    refused = sum(outcome.refused for outcome in outcomes)
    return len(outcomes), once, refused, dict(Counter(outcome.said for outcome in outcomes))
