"""The stories of a further paid action: another size is wished of a workspace that runs.

They begin where those of a purchase end. The gateway forgets nonces at once, and the product
executes whatever comes through, so that every second call for one starting point counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flink_workspace_operator.api.names import ABANDON_ORDER, ORDER_TAG, REPLACE_LOST
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import (
    ParametersRefused,
    PermissionMissing,
    Throttled,
)
from tests.scenario.manifests import subscription
from tests.simulation.account import BUY, Behaviour, Move
from tests.simulation.faults import Fault, Strike
from tests.simulation.grow import GROW_TO, growth_of
from tests.simulation.invariants import Broken, check_moves, check_tokens
from tests.simulation.races import Race
from tests.simulation.scheduler import Act
from tests.simulation.server import Change
from tests.simulation.stories import (
    CLOUD,
    KEY,
    SHOWN_LATE,
    Story,
    at_once,
    delete,
    only_purchase,
    suspend,
)
from tests.simulation.user import USER
from tests.simulation.world import BRIEF, SimulatedWorld

BEFORE: Final = 10
"""The CU that the workspace was bought with."""
AFTER: Final = 20
"""The CU that is wished."""
BY_HAND: Final = 15
ELSE: Final = 30


@dataclass(frozen=True)
class Growing(Story):
    """A story that begins when the workspace runs, and another number of CU is wished."""

    is_new: bool = False
    """It begins when the resource is applied, with the wish in it."""
    is_watched: bool = True
    """Ready stays True in it."""

    def begin(self, processes: tuple[str, ...] = ("a",)) -> SimulatedWorld:
        """A world in which the number was just wished."""
        world = SimulatedWorld(Behaviour(**{**CLOUD, **self.cloud}), processes, BRIEF)
        world.server.watchers.append(lambda _: check_moves(world.account, world.allowed))
        world.server.watchers.append(lambda _: check_tokens(world.account))
        if self.is_new:
            manifest = subscription("w")
            manifest["metadata"]["annotations"] = {GROW_TO: str(AFTER)}
            world.apply(manifest)
        else:
            world.apply(subscription("w"))
            world.settle(KEY)
            world.rest()
            if self.is_watched:
                world.server.watchers.append(check_ready)
            wish(world)
        world.arm(*self.faults)
        self.prepare(world)
        return world


def check_ready(change: Change) -> None:
    """A workspace that runs is Ready, whatever becomes of a further order."""
    after = change.after
    if not isinstance(after, FlinkWorkspace) or change.writer == USER:
        return
    ready = {each.type: each for each in after.status.conditions}["Ready"]
    if ready.status != "True":
        raise Broken(f"not Ready although it runs: {ready}")


def wish(world: SimulatedWorld, cu: int | None = AFTER) -> None:
    """Wish another number of CU, or no other."""
    world.user.annotate(KEY, GROW_TO, None if cu is None else str(cu))


def move(world: SimulatedWorld, cu: int = BY_HAND) -> None:
    """A person changes the number in the console."""
    world.account.move_by_hand(instance_id(world), cu)


def instance_id(world: SimulatedWorld) -> str:
    """The only instance."""
    (found,) = world.account.books.instances
    return found


def growths(world: SimulatedWorld) -> list[FlinkWorkspaceOrder]:
    """The further orders."""
    return [order for order in world.orders(KEY) if growth_of(order) is not None]


def executed(world: SimulatedWorld) -> list[Move]:
    """The calls of further orders that were executed."""
    return [each for each in world.account.books.moves if each.token is not None]


def cu_of(world: SimulatedWorld) -> int | None:
    """The number of CU, as a list shows it."""
    (instance,) = world.account.look("cn-hangzhou")
    return instance.cu


def runs_as_bought(world: SimulatedWorld) -> None:
    """One purchase, and its order is as it was; the resource is Ready."""
    booking = only_purchase(world)
    creates = [order for order in world.orders(KEY) if growth_of(order) is None]
    assert [order.spec.token for order in creates if order.state == "Fulfilled"] == [booking.token]
    assert world.account.books.instances[booking.instance_id].tags[ORDER_TAG] == booking.token
    assert world.is_ready(KEY)


def grown_to(cu: int, *, calls: int = 1) -> Callable[[SimulatedWorld], None]:
    """So many calls were executed, the last one for this number; each is known as paid."""

    def end(world: SimulatedWorld) -> None:
        runs_as_bought(world)
        done = executed(world)
        assert len(done) == calls, done
        assert cu_of(world) == cu
        paid = [order.spec.token for order in growths(world) if order.facts.is_paid]
        assert paid == [each.token for each in done], (paid, done)
        assert growths(world)[-1].state == "Fulfilled"

    return end


def untouched(world: SimulatedWorld) -> None:
    """Nothing was executed, and nothing is open."""
    runs_as_bought(world)
    assert executed(world) == []
    assert all(order.settled and not order.facts.was_paid for order in growths(world)), growths(
        world
    )


def not_sent(world: SimulatedWorld) -> None:
    """Nothing was executed, and nothing is open.

    Where the process died that knew that it sent nothing, the number alone decides: it counts as
    paid."""
    runs_as_bought(world)
    assert executed(world) == []
    assert all(order.settled for order in growths(world)), growths(world)


def overtaken(world: SimulatedWorld) -> None:
    """At most one call was executed; the last number stands, and nobody fights it."""
    runs_as_bought(world)
    assert len(executed(world)) <= 1
    assert None in {each.token for each in world.account.books.moves}
    assert cu_of(world) == world.account.books.moves[-1].cu
    reconciling = world.condition(KEY, "Reconciling")
    assert reconciling is not None
    assert reconciling.status == "False", reconciling


def stopped(world: SimulatedWorld) -> None:
    """At most one call was executed; the resource says that a person stopped it, and is Ready."""
    runs_as_bought(world)
    assert len(executed(world)) <= 1
    suspended = world.condition(KEY, "Suspended")
    assert suspended is not None
    assert (suspended.status, suspended.reason) == ("True", "SuspendedByUser")


def gone_with_one_call(world: SimulatedWorld) -> None:
    """The resource is gone. At most one call was executed, and the ledger says so."""
    assert world.workspace(KEY) is None
    only_purchase(world)
    done = executed(world)
    assert len(done) <= 1
    paid = [order.spec.token for order in growths(world) if order.facts.is_paid]
    assert paid == [each.token for each in done], (paid, done)


def gone_without_a_call(world: SimulatedWorld) -> None:
    """The resource is gone, and nothing was executed."""
    assert world.workspace(KEY) is None
    only_purchase(world)
    assert executed(world) == []


def replaced(world: SimulatedWorld) -> None:
    """Another workspace was bought in place of the lost one, and grew in its turn."""
    assert len(world.purchases) == 2, world.purchases
    assert [each.instance_id for each in executed(world)] == [
        each.instance_id for each in world.purchases
    ]
    assert cu_of(world) == AFTER
    assert world.is_ready(KEY)


def announced(world: SimulatedWorld) -> bool:
    """A further order was in Placing at some time."""
    tokens = {order.spec.token for order in growths(world)}
    return KEY in world.server.stored.workspaces and bool(tokens & world.server.stored.announced)


def sent(world: SimulatedWorld) -> bool:
    """A call of a further order came to the gateway."""
    return KEY in world.server.stored.workspaces and len(world.account.books.nonces) > 1


def grown(world: SimulatedWorld) -> bool:
    """A further order is known to be delivered."""
    return any(order.state == "Fulfilled" for order in growths(world))


def there(world: SimulatedWorld) -> bool:
    """The resource exists."""
    return KEY in world.server.stored.workspaces


def lost(world: SimulatedWorld) -> bool:
    """The resource says that its workspace is gone."""
    ready = world.condition(KEY)
    return ready is not None and ready.reason == "Lost"


def abandon(world: SimulatedWorld) -> None:
    """Delete the resource, whatever comes of its open order."""
    world.user.annotate(KEY, ABANDON_ORDER, growths(world)[-1].metadata.name)
    world.user.delete(KEY)


def lose(world: SimulatedWorld) -> None:
    """The instance is released behind the operator's back."""
    world.account.release(instance_id(world))


