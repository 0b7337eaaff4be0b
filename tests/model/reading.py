"""The reads of a pass, one transition each, as in `observation.py`. The last one leads to the
plan."""

from collections.abc import Iterator

from tests.model.decide import decide
from tests.model.evidence import keeps_claim
from tests.model.rules import Run
from tests.model.state import (
    CAME_TO_NOTHING,
    OPEN,
    SENT,
    Claim,
    Instance,
    Move,
    Order,
    Process,
    Resource,
    State,
)
from tests.model.writing import spend, stands_for, with_process

DATED = ("intend", "send")
"""Steps that carry the time of the look before them."""


def read(run: Run, state: State, index: int) -> Iterator[Move]:
    """The next read of the pass. A process that remembers an intent reads the cloud first, and the
    resource last."""
    process = state.processes[index]
    resource, who = state.clusters[process.home].resources[process.key], f"p{index}"
    match process.at:
        case "idle" if process.mark and run.rules.brakes_are_read_last:
            yield from _look(run, state, index)
        case "idle":
            read = process._replace(at="orders", resource=resource)
            yield Move(f"{who} reads the resource", with_process(state, index, read))
        case "orders":
            yield _read_orders(run, state, index)
        case "look":
            yield from _look(run, state, index)
        case "decisions" | "own decisions":
            yield _read_decisions(run, state, index)
        case "own claim":
            own = process._replace(at="own orders", claim=_claim_of(state, process))
            yield Move(f"{who} reads the claim", with_process(state, index, own))
        case "own orders":
            yield _read_orders_again(state, index)
        case "own resource":
            yield _decided(
                run, state, index, process._replace(resource=resource), "reads the resource last"
            )
        case _:
            yield _read_claim(run, state, index)


def _orders_of(state: State, process: Process) -> tuple[Order, ...]:
    return tuple(order for order in state.clusters[process.home].orders if order.key == process.key)


def _read_orders(run: Run, state: State, index: int) -> Move:
    """Letting go needs no cloud, but for what may be under way, or outstanding."""
    process, what = state.processes[index], f"p{index} reads the orders"
    process = process._replace(orders=_orders_of(state, process))
    asks = any(order.state in (*SENT, *CAME_TO_NOTHING) for order in process.orders)
    if not _going(process.resource) or asks:
        return Move(what, with_process(state, index, process._replace(at="look")))
    if run.keys > 1:
        return Move(what, with_process(state, index, process._replace(at="claim")))
    return _decided(run, state, index, process, "reads the orders")


def _read_orders_again(state: State, index: int) -> Move:
    """Of the intent as it is stored now; ages are as of the look before."""
    process = state.processes[index]
    orders = (
        order._replace(age=max(order.age - process.since, 0))
        for order in _orders_of(state, process)
    )
    again = process._replace(at="own resource", orders=tuple(orders))
    return Move(f"p{index} reads the orders again", with_process(state, index, again))


def _going(resource: Resource | None) -> bool:
    return resource is None or resource.deleting


def _look(run: Run, state: State, index: int) -> Iterator[Move]:
    """Look for the name in the cloud."""
    process, rules, chances = state.processes[index], run.rules, state.chances
    shown = tuple(seen for seen in state.instances if seen.shown)
    looks: list[tuple[str, tuple[Instance, ...] | None, State]] = [
        (f"looks: {len(shown)} of this name", shown, state)
    ]
    if chances.unknown:
        vain = None if rules.unknown_is_not_absent else ()
        looks.append(("looks in vain", vain, spend(state, "unknown")))
    if chances.narrowed:
        narrowed = None if run.neighbour and rules.look_shows_neighbours else ()
        looks.append(("looks, and is shown nothing at all", narrowed, spend(state, "narrowed")))
    if shown and not rules.all_pages:
        looks.append(("reads the first page only", (), state))
    for what, listing, after in looks:
        yield _looked(run, after, index, process._replace(listing=listing), what)


def _looked(run: Run, state: State, index: int, process: Process, what: str) -> Move:
    """Where a pass continues after the look."""
    if run.approval:
        process = process._replace(price=state.price)
    if process.at == "idle":
        process = process._replace(unapproved=_is_unapproved(run, state, process))
        first = "own decisions" if run.approval else "own orders"
        following = "own claim" if run.keys > 1 else first
        return Move(f"p{index} {what}", with_process(state, index, process._replace(at=following)))
    if run.keys > 1:
        return Move(f"p{index} {what}", with_process(state, index, process._replace(at="claim")))
    if run.approval:
        asks = process._replace(at="decisions")
        return Move(f"p{index} {what}", with_process(state, index, asks))
    return _decided(run, state, index, process, what)


