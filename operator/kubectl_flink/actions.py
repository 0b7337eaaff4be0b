"""The verbs that change something, each by an annotation: what it is, and what it does to money."""

from dataclasses import dataclass
from datetime import datetime

from kubectl_flink import names
from kubectl_flink.report import is_open
from kubectl_flink.workspace import Workspace


@dataclass(frozen=True)
class Change:
    """An annotation to set, or with the value None to take off; and the words for the question."""

    annotation: str
    value: str | None
    consequence: str

    @property
    def argument(self) -> str:
        """As `kubectl annotate` takes it."""
        return f"{self.annotation}-" if self.value is None else f"{self.annotation}={self.value}"


@dataclass(frozen=True)
class Refusal:
    """Why this is not to be done as the resource stands."""

    words: str


def suspend(found: Workspace) -> Change:
    """Stop all writes to the cloud."""
    words = (
        f"{_instance(found)} keeps running, and is billed as before."
        if _instance(found)
        else "Nothing is bought as long as it is suspended. A call that is under way is not undone."
    )
    return Change(names.SUSPEND, "true", f"The operator stops all writes to the cloud. {words}")


def resume(found: Workspace) -> Change | Refusal:
    """Let the operator go on."""
    if found.spec.get("suspend"):
        return Refusal("spec.suspend is true: change it in the manifest, where that is kept")
    if found.annotations.get(names.SUSPEND, "false") == "false":
        return Refusal("it is not suspended")
    return Change(names.SUSPEND, None, f"The operator continues. {_what_may_be_bought(found)}")


def reconcile(found: Workspace, now: datetime) -> Change:
    """Have it looked at now."""
    words = f"The operator reconciles it now, without back-off. {_what_may_be_bought(found)}"
    return Change(names.RECONCILE_REQUESTED_AT, now.isoformat(), words)


def abandon(found: Workspace) -> Change | Refusal:
    """Let a resource go before its order is settled."""
    if found.deleting_since is None:
        return Refusal("it is not being deleted: an order is abandoned only with its resource")
    if not is_open(found.order):
        return Refusal("no order of it is open")
    order = found.order["name"]
    words = (
        f"It is not known whether order {order}{_price(found)} was executed. If it was, a workspace"
        " is paid for that no resource manages. The order stays, and is settled as usual."
    )
    return Change(names.ABANDON_ORDER, order, words)


def replace_lost(found: Workspace) -> Change | Refusal:
    """Have another one bought in the place of one that is gone."""
    instance = _instance(found)
    if instance is None or found.condition("Ready").reason != "Lost":
        return Refusal("the operator does not report it as Lost")
    words = (
        f"SPENDS MONEY: another workspace is bought in place of {instance}{_price(found)}."
        " The price may have changed. What that one cost is not refunded."
    )
    return Change(names.REPLACE_LOST, instance, words)


def _what_may_be_bought(found: Workspace) -> str:
    if found.condition("Purchased").is_true and names.REPLACE_LOST not in found.annotations:
        return "This buys nothing: it has its workspace."
    wanted = _price(found) or f": {_size(found)}, and no price is known yet"
    return f"This may SPEND MONEY: what is not bought yet may be bought{wanted}."


def _size(found: Workspace) -> str:
    cu = found.spec.get("resources", {}).get("cu")
    return " ".join(filter(None, (found.spec.get("chargeType"), f"{cu} CU" if cu else "")))


def _price(found: Workspace) -> str:
    return f" ({found.price})" if found.price else ""


def _instance(found: Workspace) -> str | None:
    return found.instance.get("instanceId")