def give_up(world: SimulatedWorld) -> None:
    """Agree to another purchase."""
    world.allowed = 2
    world.user.annotate(KEY, REPLACE_LOST, only_purchase(world).instance_id)


def strip_tags(world: SimulatedWorld) -> None:
    """Take the ownership tags away, long after they were put on."""
    instance = world.account.books.instances[instance_id(world)]
    world.clock.now += timedelta(seconds=60)
    world.account.retag(instance.instance_id, dict.fromkeys(instance.tags))


def allow_both(world: SimulatedWorld) -> None:
    """Two executions are what the wire makes of one call here."""
    world.allowed = 2


def delivered_twice(world: SimulatedWorld) -> None:
    """One call, executed twice by the cloud: one order, and no third execution."""
    runs_as_bought(world)
    assert [each.cu for each in executed(world)] == [AFTER, AFTER]
    assert len({each.token for each in executed(world)}) == 1
    assert growths(world)[-1].state == "Fulfilled"


def strikes(strike: Strike, failure: object = None) -> tuple[Fault, ...]:
    return (Fault("cloud.place", strike, failure),)  # type: ignore[arg-type]  # a failure, or none


REFUSED: Final = ParametersRefused(BUY, "InvalidParameter", fate="CallRefused")
MISSING: Final = PermissionMissing(
    BUY, "NoPermission", fate="CopyRefused", action="foasconsole:ModifyInstanceSpec"
)
THROTTLED: Final = Throttled(BUY, "Throttling.User", fate="CopyRefused")

