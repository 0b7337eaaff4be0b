"""The operator's processes: a pass as a chain of single reads and writes, as in `observation.py`
and `execution.py`."""

from collections.abc import Iterator

from tests.model.reading import read
from tests.model.rules import Run
from tests.model.state import AGAIN, ANSWERED, SENT, Call, Move, Order, Process, State, Step
from tests.model.writing import (
    ledger_of,
    moved_order,
    new_mark,
    open_order,
    spend,
    stored,
    with_process,
    write_order,
    write_other,
)

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
    """Which processes may move. Where freezing is counted, a pass is not interrupted but by a
    freeze."""
    every = list(range(len(state.processes)))
    if state.chances.freezes is None:
        return every
    return [index for index in every if _works(state.processes[index])] or every


def _works(process: Process) -> bool:
    return not process.frozen and process.at not in ("idle", "wait")


def freezes(state: State) -> Iterator[Move]:
    """The process at work is held up, and another may work."""
    for index, process in enumerate(state.processes):
        if _works(process) and len(state.processes) > 1:
            frozen = with_process(state, index, process._replace(frozen=True))
            yield Move(f"p{index} freezes", spend(frozen, "freezes"))


def moves_of(run: Run, state: State, index: int) -> Iterator[Move]:
    """Everything that one process may do next."""
    process = state.processes[index]
    if process.frozen:
        process = process._replace(frozen=False)
        state = with_process(state, index, process)
    if state.chances.crashes and process != process.idle():
        dead = with_process(state, index, process.idle())
        yield Move(f"p{index} crashes and starts anew", dropped(spend(dead, "crashes")))
    match process.at:
        case "act":
            yield from _act(run, state, index)
        case "wait":
            yield from _wait(state, index)
        case "record":
            yield from _record(run, state, index)
        case _:
            yield from read(run, state, index)


def dropped(state: State) -> State:
    """Without the answers that nobody waits for."""
    waiting = {(process.home, process.sent) for process in state.processes if process.at == "wait"}
    calls = tuple(
        call
        for call in state.calls
        if call.stage not in ANSWERED or (call.home, call.token) in waiting
    )
    return state if calls == state.calls else state._replace(calls=calls)


def _act(run: Run, state: State, index: int) -> Iterator[Move]:
    """Carry out the next step of the plan."""
    step = state.processes[index].steps[0]
    if step.kind == "send":
        yield from _send(run, state, index, step)
        return
    if step.stale == AGAIN:
        yield from _write(run, state, index, step, again=True)
    yield from _write(run, state, index, step)
    if step.kind == "intend" and state.chances.unheard:
        yield from _unheard(run, spend(state, "unheard"), index, step)


def _write(run: Run, state: State, index: int, step: Step, again: bool = False) -> Iterator[Move]:
    """One write; a conflict ends the pass."""
    process = state.processes[index]
    rest = process.steps[1:]
    what = f"p{index} {SAID[step.kind]} {step.to}".rstrip()
    if step.kind in ("move", "quote", "intend"):
        after = write_order(run, state, index, step, again)
        what += ", by a version that was given out again" if again else ""
    elif step.kind == "open":
        after, rest = open_order(state, index, step), (rest[0]._replace(token=state.tokens + 1),)
    else:
        after = write_other(state, index, step)
    if after is None:
        yield Move(f"{what}: conflict", with_process(state, index, process.idle()))
        return
    wrong = None
    if step.kind == "release" and any(order.state in SENT for order in ledger_of(state, process)):
        wrong = "the finalizer goes while an order may have been sent"
    mine = after.processes[index]
    done = mine._replace(steps=rest) if rest else mine.idle(mine.mark)
    yield Move(what, with_process(after, index, done), wrong)


def _unheard(run: Run, state: State, index: int, step: Step) -> Iterator[Move]:
    """The answer to the intent's write is lost. The process remembers the mark that it was to
    carry."""
    process, remembers = state.processes[index], run.rules.mark_before_write
    after = write_order(run, state, index, step)
    if after is not None:
        mark = after.processes[index].mark if remembers else 0
        yield Move(
            f"p{index} writes an intent, unheard", with_process(after, index, process.idle(mark))
        )
    mark = new_mark(run, state) if remembers else 0
    yield Move(f"p{index} fails to write an intent", with_process(state, index, process.idle(mark)))


