"""The table of sums, and the story of one workspace's orders."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from kubectl_flink.ledger import Sum
from kubectl_flink.order import Order
from kubectl_flink.words import moment

_NOTE = "Pay-as-you-go has no amount here: it is on the cloud's bill."


def sums_table(found: Sequence[Sum]) -> RenderableType:
    """One row for each month, namespace and currency."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("MONTH", "NAMESPACE", "BOUGHT"):
        table.add_column(head, overflow="fold")
    table.add_column("AMOUNT", overflow="fold")
    table.add_column("PAY-AS-YOU-GO", overflow="fold")
    table.add_column("NOT KNOWN YET", overflow="fold")
    for each in found:
        table.add_row(each.month, each.namespace, str(each.bought), _amount(each),
                      str(each.by_use), _open(each))  # fmt: skip
    return Group(table, Text(_NOTE)) if any(each.by_use for each in found) else table


def _amount(found: Sum) -> str:
    without = f" and {found.unpriced} of unknown price" if found.unpriced else ""
    return f"{found.currency} {found.amount}{without}" if found.bought > found.by_use else "-"


def _open(found: Sum) -> str:
    if not found.open:
        return "-"
    amount = f", {found.currency} {found.open_amount}" if found.open_amount else ""
    return f"{found.open}{amount}"


def story(namespace: str, workspace: str, orders: Sequence[Order]) -> RenderableType:
    """Each order of one workspace, and when it came into which state."""
    picture = Tree(Text(f"{namespace}/{workspace}", style="bold", overflow="fold"),
                   guide_style="dim")  # fmt: skip
    for order in sorted(orders, key=lambda each: each.opened):
        branch = picture.add(_headline(order))
        branch.add(Text(f"{moment(order.opened)}  opened"))
        for state, time in order.times:
            branch.add(Text(f"{moment(time)}  {state}"))
        if order.instance_id:
            branch.add(Text(order.instance_id, overflow="fold"))
        if order.message:
            branch.add(Text(order.message, overflow="fold"))
    return picture


def _headline(order: Order) -> Text:
    price = "pay-as-you-go" if order.by_use else "no price is known"
    if order.amount is not None and not order.by_use:
        price = f"{order.currency or ''} {order.amount}".strip()
    line = Text(overflow="fold")
    line.append(order.name, style="bold")
    return line.append(f"  {order.action}  {order.state or 'no state yet'}  {price}")