STORIES_OF_GROWTH: Final[tuple[Growing, ...]] = (
    Growing("grow: straight", grown_to(AFTER)),
    Growing("grow: wished from the beginning", grown_to(AFTER), is_new=True),
    Growing("grow: shown late", grown_to(AFTER), cloud=SHOWN_LATE),
    Growing("grow: answer lost", grown_to(AFTER), strikes("after"), cloud=SHOWN_LATE),
    Growing("grow: never arrived", grown_to(AFTER), strikes("before")),
    Growing("grow: booked and shown late", grown_to(AFTER), strikes("late"), cloud=SHOWN_LATE),
    Growing("grow: refused", grown_to(AFTER), strikes("at-gateway", REFUSED)),
    Growing("grow: throttled", grown_to(AFTER), strikes("at-gateway", THROTTLED), cloud=SHOWN_LATE),
    Growing(
        "grow: answer of another copy", grown_to(AFTER), strikes("late", MISSING), cloud=SHOWN_LATE
    ),
    Growing(
        "grow: delivered twice",
        grown_to(AFTER),
        strikes("twice"),
        cloud={**SHOWN_LATE, "nonce_memory": 40},
    ),
    Growing(
        "grow: executed twice",
        delivered_twice,
        strikes("twice"),
        cloud=SHOWN_LATE,
        prepare=allow_both,
    ),
    Growing(
        "grow: suspended while placing", stopped, acts=(at_once("suspend", announced, suspend),)
    ),
    Growing(
        "grow: withdrawn while placing",
        untouched,
        acts=(at_once("no wish", announced, lambda w: wish(w, None)),),
    ),
    Growing(
        "grow: another wish while placing",
        grown_to(ELSE),
        acts=(at_once("wish", announced, lambda w: wish(w, ELSE)),),
    ),
    Growing(
        "grow: another wish after a lost answer",
        grown_to(ELSE, calls=2),
        strikes("after"),
        (at_once("wish", sent, lambda w: wish(w, ELSE)),),
        SHOWN_LATE,
    ),
    Growing(
        "grow: moved by hand while placing", overtaken, acts=(at_once("move", announced, move),)
    ),
    Growing(
        "grow: moved there by hand while placing",
        not_sent,
        acts=(at_once("move", announced, lambda w: move(w, AFTER)),),
    ),
    Growing("grow: moved by hand afterwards", overtaken, acts=(at_once("move", grown, move),)),
    Growing(
        "grow: moved back by hand afterwards",
        overtaken,
        acts=(at_once("move", grown, lambda w: move(w, BEFORE)),),
    ),
    Growing(
        "grow: moved by hand after a lost answer",
        overtaken,
        strikes("after"),
        (at_once("move", sent, move),),
        SHOWN_LATE,
    ),
    Growing(
        "grow: moved by hand before a late booking",
        grown_to(AFTER),
        strikes("late"),
        (at_once("move", sent, move),),
    ),
    Growing(
        "grow: deleted while placing",
        gone_without_a_call,
        acts=(at_once("delete", announced, delete),),
        cloud=SHOWN_LATE,
    ),
    Growing(
        "grow: deleted while uncertain",
        gone_with_one_call,
        strikes("late"),
        (at_once("delete", sent, delete),),
        SHOWN_LATE,
    ),
    Growing(
        "grow: abandoned",
        gone_with_one_call,
        strikes("late"),
        (at_once("abandon", sent, abandon),),
        SHOWN_LATE,
    ),
    Growing("grow: tags taken away", grown_to(AFTER), acts=(at_once("strip", grown, strip_tags),)),
    Growing(
        "grow: lost and replaced",
        replaced,
        acts=(at_once("lose", grown, lose), at_once("give up", lost, give_up)),
        is_watched=False,
    ),
)


