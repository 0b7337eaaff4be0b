"""What one pass decides from what it has read. Pure; the order of the checks is the policy, as in
`core/decide.py`."""

from typing import NamedTuple

from tests.model.evidence import Found, classify, keeps_claim, outstanding, token_of, window_of
from tests.model.rules import Run
from tests.model.state import CAME_TO_NOTHING, OPEN, SENT, UNSENT, Order, Process, Step
from tests.model.writing import stands_for

CLOSED = ("Rejected", "NotPlaced", "Superseded", "Canceled", "Declined")
"""States of an order that bought nothing."""


class Plan(NamedTuple):
    """What to write, in order. `stalled`: what the resource reports that only a manual change would
    heal."""

    steps: tuple[Step, ...] = ()
    stalled: str = ""


class View(NamedTuple):
    """What the checks share."""

    run: Run
    process: Process
    orders: tuple[Order, ...]
    open: Order | None
    """The order whose outcome is open; there is one at a time."""
    announced: Order | None
    """The open order, if it is Placing with a mark that this process remembers: it sent nothing for
    it."""
    found: Found

    @property
    def sent(self) -> Order | None:
        """The open order, if a call may have been sent for it."""
        return self.open if self.open is not None and self.open.state in SENT else None


def decide(run: Run, process: Process) -> Plan:
    """The plan."""
    view = _view(run, process)
    first: tuple[Step, ...] = ()
    for check in CHECKS:
        plan = check(view)
        if plan is not None and check is hold and not plan.stalled:
            first = plan.steps
        elif plan is not None:
            return _after(first, plan)
    return Plan(first)


def _after(first: tuple[Step, ...], plan: Plan) -> Plan:
    """The plan after finalizer and claim. What is announced is so in the next pass only, which
    reads both."""
    if first and any(step.kind == "intend" for step in plan.steps):
        return Plan(first)
    return plan._replace(steps=(*first, *plan.steps))


def _view(run: Run, process: Process) -> View:
    orders = counted = process.orders
    if not run.rules.one_ledger and process.resource is not None:
        counted = tuple(order for order in orders if order.uid == process.resource.uid)
    opened = next((order for order in counted if order.state in OPEN), None)
    announced = None
    if opened is not None and opened.state == "Placing":
        announced = (
            opened if opened.mark == process.mark or not run.rules.only_announcer_sends else None
        )
    return View(run, process, orders, opened, announced, classify(run, process, orders))


def _move(order: Order, to: str, instance: int = 0) -> Step:
    return Step("move", order.token, order.number, order.stale, to, instance)


def settle_orders(view: View) -> Plan | None:
    """Move every order that there is evidence about."""
    steps = tuple(step for order in view.orders if (step := _settlement(view, order)) is not None)
    return Plan(steps) if steps else None


def _settlement(view: View, order: Order) -> Step | None:
    rules, found = view.run.rules, view.found
    evidence = next(
        (seen.id for seen in view.process.listing or () if token_of(seen) == order.token), 0
    )
    if (
        not rules.token_decides
        and found.instance is not None
        and order is view.open
        and order.state in SENT
    ):
        evidence = found.instance.id
    if evidence and order.instance == 0 and (rules.token_corrects or order.state in OPEN):
        return _move(order, "Placed", evidence)
    if order.state == "" and order.age > 0:
        return _move(order, "Superseded")
    if order.state in UNSENT and (_placed_beside(view, order) or found.what == "ours"):
        return _move(order, "Superseded")
    return _by_evidence(view, order) if order is view.sent and view.announced is None else None


def _placed_beside(view: View, order: Order) -> bool:
    return any(other.state == "Placed" for other in view.orders if other is not order)


def _by_evidence(view: View, order: Order) -> Step | None:
    """The end of an order that may have been sent, where a complete look has one."""
    run, found = view.run, view.found
    if found.what == "unknown":
        return None
    if found.what == "foreign" and order.taken:
        return _move(order, "Rejected")
    if order.state == "Placing":
        anew = run.rules.found_late_waits_anew and order.age > run.spare
        return _move(order, "Uncertain")._replace(anew=anew)
    if found.what == "unexplained":
        seen = found.instance
        in_time = seen is not None and (
            seen.age > run.visibility or not run.rules.tags_get_their_time
        )
        return _move(order, "Placed", seen.id) if seen is not None and in_time else None
    if order.age <= window_of(run, view.process, order):
        return None
    if found.what == "foreign":
        return _move(order, "Rejected")
    if (
        found.instance is not None
        and found.instance.tags == "owner"
        and not _placed_beside(view, order)
    ):
        return _move(order, "Placed", found.instance.id)
    return _move(order, "Rejected" if order.taken else "NotPlaced")


