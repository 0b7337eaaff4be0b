"""Which cells the matrix has: every fault on every call of a purchase, and how the cloud is
otherwise.

On the purchase itself all combinations are tried. On the other calls the factors alternate so that
each call meets every pair of their values: rows of the orthogonal array L8, which has seven factors
of two values in eight rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

from tests.emulator_fixture import TWO_PAGES
from tests.proof.cell import CREATE, LONGEST_COMMIT, LONGEST_VISIBILITY, Cell
from tests.proof.faults import CERTAIN, FAULTS

DESCRIBE: Final = "foasconsole.DescribeInstances"
VISIBLE: Final = (0.0, LONGEST_VISIBILITY)
COMMIT: Final = (1.0, LONGEST_COMMIT)
STYLE: Final = ("http", "success-false")
NAMES: Final = ("account", "off")
POSITIONS: Final = (0, 5, 6, 8, 9, 10, 11, 12)
"""Looks of DescribeInstances: the first; then those just before the purchase, and those right after
it."""
ON_TWO_PAGES: Final = {0: 0, 5: 7, 6: 8, 8: 10, 9: 11, 10: 12, 11: 13, 12: 14}
"""The same where a list has two pages: 7, 12 and 14 are second pages."""


@dataclass(frozen=True)
class Asked:
    """A call that a purchase makes beside CreateInstance and DescribeInstances.

    `asks`: once, until it was answered; often, in every pass before the purchase; late, only after
    a lost answer."""

    call: str
    asks: Literal["once", "often", "late"] = "often"
    tags: str = "kept"


ASKED: Final = (
    Asked("sts.GetCallerIdentity", "once"),
    Asked("foasconsole.DescribeSupportedRegions", "once"),
    Asked("foasconsole.DescribeSupportedZones", "once"),
    Asked("foasconsole.QueryCreateInstancePrice"),
    Asked("bss.QueryOrders", "late"),
    Asked("bss.GetOrderDetail", "late"),
    Asked("foasconsole.TagResources", "once", tags="lost"),
    Asked("ram.GetRole"),
    Asked("ram.ListPoliciesForRole"),
    Asked("ram.CreateRole", "once"),
    Asked("ram.AttachPolicyToRole", "once"),
    Asked("vpc.DescribeVpcs"),
    Asked("vpc.DescribeVSwitches"),
    Asked("oss.GetBucketInfo"),
    Asked("oss.HeadObject"),
    Asked("oss.PutObject", "once"),
)


def of_the_purchase() -> Iterator[Cell]:
    """Every fault on CreateInstance, in every cloud; three times in a row; with tags that come late
    or never."""
    for fault in FAULTS:
        commits = COMMIT if fault.rule["fault"] == "commit-late" else COMMIT[:1]
        for visible, commit, style, names in product(VISIBLE, commits, STYLE, NAMES):
            yield Cell(CREATE, fault, visible=visible, commit=commit, style=style, names=names)
        for number in (1, 6):
            yield mixed(Cell(CREATE, fault, times=3), number)
            yield mixed(Cell(CREATE, fault, tags=("late", "lost")[number % 2]), number)
            yield mixed(Cell(CREATE, fault, tags=("late", "lost")[number % 2]), number + 1)
    for fault, style in product(CERTAIN, STYLE):
        yield Cell(CREATE, fault, times=None, style=style)


def of_the_look() -> Iterator[Cell]:
    """Every fault on DescribeInstances, before and after the purchase, whatever became of its
    answer."""
    for number, fault in enumerate(FAULTS):
        for turn, answer in enumerate(("arrives", "lost", "late", "never sent")):
            for times in (1, 3):
                after = POSITIONS[(number + turn + times) % len(POSITIONS)]
                yield mixed(
                    Cell(DESCRIBE, fault, times=times, after=after, answer=answer), number + turn
                )
        yield mixed(Cell(DESCRIBE, fault, times=None), number)


def of_the_rest(asked: Asked) -> Iterator[Cell]:
    """Every fault on one of the other calls: once, three times in a row, and some that last."""
    answers = ("lost", "late") if asked.asks == "late" else ("arrives", "lost")
    for number, fault in enumerate(FAULTS):
        times, answer = (1, 3)[number % 2], answers[number // 2 % 2]
        after = 1 if asked.asks == "often" and number % 3 == 0 else 0
        answer = "arrives" if asked.tags == "lost" else answer
        yield mixed(
            Cell(asked.call, fault, times=times, after=after, answer=answer, tags=asked.tags),
            number,
        )
    if asked.asks == "often":
        yield from (
            mixed(Cell(asked.call, fault, times=None), number)
            for number, fault in enumerate(FAULTS[::5])
        )


def a_few() -> Iterator[Cell]:
    """Each fault on the purchase and on the look for it, in clouds that alternate."""
    for number, fault in enumerate(FAULTS):
        yield mixed(Cell(CREATE, fault), number)
        yield mixed(
            Cell(DESCRIBE, fault, after=POSITIONS[number % len(POSITIONS)], answer="lost"), number
        )


def on_two_pages(cells: Iterable[Cell]) -> Iterator[Cell]:
    """The same beside so many instances of others that the list of the region has two pages."""
    for cell in cells:
        after = ON_TWO_PAGES[cell.after] if cell.call == DESCRIBE else cell.after
        yield cell.updated(others=TWO_PAGES, after=after)


def mixed(cell: Cell, number: int) -> Cell:
    """The cell in the cloud of one row of the array."""
    levels = [(number & mask).bit_count() % 2 for mask in (1, 2, 4, 7)]
    visible, style, names, commit = levels
    return cell.updated(
        visible=VISIBLE[visible], style=STYLE[style], names=NAMES[names], commit=COMMIT[commit]
    )
