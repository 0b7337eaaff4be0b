"""What the ledger and a look say about the name: whose its instance is, and what may still be under
way. Pure."""

from typing import NamedTuple

from tests.model.rules import Run
from tests.model.state import CAME_TO_NOTHING, NOBODY, SENT, Instance, Order, Process


class Found(NamedTuple):
    """What the look says about the name: ours, foreign, twin, unexplained, absent or unknown."""

    what: str
    instance: Instance | None = None


def classify(run: Run, process: Process, orders: tuple[Order, ...]) -> Found:
    """Say whose the instance of this name is."""
    if process.listing is None:
        return Found("unknown")
    tokens = {order.token for order in orders}
    bound = next((order.instance for order in reversed(orders) if order.state == "Placed"), 0)
    owner = (run.cluster_ids[process.home], process.key)
    ours = [
        seen
        for seen in process.listing
        if seen.id == bound or token_of(seen) in tokens or _owner_of(run, seen) == owner
    ]
    if len(ours) > 1:
        return Found("twin")
    if ours:
        return Found("ours", ours[0])
    sent = run.rules.untagged_may_be_ours and any(order.state in SENT for order in orders)
    if sent and any(is_unmarked(seen) and seen.token != NOBODY for seen in process.listing):
        return Found("unexplained", process.listing[0] if len(process.listing) == 1 else None)
    return Found("foreign") if process.listing else Found("absent")


def window_of(run: Run, process: Process, order: Order) -> int:
    """How long a call of this order may be under way: as was written with its intent, or longer."""
    short = min(order.short, process.short) if run.rules.window_is_the_order_s else process.short
    return run.window - short


def outstanding(run: Run, process: Process, order: Order) -> bool:
    """It came to nothing, and yet its call, or another copy of it, may still be under way."""
    return order.state in CAME_TO_NOTHING and order.age <= window_of(run, process, order)


def keeps_claim(run: Run, process: Process, order: Order) -> bool:
    """Its call may still be under way, or what it bought may not be shown yet: nobody else may
    buy."""
    hidden = order.state == "Placed" and order.age <= window_of(run, process, order)
    rules = run.rules
    return (rules.claim_stays_hidden and hidden) or (
        rules.claim_stays_outstanding and outstanding(run, process, order)
    )


def token_of(seen: Instance) -> int | None:
    """The token as a look shows it."""
    return seen.token if seen.tags == "full" and seen.token != NOBODY else None


def _owner_of(run: Run, seen: Instance) -> tuple[str, int] | None:
    return (
        (run.cluster_ids[seen.home], seen.key)
        if not is_unmarked(seen) and seen.token != NOBODY
        else None
    )


def is_unmarked(seen: Instance) -> bool:
    return seen.tags in ("late", "none")