def finish_intent(view: View) -> Plan | None:
    """This process wrote the intent in the pass before and sent nothing: send it now, or take it
    back."""
    order, found = view.announced, view.found
    if order is None:
        return None
    if found.what == "ours" or _placed_beside(view, order):
        return Plan((_move(order, "Superseded"),))
    absent = found.what == "absent" or not view.run.rules.look_before_call
    if absent and _stands(view, order):
        sent = Step(
            "send", order.token, order.number, mark=order.mark, nonce=order.nonce, age=order.age
        )
        return Plan((sent,))
    return (
        Plan((_move(order, "Quoted"),)) if view.run.rules.back_to_quoted else _as_sent(view, order)
    )


def _as_sent(view: View, order: Order) -> Plan:
    return Plan() if view.found.what == "unknown" else Plan((_move(order, "Uncertain"),))


def _stands(view: View, order: Order) -> bool:
    """The resource is still what the order was opened for, no brake is on, and its claim is
    held."""
    rules, resource = view.run.rules, view.process.resource
    if rules.reread_is_fresh and (
        resource is None or resource.suspended or not stands_for(resource, order)
    ):
        return False
    if not _holds_claim(view):
        return False
    if rules.decision_is_read_last and _word_on(view, order) != "Approved":
        return False
    return order.age < view.run.validity or not rules.pinned_date


def _holds_claim(view: View) -> bool:
    claim = view.process.claim
    return (
        view.run.keys == 1
        or not view.run.rules.claim
        or (claim is not None and claim.holder == view.process.key)
    )


def begin_anew(view: View) -> Plan | None:
    """What was read for a call serves for nothing else: the ledger may have changed since, and the
    resource after."""
    last = view.process.at == "own resource" and view.run.rules.ledger_is_read_after
    return Plan() if last else None


def finalize_deletion(view: View) -> Plan | None:
    """The resource is gone or going: close what is open, wait for what was sent, give the claim
    back."""
    process, resource, order, rules = view.process, view.process.resource, view.open, view.run.rules
    if resource is not None and not resource.deleting:
        return None
    if (
        order is not None
        and order.state in UNSENT
        and (rules.close_before_going or resource is None)
    ):
        return Plan((_move(order, "Canceled"),))
    if (
        order is not None
        and resource is not None
        and rules.finalizer_waits
        and order.state not in UNSENT
    ):
        return Plan()
    steps: tuple[Step, ...] = ()
    if process.claim is not None and order is None and not _keeps_claim(view):
        steps = (Step("give back", process.claim.uid),)
    if resource is not None and resource.finalizer:
        steps += (Step("release", resource.uid),)
    return Plan(steps)


def _keeps_claim(view: View) -> bool:
    """Nobody else may buy under this name yet. Without a look, no refusal is known to be over."""
    unknown = view.found.what == "unknown" and view.run.rules.claim_stays_outstanding
    return any(
        keeps_claim(view.run, view.process, order) or (unknown and order.state in CAME_TO_NOTHING)
        for order in view.orders
    )


def stop_on_a_stranger(view: View) -> Plan | None:
    """Something in the cloud blocks this name."""
    if view.found.what in ("foreign", "twin"):
        return Plan(stalled=view.found.what)
    return Plan(stalled="twin") if view.found == Found("unexplained") else None


def wait_for_what_is_known(view: View) -> Plan | None:
    """The workspace is there, or a Placed order says that it will be, or a call may have been sent,
    or nobody knows."""
    bound = any(order.state == "Placed" for order in view.orders)
    if view.found.what == "ours":
        held = hold(view)
        return held if held is not None and not held.stalled else Plan()
    return Plan() if bound or view.sent is not None or view.found.what == "unknown" else None