def _read_decisions(run: Run, state: State, index: int) -> Move:
    """What people decided so far."""
    process = state.processes[index]
    read = process._replace(decisions=state.clusters[process.home].decisions)
    if process.at == "decisions":
        return _decided(run, state, index, read, "reads the decisions")
    last = with_process(state, index, read._replace(at="own orders"))
    return Move(f"p{index} reads the decisions again", last)


def _is_unapproved(run: Run, state: State, process: Process) -> bool:
    """The order that this process is about to send is not approved at its price, or is denied."""
    order = next((each for each in _orders_of(state, process) if each.mark == process.mark), None)
    if not run.approval or order is None:
        return False
    said = {each for each in state.clusters[process.home].decisions if each.token == order.token}
    approved = any(each.word == "Approved" and each.asked >= order.price for each in said)
    return not approved or (order.token, order.asked, "Denied") in said


def _claim_of(state: State, process: Process) -> Claim | None:
    claim = state.clusters[process.home].claim
    return claim if claim is not None and claim.holder == process.key else None


def _read_claim(run: Run, state: State, index: int) -> Move:
    """The claim; where it is another's: whether its holder exists, and else whether orders of it
    are unsettled."""
    process, who = state.processes[index], f"p{index}"
    cluster = state.clusters[process.home]
    if process.at == "claim":
        own = _claim_of(state, process)
        if cluster.claim == own or _going(process.resource):
            return _decided(run, state, index, process._replace(claim=own), "reads the claim")
        theirs = process._replace(at="holder", claim=cluster.claim)
        return Move(f"{who} reads the claim", with_process(state, index, theirs))
    holder = _holder(process)
    if process.at == "holder" and cluster.resources[holder] is not None:
        return _decided(run, state, index, process, "reads that the holder exists")
    if process.at == "holder":
        gone = process._replace(at="holder's orders")
        return Move(f"{who} reads that the holder is gone", with_process(state, index, gone))
    alive = any(
        order.state in OPEN
        or keeps_claim(run, process, order._replace(age=max(order.age - process.since, 0)))
        for order in cluster.orders
        if order.key == holder
    )
    return _decided(run, state, index, process._replace(alive=alive), "reads the holder's orders")


def _holder(process: Process) -> int:
    if process.claim is None:
        raise LookupError("the holder is looked up only where there is a claim")
    return process.claim.holder


def _decided(run: Run, state: State, index: int, process: Process, what: str) -> Move:
    """The last read was made: only the plan is kept of what was read."""
    plan = decide(run, process)
    steps = plan.steps
    if steps and steps[0].kind == "open" and state.chances.orders <= 0:
        steps = ()
    braked = _braked(state, process)
    steps = tuple(
        step._replace(
            age=step.age + process.since,
            braked=braked and step.kind == "send",
            unapproved=process.unapproved and step.kind == "send",
        )
        if step.kind in DATED
        else step
        for step in steps
    )
    known = any(order.state == "Placing" and order.mark == process.mark for order in process.orders)
    after = process.idle(process.mark if known else 0)
    if steps:
        resource = process.resource if steps[0].kind not in ("move", "send") else None
        after = after._replace(at="act", resource=resource, steps=steps)
    wrong = _falsely_stalled(run, state, process) if plan.stalled in ("foreign", "twin") else None
    return Move(f"p{index} {what}", with_process(state, index, after), wrong)


def _braked(state: State, process: Process) -> bool:
    """At the last read, a person's brake had been acknowledged for the order that may be sent."""
    resource = state.clusters[process.home].resources[process.key]
    order = next((order for order in process.orders if order.state == "Placing"), None)
    return order is not None and (
        resource is None or resource.suspended or not stands_for(resource, order)
    )


def _falsely_stalled(run: Run, state: State, process: Process) -> str | None:
    """A resource may be Stalled only where a workspace that is not its own blocks it."""
    owner = (run.cluster_ids[process.home], process.key)
    owners = [
        (run.cluster_ids[each.home], each.key) if each.home >= 0 else None
        for each in state.instances
    ]
    stranger = any(each != owner for each in owners)
    return None if stranger or len(owners) > 1 else "says Stalled of a workspace that is its own"