def _anytime(name: str, do: Callable[[SimulatedWorld], object]) -> tuple[Act, ...]:
    return (Act(name, there, do),)


def wished_twice(world: SimulatedWorld) -> None:
    """The last wish is followed, after the first one or in its place."""
    runs_as_bought(world)
    assert [each.cu for each in executed(world)] in ([ELSE], [AFTER, ELSE])


_BY_HAND: Final = Growing("", overtaken, acts=_anytime("move", move), cloud=SHOWN_LATE)
_WISH: Final = Growing(
    "", wished_twice, acts=_anytime("wish", lambda world: wish(world, ELSE)), cloud=SHOWN_LATE
)
_DELETION: Final = Growing(
    "", gone_with_one_call, acts=_anytime("delete", delete), cloud=SHOWN_LATE
)
_SUSPENSION: Final = Growing("", stopped, acts=_anytime("suspend", suspend), cloud=SHOWN_LATE)
_TWO: Final = ("a", "b")

RACES_OF_GROWTH: Final = (
    Race("grow: two replicas", Growing("", grown_to(AFTER)), _TWO),
    Race(
        "grow: two replicas, shown late",
        Growing("", grown_to(AFTER), cloud=SHOWN_LATE),
        _TWO,
        preemptions=1,
    ),
    Race(
        "grow: two replicas, booked late",
        Growing("", grown_to(AFTER), strikes("late"), cloud=SHOWN_LATE),
        _TWO,
        preemptions=1,
        quick=False,
    ),
    Race("grow: moved by hand", _BY_HAND),
    Race("grow: another wish", _WISH),
    Race("grow: deletion", _DELETION),
    Race("grow: suspension", _SUSPENSION),
    Race("grow: moved by hand, two replicas", _BY_HAND, _TWO, preemptions=1, quick=False),
    Race("grow: another wish, two replicas", _WISH, _TWO, preemptions=1, quick=False),
    Race("grow: deletion, two replicas", _DELETION, _TWO, preemptions=1, quick=False),
)
