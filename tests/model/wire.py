"""The purchase call on its way: wire, gateway, booking. It may be lost, copied, or answered for
another copy."""

from collections.abc import Iterator

from tests.model.rules import Run
from tests.model.state import ANSWERED, Call, Instance, Move, State
from tests.model.writing import spend


def moves_of_calls(run: Run, state: State) -> Iterator[Move]:
    """What may become of each call; the first move of each is what becomes of it without
    mishaps."""
    for place, call in enumerate(state.calls):
        if call.stage == "wire":
            yield from _arrive(run, state, place, call)
            yield from _lose_or_copy(state, place, call)
        elif call.stage == "accepted":
            yield from _commit(run, state, place, call)


def is_due(run: Run, call: Call) -> bool:
    """Its longest time is over, so that it is dealt with before time passes."""
    if call.stage == "wire":
        return call.behind and not run.late_copies
    return call.stage == "accepted" and run.commit is not None and call.age >= run.commit


def _with_call(state: State, place: int, *calls: Call) -> State:
    """The state with a call replaced. An answer that nobody waits for is not kept."""
    waiting = {(each.home, each.sent) for each in state.processes if each.at == "wait"}
    kept = (
        call for call in calls if call.stage not in ANSWERED or (call.home, call.token) in waiting
    )
    return state._replace(calls=(*state.calls[:place], *kept, *state.calls[place + 1 :]))


def _arrive(run: Run, state: State, place: int, call: Call) -> Iterator[Move]:
    """The gateway looks at the date, then at the nonce, then at all the rest."""
    if call.age > run.validity:
        yield Move("the gateway refuses a late call", _refused_for_now(state, place, call))
        return
    if run.nonce and any(nonce == call.nonce for nonce, _ in state.nonces):
        yield Move(
            "the gateway refuses a repeated nonce",
            _with_call(state, place, call._replace(stage="open")),
        )
        return
    heard = state._replace(nonces=(*state.nonces, (call.nonce, 0))) if run.nonce else state
    accepted = call._replace(stage="accepted", age=0)
    yield Move("the gateway accepts a call", _with_call(heard, place, accepted))
    if state.chances.refusals:
        yield Move(
            "the gateway refuses a call for now",
            spend(_refused_for_now(state, place, call), "refusals"),
        )
        if not _was_accepted(state, call):
            refused = _with_call(_only(heard, call), 0, call._replace(stage="refused"))
            yield Move("the gateway refuses every copy of a call", spend(refused, "refusals"))


def _only(state: State, call: Call) -> State:
    """The state with this call in the first place, and without its copies."""
    others = tuple(
        each for each in state.calls if (each.home, each.token) != (call.home, call.token)
    )
    return state._replace(calls=(call, *others))


def _was_accepted(state: State, call: Call) -> bool:
    copies = (each for each in state.calls if (each.home, each.token) == (call.home, call.token))
    return any(copy.stage in ("accepted", "bought", "taken") for copy in copies) or any(
        each.token == call.token for each in state.instances
    )


def _refused_for_now(state: State, place: int, call: Call) -> State:
    """This copy was refused, and no other. Whether the gateway remembers its nonce is not known;
    here it does not."""
    refused = call._replace(stage="refused for now", age=0, behind=False)
    return _others_behind(_with_call(state, place, refused), call)


def _others_behind(state: State, call: Call) -> State:
    calls = tuple(
        each._replace(behind=True)
        if each.stage == "wire" and (each.home, each.token) == (call.home, call.token)
        else each
        for each in state.calls
    )
    return state if calls == state.calls else state._replace(calls=calls)


def _lose_or_copy(state: State, place: int, call: Call) -> Iterator[Move]:
    chances = state.chances
    if chances.lost:
        yield Move("a request is lost", spend(_with_call(state, place), "lost"))
    if chances.repeats:
        yield Move(
            "the wire delivers a call twice", spend(_with_call(state, place, call, call), "repeats")
        )
    if chances.misanswers:
        refused = call._replace(stage="refused for now", age=0)
        misanswered = _others_behind(_with_call(state, place, call, refused), call)
        yield Move("the refusal of another copy is the answer", spend(misanswered, "misanswers"))


def _commit(run: Run, state: State, place: int, call: Call) -> Iterator[Move]:
    if run.unique and state.instances:
        yield Move(
            "the cloud finds the name taken", _with_call(state, place, call._replace(stage="taken"))
        )
        return
    number = state.bought + 1
    instance = Instance(number, call.token, call.home, call.key)
    bought = state._replace(bought=number, instances=(*state.instances, instance))
    answered = call._replace(stage="bought", instance=number)
    yield Move("the cloud books a purchase", _with_call(bought, place, answered))
    if state.chances.failures:
        failed = _with_call(state, place, call._replace(stage="open"))
        yield Move("the cloud fails and books nothing", spend(failed, "failures"))
