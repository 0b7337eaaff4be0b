"""Approving and denying what a workspace would buy: read, ask, read again, record the decision."""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from kubectl_flink import names
from kubectl_flink.actions import Refusal
from kubectl_flink.exits import Exit
from kubectl_flink.kubectl import Failure, Kubectl, Wire
from kubectl_flink.printing import complain
from kubectl_flink.reading import read_one, tell
from kubectl_flink.target import Target
from kubectl_flink.verbs import agreed
from kubectl_flink.words import printable

Decision = Literal["Approved", "Denied"]

APPROVER_LENGTH: Final = 250
"""The field takes no more."""
_CONSEQUENCE: Final = {
    "Approved": "SPENDS MONEY: it is bought at once, at this price or a lower one.",
    "Denied": "It is not bought. The next order follows after a change of the spec, or a request.",
}


@dataclass(frozen=True)
class Question:
    """An order that waits for a decision, at the price that is asked."""

    order: str
    digest: str
    words: str
    """What it would buy, and for how much."""


def decide(target: Target, name: str, decision: Decision, reason: str, *, yes: bool) -> Exit:
    """Say what would be bought and for how much, ask, and create the FlinkPurchaseApproval."""
    kubectl, scope = target.kubectl, tuple(f"--namespace={each}" for each in target.namespace[:1])
    found = read_one(kubectl, name, scope)
    if isinstance(found, Failure):
        return _failed(kubectl, found)
    whole = f"{found.namespace}/{name}"
    asked = _question(kubectl, found.order.get("name"), found.namespace)
    if not isinstance(asked, Question):
        return _not_asked(kubectl, whole, asked)
    # An approval that has grown too old is renewed by another one.
    is_expired = found.condition("Suspended").reason == "ApprovalExpired"
    decided = None if is_expired else _earlier_decision(kubectl, asked, found.namespace)
    if decided is not None:
        return _not_asked(kubectl, whole, decided)
    complain(f"{whole} ({kubectl.place()}): {asked.words} {_CONSEQUENCE[decision]}")
    if not yes and not agreed():
        return Exit.DECLINED
    # The price may have risen while the question stood there.
    again = _question(kubectl, asked.order, found.namespace)
    if isinstance(again, Failure):
        return _failed(kubectl, again)
    if again != asked:
        complain(f"{whole}: the price or the order changed meanwhile; nothing was decided")
        return Exit.REFUSED
    made = kubectl.create(_decision(asked, decision, reason, _own_name(kubectl)), found.namespace)
    if isinstance(made, Failure):
        return _failed(kubectl, _with_advice(made, found.namespace))
    print(f"{decision.lower()}: order {asked.order}, by {made.strip()}")  # noqa: T201 - its output
    return Exit.DONE


def _question(kubectl: Kubectl, order: str | None, namespace: str) -> Question | Refusal | Failure:
    if order is None:
        return Refusal("no order was opened for it yet")
    wire = kubectl.read(names.ORDERS, order, f"--namespace={namespace}")
    if isinstance(wire, Failure):
        return wire
    status = wire.get("status") or {}
    if status.get("state") != names.AWAITING_APPROVAL:
        state = printable(str(status.get("state") or "no state yet"))
        return Refusal(f"order {order} is {state}, and does not wait for approval")
    return Question(order, str(status.get("digest")), _bought(order, wire))


def _earlier_decision(
    kubectl: Kubectl, asked: Question, namespace: str
) -> Refusal | Failure | None:
    """The decision that there is already: Denied wins, and the same twice adds nothing."""
    selector = f"--field-selector={names.ORDER_OF_APPROVAL}={asked.order}"
    found = kubectl.items(names.APPROVALS, f"--namespace={namespace}", selector)
    if isinstance(found, Failure):
        return found
    specs = [each["spec"] for each in found if each["spec"]["order"]["digest"] == asked.digest]
    for spec in sorted(specs, key=lambda each: str(each["decision"]), reverse=True):
        who = printable(str(spec.get("approver") or "somebody"))
        return Refusal(f"order {asked.order} is {spec['decision']} already, by {who}")
    return None


def _bought(order: str, wire: Wire) -> str:
    """Two sentences: the order, its size, its place, its price, and what that leaves out."""
    spec = wire["spec"]
    block = spec.get("create") or {}
    cu = (block.get("resources") or {}).get("cu")
    size = " ".join(filter(None, (f"{cu} CU" if cu else "", block.get("chargeType", ""))))
    where = f"{spec.get('region')}, account {spec.get('accountId')}"
    return printable(
        f"order {order} buys {size} in {where}, for {_price(wire)}. Load balancer, OSS and"
        " monitoring are billed in addition."
    )


def _price(wire: Wire) -> str:
    asked = wire["status"].get("asked") or {}
    subscription = (wire["spec"].get("create") or {}).get("subscription") or {}
    term = subscription.get("initialTerm")
    if asked.get("amount") is None:
        return "a price that is not known"
    if asked.get("basis") == "Hour" or term is None:
        return f"{asked.get('currency')} {asked['amount']} per hour"
    unit = term["unit"].lower() + ("" if term["count"] == 1 else "s")
    return f"{asked.get('currency')} {asked['amount']} for {term['count']} {unit}"


def _decision(asked: Question, decision: Decision, reason: str, approver: str) -> dict[str, Any]:
    return {
        "apiVersion": f"{names.GROUP}/v1alpha1",
        "kind": "FlinkPurchaseApproval",
        "metadata": {"generateName": f"{asked.order}-{decision.lower()}-"},
        "spec": {
            "order": {"name": asked.order, "digest": asked.digest},
            "decision": decision,
            "reason": reason,
            "approver": approver[:APPROVER_LENGTH],
        },
    }


def _own_name(kubectl: Kubectl) -> str:
    """The user's name, as the API server knows it; empty if it does not tell."""
    said = kubectl.run("auth", "whoami", "--output=json")
    if isinstance(said, Failure):
        return ""
    return str(json.loads(said).get("status", {}).get("userInfo", {}).get("username", ""))


def _not_asked(kubectl: Kubectl, whole: str, why: Refusal | Failure) -> Exit:
    if isinstance(why, Failure):
        return _failed(kubectl, why)
    complain(f"{whole}: {why.words}; nothing was decided")
    return Exit.REFUSED


def _with_advice(failure: Failure, namespace: str) -> Failure:
    if failure.kind is not Exit.NO_RIGHT:
        return failure
    words = (
        f"this takes the ClusterRole flink-purchase-approver in namespace {namespace}, which an"
        " administrator binds"
    )
    return Failure(failure.kind, f"{failure.message}\n{words}")


def _failed(kubectl: Kubectl, failure: Failure) -> Exit:
    tell(kubectl, failure)
    return failure.kind