def hold(view: View) -> Plan | None:
    """Finalizer and claim, before any order is opened."""
    process, rules = view.process, view.run.rules
    resource, claim = process.resource, process.claim
    steps = (Step("hold", resource.uid),) if resource is not None and not resource.finalizer else ()
    if _holds_claim(view):
        return Plan(steps) if steps else None
    if claim is None:
        return Plan((*steps, Step("claim")))
    if not process.alive:
        return Plan((*steps, Step("give back", claim.uid), Step("claim")))
    return Plan(steps, stalled="claimed") if rules.claim else Plan(steps) if steps else None


def stop_on_a_brake(view: View) -> Plan | None:
    """Suspended: nothing is bought, and all else continues."""
    resource = view.process.resource
    return Plan() if resource is not None and resource.suspended else None


def wait_for_what_is_outstanding(view: View) -> Plan | None:
    """No other order and no other intent until nothing can come of the last one. No person can
    shorten that."""
    if not view.run.rules.nothing_comes_after:
        return None
    return (
        Plan() if any(outstanding(view.run, view.process, order) for order in view.orders) else None
    )


def open_next_order(view: View) -> Plan | None:
    """Nothing is open: write the order down, then give it its first status."""
    resource = view.process.resource
    if view.open is not None:
        return None
    if any(each.state == "Declined" and stands_for(resource, each) for each in view.orders):
        return Plan()
    number = max((order.number for order in view.process.orders), default=0) + 1
    return Plan((Step("open", number=number), Step("quote", number=number, to="Quoted")))


def write_intent(view: View) -> Plan | None:
    """The order is still what is wanted: write into the ledger that it is about to be sent."""
    order, resource = view.open, view.process.resource
    if order is None or resource is None or order.state not in UNSENT:
        return None
    if (order.uid, order.generation) != (resource.uid, resource.generation):
        return Plan((_move(order, "Superseded"),))
    if view.process.short and order.number == 1 and not view.run.short_buys:
        return Plan()
    asking = _ask(view, order)
    if asking is not None:
        return asking
    short = view.process.short
    intent = Step(
        "intend",
        order.token,
        order.number,
        order.stale,
        short=short,
        to="Placing",
        nonce=_nonce(view),
        price=view.process.price,
    )
    return Plan((intent,))


def _ask(view: View, order: Order) -> Plan | None:
    """Ask, wait, or close what was denied; None: it is approved, or needs no approval."""
    rules, price = view.run.rules, view.process.price
    if not view.run.approval or not rules.approval_is_needed:
        return None
    if order.asked < (price if rules.approval_is_of_a_price else 0):
        return Plan((_move(order, "AwaitingApproval")._replace(price=price),))
    word = _word_on(view, order)
    if word == "Approved":
        return None
    if order.state == "Quoted":
        return Plan((_move(order, "AwaitingApproval")._replace(price=order.asked),))
    return Plan((_move(order, "Declined"),)) if word == "Denied" else Plan()


def _word_on(view: View, order: Order) -> str:
    """What people say of the order at the price that was asked."""
    rules = view.run.rules
    if not view.run.approval or not rules.approval_is_needed:
        return "Approved"
    about = (order.token, order.asked)
    words = {each.word for each in view.process.decisions if each[:2] == about}
    if "Denied" in words and (rules.denied_wins or words == {"Denied"}):
        return "Denied"
    return "Approved" if "Approved" in words else ""


def _nonce(view: View) -> int:
    """The number in the nonce: as many calls of this name are over."""
    run = view.run
    if run.nonce == "orders":
        return sum(other.state in CLOSED for other in view.orders)
    counted = {"refusals": ("Rejected",), "over": CAME_TO_NOTHING}.get(run.nonce, ())
    early = not run.rules.nonce_counts_what_is_over
    return sum(
        other.state in counted and (early or not outstanding(run, view.process, other))
        for other in view.orders
    )


CHECKS = (
    settle_orders,
    finish_intent,
    begin_anew,
    finalize_deletion,
    stop_on_a_stranger,
    wait_for_what_is_known,
    stop_on_a_brake,
    hold,
    wait_for_what_is_outstanding,
    open_next_order,
    write_intent,
)
