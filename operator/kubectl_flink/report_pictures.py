"""The table of orphans, and the list of `check`."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kubectl_flink.orphans import Orphan
from kubectl_flink.pictures import sign
from kubectl_flink.report import Aspect
from kubectl_flink.words import moment

_HEADS: Final = ("INSTANCE", "NAME", "ACCOUNT", "REGION", "CHARGE", "PAID SINCE", "LAST AMOUNT",
                 "MARKED AS", "WHAT TO DO")  # fmt: skip
_NARROWEST_ADVICE: Final = 40


def orphans_table(found: Sequence[Orphan], width: int) -> RenderableType:
    """One row for each instance; a list where the terminal is too narrow for rows."""
    rows = [_cells(each) for each in found]
    taken = sum(
        max(len(head), *(len(row[place]) for row in rows)) + 2
        for place, head in enumerate(_HEADS[:-1])
    )
    if width - taken < _NARROWEST_ADVICE:
        return Group(*(part for row in rows for part in _item(row)))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in _HEADS[:-1]:
        table.add_column(head, no_wrap=True)
    table.add_column(_HEADS[-1], overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _cells(each: Orphan) -> tuple[str, ...]:
    since = moment(each.paid_since) if each.paid_since else "not known"
    return (each.instance_id, each.name, each.account_id, each.region,
            each.charge_type or "not known", since, each.last_amount or "not known",
            each.marked_as or "-", each.what_to_do)  # fmt: skip


def _item(row: Sequence[str]) -> tuple[RenderableType, ...]:
    instance_id, *others = row
    facts = [
        f"{head.lower()} {words}" for head, words in zip(_HEADS[1:-1], others[:-1], strict=True)
    ]
    return (
        Text(instance_id, style="bold", overflow="fold"),
        Padding(Text("   ".join(facts), overflow="fold"), (0, 0, 0, 2)),
        Padding(Text(others[-1], overflow="fold"), (0, 0, 0, 2)),
    )


def check_list(aspects: Sequence[Aspect]) -> RenderableType:
    """A line for each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for each in aspects:
        table.add_row(Text(each.name, style="bold"), sign(each.mark).append(each.message))
    return table
