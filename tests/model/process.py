"""The operator's processes: a pass as a chain of single reads and writes, as in `observation.py` and `execution.py`."""

from collections.abc import Iterator

from tests.model.decide import decide
from tests.model.rules import Run
from tests.model.state import OPEN, SENT, Call, Instance, Move, Process, State, Step
from tests.model.writing import (
    ledger_of,
    moved_order,
    open_order,
    spend,
    stored,
    with_process,
    write_order,
    write_other,
)

ANSWERED = ("refused", "taken", "open", "bought")
"""Stages of a call that has been answered; open: with an error that says nothing."""
DATED = ("intend", "send")
"""Steps that carry the time of the look before them."""
SAID = {
    "hold": "puts the finalizer on",
    "release": "takes the finalizer off",
    "claim": "takes the claim",
    "give back": "removes the claim that it read",
    "open": "opens an order",
    "quote": "moves the order to",
    "move": "moves the order to",
    "intend": "moves the order to",
}


def at_work(state: State) -> list[int]:
    """Which processes may move. Where freezing is counted, a pass is not interrupted but by a freeze."""
    every = list(range(len(state.processes)))
    if state.chances.freezes is None:
        return every
    return [index for index in every if _works(state.processes[index])] or every


def _works(process: Process) -> bool:
    return not process.frozen and process.at not in ("idle", "wait")


def freezes(state: State) -> Iterator[Move]:
    """The process at work is held up, and another may go on."""
    for index, process in enumerate(state.processes):
        if _works(process) and len(state.processes) > 1:
            frozen = with_process(state, index, process._replace(frozen=True))
            yield Move(f"p{index} freezes", spend(frozen, "freezes"))


def moves_of(run: Run, state: State, index: int) -> Iterator[Move]:
    """Everything that one process may do next."""
    process = state.processes[index]
    who = f"p{index}"
    if process.frozen:
        process = process._replace(frozen=False)
        state = with_process(state, index, process)
    if state.chances.crashes and process != Process(process.home, process.key):
        dead = with_process(state, index, Process(process.home, process.key))
        yield Move(f"{who} crashes and starts anew", _dropped(spend(dead, "crashes")))
    match process.at:
        case "act":
            yield _act(run, state, index)
        case "wait":
            yield from _wait(state, index)
        case "record":
            yield _record(run, state, index)
        case _:
            yield from _read(run, state, index)


def _dropped(state: State) -> State:
    """Without the answers that nobody waits for."""
    waiting = {(process.home, process.sent) for process in state.processes if process.at == "wait"}
    calls = tuple(call for call in state.calls if call.stage not in ANSWERED or (call.home, call.token) in waiting)
    return state if calls == state.calls else state._replace(calls=calls)


def _read(run: Run, state: State, index: int) -> Iterator[Move]:
    """The next read of the pass: the resource, the orders, the cloud, the claim. The last one leads to the plan."""
    process = state.processes[index]
    cluster, who = state.clusters[process.home], f"p{index}"
    match process.at:
        case "idle":
            read = process._replace(at="orders", resource=cluster.resources[process.key])
            yield Move(f"{who} reads the resource", with_process(state, index, read))
        case "orders":
            orders = tuple(order for order in cluster.orders if order.key == process.key)
            yield from _afterledger_of(run, state, index, process._replace(orders=orders))
        case "look":
            yield from _look(run, state, index)
        case "claim":
            claim = cluster.claim
            theirs = claim is not None and claim.holder != process.key
            going = process.resource is None or process.resource.deleting
            if theirs and not going:
                read = process._replace(at="holder", claim=claim)
                yield Move(f"{who} reads the claim", with_process(state, index, read))
            else:
                own = process._replace(claim=None if theirs else claim)
                yield _decided(run, state, index, own, "reads the claim")
        case "holder":
            holder = _holder(process)
            if cluster.resources[holder] is not None:
                yield _decided(run, state, index, process, "reads that the holder exists")
            else:
                read = process._replace(at="holder's orders")
                yield Move(f"{who} reads that the holder is gone", with_process(state, index, read))
        case "holder's orders":
            holder = _holder(process)
            alive = any(order.state in OPEN for order in cluster.orders if order.key == holder)
            yield _decided(run, state, index, process._replace(alive=alive), "reads the holder's orders")


def _holder(process: Process) -> int:
    if process.claim is None:
        raise LookupError("the holder is looked up only where there is a claim")
    return process.claim.holder


def _afterledger_of(run: Run, state: State, index: int, process: Process) -> Iterator[Move]:
    """Where a pass goes on after it has read the orders: letting go needs no cloud but for an open outcome."""
    going = process.resource is None or process.resource.deleting
    sent = any(order.state in SENT for order in process.orders)
    what = "reads the orders"
    if not going or sent:
        yield Move(f"p{index} {what}", with_process(state, index, process._replace(at="look")))
    elif run.keys > 1:
        yield Move(f"p{index} {what}", with_process(state, index, process._replace(at="claim")))
    else:
        yield _decided(run, state, index, process, what)


def _look(run: Run, state: State, index: int) -> Iterator[Move]:
    process, rules = state.processes[index], run.rules
    shown = tuple(seen for seen in state.instances if seen.shown)
    looks: list[tuple[str, tuple[Instance, ...] | None, State]] = [(f"looks: {len(shown)} of this name", shown, state)]
    if state.chances.unknown:
        spent = spend(state, "unknown")
        looks.append(("looks in vain", None if rules.unknown_is_not_absent else (), spent))
    if shown and not rules.all_pages:
        looks.append(("reads the first page only", (), state))
    for what, listing, after in looks:
        looked = process._replace(listing=listing)
        if run.keys > 1:
            yield Move(f"p{index} {what}", with_process(after, index, looked._replace(at="claim")))
        else:
            yield _decided(run, after, index, looked, what)


