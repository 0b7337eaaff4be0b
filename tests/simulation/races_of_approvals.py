"""Purchases that somebody must approve, and limits that come on the way: nothing is sent that was
not approved at its price, or that a limit stops."""

from typing import Any, Final

from flink_workspace_operator.api.approval import Decision
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import SUBSCRIPTION
from tests.simulation.races import TWO, Race, anytime
from tests.simulation.races_of_prices import PRICE, price_rises
from tests.simulation.rules import is_approved
from tests.simulation.scheduler import Act
from tests.simulation.stories import KEY, Story, at_once, bought_once, waits
from tests.simulation.world import NAMESPACE, SimulatedWorld

KEYS: Final = (KEY, Key(NAMESPACE, "v"))
MANUAL: Final[dict[str, Any]] = {"spec": {**SUBSCRIPTION, "purchase": {"approval": "Manual"}}}
FROZEN: Final = FlinkPurchasePolicy.of(
    {"metadata": {"name": "freeze", "uid": "p"}, "spec": {"freeze": {"enabled": True}}}
)


def waiting(world: SimulatedWorld) -> FlinkWorkspaceOrder | None:
    """The order that waits for a decision."""
    orders = world.orders(KEY)
    return next((each for each in orders if each.facts.awaits_decision), None)


def is_open(world: SimulatedWorld) -> bool:
    """An order waits for a decision, or the operator has not seen the one there is."""
    return waiting(world) is not None


def is_asked(world: SimulatedWorld) -> bool:
    """Somebody is asked, and nobody decided on it yet."""
    order, decided = waiting(world), world.server.stored.approvals.values()
    digests = {each.spec.order.digest for each in decided}
    return order is not None and order.status.digest not in digests


def decide(world: SimulatedWorld, decision: Decision) -> None:
    """A person decides on what is asked now."""
    order = waiting(world)
    assert order is not None
    world.user.decide(NAMESPACE, order, decision)


def approve(world: SimulatedWorld) -> None:
    """Yes."""
    decide(world, "Approved")


def deny(world: SimulatedWorld) -> None:
    """No."""
    decide(world, "Denied")


def take_back(world: SimulatedWorld) -> None:
    """All decisions are deleted."""
    world.server.stored.approvals.clear()


def is_decided(world: SimulatedWorld) -> bool:
    """There is a decision."""
    return bool(world.server.stored.approvals)


def freeze(world: SimulatedWorld) -> None:
    """Whoever runs the cluster freezes purchases."""
    world.server.stored.policies["freeze"] = FROZEN


def bought_as_approved(world: SimulatedWorld) -> None:
    """One purchase, at no higher price than was approved."""
    bought_once(world)
    for order in world.orders(KEY):
        approval = order.status.approval
        if order.facts.is_paid:
            assert approval is not None
            assert (approval.required, approval.decision) == (True, "Approved")
            assert is_approved(order.status)


def bought_as_approved_or_not(world: SimulatedWorld) -> None:
    """Sent before the change came, or never."""
    if world.purchases:
        bought_as_approved(world)
    else:
        condition = world.condition(KEY, "Suspended")
        assert condition is not None
        assert condition.reason in ("ApprovalPending", "WaitingForChange")


def bought_or_frozen(world: SimulatedWorld) -> None:
    """Sent before the freeze came, or not at all."""
    if world.purchases:
        bought_once(world)
    else:
        waits("Suspended", "Frozen")(world)


_APPROVED: Final = at_once("approve", is_asked, approve)

STORIES_OF_APPROVALS: Final = (
    # An order that came to nothing is followed by one that needs an approval of its own.
    Story("approved", bought_as_approved, acts=(_APPROVED,) * 4, **MANUAL),
    Story(
        "denied",
        waits("Suspended", "WaitingForChange"),
        acts=(at_once("deny", is_asked, deny),),
        **MANUAL,
    ),
    Story("nobody decides", waits("Suspended", "ApprovalPending"), **MANUAL),
)

_GONE: Final = Story(
    "",
    bought_as_approved_or_not,
    acts=(_APPROVED, Act("take back", is_decided, take_back)),
    **MANUAL,
)
_DENIED: Final = Story(
    "", bought_as_approved_or_not, acts=(_APPROVED, Act("deny", is_open, deny)), **MANUAL
)
_RISES: Final = Story(
    "", bought_as_approved_or_not, acts=(_APPROVED, *anytime("rise", price_rises)), **MANUAL
)
_FREEZE: Final = Story("", bought_or_frozen, acts=anytime("freeze", freeze))

CAPPED: Final = FlinkPurchasePolicy.of(
    {
        "metadata": {"name": "cap", "uid": "c"},
        "spec": {"spendCap": {"monthly": [{"currency": "CNY", "amount": PRICE}]}},
    }
)
"""Room for one."""


def cap(world: SimulatedWorld) -> None:
    """Whoever runs the cluster caps the month."""
    world.server.stored.policies["cap"] = CAPPED


def one_of_two(world: SimulatedWorld) -> None:
    """One is bought, and the other waits for room."""
    assert len(world.purchases) == 1
    waiting = [key for key in KEYS if not world.is_ready(key)]
    assert len(waiting) == 1
    condition = world.condition(waiting[0], "Suspended")
    assert condition is not None
    assert condition.reason == "SpendCapReached"


_ROOM_FOR_ONE: Final = Story("", one_of_two, prepare=cap, spec=dict(SUBSCRIPTION))

RACES_OF_APPROVALS: Final = (
    Race("room for one of two", _ROOM_FOR_ONE, names=("w", "v"), own_names=True),
    Race("the approval is deleted", _GONE),
    Race("approved and denied", _DENIED),
    Race("the price rises above what was approved", _RISES),
    Race("a freeze comes", _FREEZE),
    Race("approved, two replicas", STORIES_OF_APPROVALS[0], TWO, preemptions=0, quick=False),
)