def _send(run: Run, state: State, index: int, step: Step) -> Iterator[Move]:
    """The call, once. From here on this process knows no better than any other."""
    process, who = state.processes[index], f"p{index}"
    age = min(step.age, run.validity + 1) if run.rules.pinned_date else 0
    call = Call(step.token, process.home, process.key, step.nonce, age)
    waiting = process.idle(step.mark)._replace(at="wait", sent=step.token)
    after = with_process(state._replace(calls=(*state.calls, call)), index, waiting)
    yield Move(f"{who} sends order {step.number}", after, _wrong_to_send(state, step))
    if state.chances.unconnected:
        unsent = with_process(state, index, waiting._replace(at="record", answer="unsent"))
        yield Move(f"{who} finds no connection", spend(unsent, "unconnected"))


def _wrong_to_send(state: State, step: Step) -> str | None:
    if step.token not in state.announced:
        return "sends for an order that was never in Placing"
    if step.braked:
        return "buys after a brake was acknowledged"
    if step.unapproved:
        return "buys what was not approved at its price when the last look began"
    if (step.token, step.mark) in state.outdated:
        return "buys what was changed or there already when it was announced"
    return None


def _wait(state: State, index: int) -> Iterator[Move]:
    """One answer is heard, whichever copy of the call it is of."""
    process = state.processes[index]
    for call in state.calls:
        if (call.home, call.token) == (process.home, process.sent) and call.stage in ANSWERED:
            since = call.age if call.stage == "refused for now" else 0
            heard = process._replace(
                at="record", answer=call.stage, instance=call.instance, since=since
            )
            yield Move(
                f"p{index} is answered: {call.stage}", dropped(with_process(state, index, heard))
            )
    if state.chances.lost:
        lost = with_process(state, index, process._replace(at="record", answer="lost"))
        yield Move(f"p{index} gets no answer", dropped(spend(lost, "lost")))


def _record(run: Run, state: State, index: int) -> Iterator[Move]:
    """Write the answer down. On a conflict the order is read again, so this is one step whatever
    came between."""
    process = state.processes[index]
    orders = state.clusters[process.home].orders
    idle = with_process(
        state, index, process.idle(0 if run.rules.mark_goes_before_call else process.mark)
    )
    place = next((place for place, order in enumerate(orders) if order.token == process.sent), None)
    if place is None:
        yield Move(f"p{index} finds no order to record the answer in", idle)
        return
    recorded = _recorded(run, process, orders[place])
    if recorded is None:
        yield Move(f"p{index} has nothing new to record", idle)
        return
    what = f"{recorded.state} over {orders[place].state}"
    yield Move(f"p{index} records {what}", stored(run, idle, process.home, place, recorded))
    if state.chances.unwritten:
        yield Move(f"p{index} fails to record {what}", spend(idle, "unwritten"))


def _recorded(run: Run, process: Process, order: Order) -> Order | None:
    """The order with the answer; None: it says nothing new."""
    answer, same_intent = process.answer, order.mark == process.mark
    certain = _certain(run)
    to = ""
    if answer == "bought":
        to = (
            "Placed"
            if order.instance == 0 and (run.rules.id_over_any_state or order.state == "Placing")
            else ""
        )
    elif order.state in SENT and same_intent and answer in certain:
        to = "Rejected"
    elif order.state == "Placing" and same_intent:
        unsent = answer == "unsent" and run.rules.unsent_is_quoted
        to = "Quoted" if unsent else "Uncertain"
    if not to:
        return None
    moved = moved_order(run, order, Step("record", to=to, instance=process.instance))
    if to == "Rejected":
        for_now = answer == "refused for now"
        moved = moved._replace(
            age=min(run.refused_age + process.since, run.over) if for_now else run.over
        )
    return moved._replace(taken=moved.taken or (answer == "taken" and to == "Uncertain"))


def _certain(run: Run) -> set[str]:
    """The answers that make an order Rejected."""
    certain = {"refused", "refused for now"}
    certain |= set() if run.rules.taken_is_no_refusal else {"taken"}
    return certain | (set() if run.rules.only_gateway_refuses else {"open", "lost"})