def _decided(run: Run, state: State, index: int, process: Process, what: str) -> Move:
    """The last read was made: only the plan is kept of what was read."""
    plan = decide(run, process)
    steps, since = plan.steps, process.since
    if steps and steps[0].kind == "open" and state.chances.orders <= 0:
        steps = ()
    steps = tuple(step._replace(age=step.age + since) if step.kind in DATED else step for step in steps)
    after = Process(process.home, process.key, intent=process.intent)
    if steps:
        resource = process.resource if steps[0].kind not in ("move", "send") else None
        after = after._replace(at="act", resource=resource, steps=steps)
    wrong = _falsely_stalled(run, state, process) if plan.stalled in ("foreign", "twin") else None
    return Move(f"p{index} {what}", with_process(state, index, after), wrong)


def _falsely_stalled(run: Run, state: State, process: Process) -> str | None:
    """A resource may only be told to change where a workspace that is not its own stands in its way."""
    owner = (run.cluster_ids[process.home], process.key)
    owners = [(run.cluster_ids[each.home], each.key) if each.home >= 0 else None for each in state.instances]
    stranger = any(each != owner for each in owners)
    return None if stranger or len(owners) > 1 else "says Stalled of a workspace that is its own"


def _act(run: Run, state: State, index: int) -> Move:
    """Carry out the next step of the plan; a conflict ends the pass."""
    process = state.processes[index]
    step, rest = process.steps[0], process.steps[1:]
    if step.kind == "send":
        return _send(run, state, index, step)
    what = f"p{index} {SAID[step.kind]} {step.to}".rstrip()
    if step.kind in ("move", "quote", "intend"):
        after = write_order(run, state, index, step)
    elif step.kind == "open":
        after, rest = open_order(state, index, step), (rest[0]._replace(token=state.tokens + 1),)
    else:
        after = write_other(state, index, step)
    if after is None:
        idle = Process(process.home, process.key)
        return Move(f"{what}: conflict", with_process(state, index, idle))
    wrong = None
    if step.kind == "release" and any(order.state in SENT for order in ledger_of(state, process)):
        wrong = "the finalizer goes while an order may have been sent"
    mine = after.processes[index]
    done = mine._replace(steps=rest) if rest else Process(mine.home, mine.key, intent=mine.intent)
    return Move(what, with_process(after, index, done), wrong)


def _send(run: Run, state: State, index: int, step: Step) -> Move:
    """The call, once. From here on this process knows no better than any other."""
    process = state.processes[index]
    age = min(step.age, run.validity + 1) if run.rules.pinned_date else 0
    call = Call(step.token, process.home, process.key, step.nonce, age)
    waiting = Process(process.home, process.key, at="wait", sent=step.token)
    after = with_process(state._replace(calls=(*state.calls, call)), index, waiting)
    wrong = None
    if step.token not in state.announced:
        wrong = "sends for an order that was never in Placing"
    elif step.token in state.outdated:
        wrong = "buys what was changed or there already when it was announced"
    return Move(f"p{index} sends order {step.number}", after, wrong)


def _wait(state: State, index: int) -> Iterator[Move]:
    process = state.processes[index]
    for place, call in enumerate(state.calls):
        if (call.home, call.token) == (process.home, process.sent) and call.stage in ANSWERED:
            told = process._replace(at="record", answer=call.stage, instance=call.instance)
            calls = (*state.calls[:place], *state.calls[place + 1 :])
            yield Move(f"p{index} is answered: {call.stage}", with_process(state._replace(calls=calls), index, told))
    if state.chances.lost:
        lost = with_process(state, index, process._replace(at="record", answer="lost"))
        yield Move(f"p{index} gets no answer", _dropped(spend(lost, "lost")))


def _record(run: Run, state: State, index: int) -> Move:
    """Write the answer down. On a conflict the order is read again, so this is one step whatever came between."""
    process, rules = state.processes[index], run.rules
    cluster = state.clusters[process.home]
    idle = with_process(state, index, Process(process.home, process.key))
    place = next((place for place, order in enumerate(cluster.orders) if order.token == process.sent), None)
    if place is None:
        return Move(f"p{index} finds no order to record the answer in", idle)
    order, answer = cluster.orders[place], process.answer
    certain = {"refused"} | (set() if rules.taken_is_no_refusal else {"taken"})
    certain |= set() if rules.only_gateway_refuses else {"open", "lost"}
    to = ""
    if answer == "bought":
        to = "Placed" if order.instance == 0 and (rules.id_over_any_state or order.state == "Placing") else ""
    elif order.state in SENT and answer in certain:
        to = "Rejected"
    elif order.state == "Placing":
        to = "Uncertain"
    if not to:
        return Move(f"p{index} has nothing new to record", idle)
    moved = moved_order(order, Step("record", to=to, instance=process.instance))
    if to == "Rejected":
        moved = moved._replace(age=run.over)  # what was answered can't be executed any more
    moved = moved._replace(taken=moved.taken or (answer == "taken" and to == "Uncertain"))
    return Move(f"p{index} records {to}", stored(run, idle, process.home, place, moved))
