"""What happens to one resource `w`, as data: how the cloud behaves, what a person does, and how it
must end.

Names are not unique in the cloud, and its gateway forgets nonces at once, so that neither helps.
Windows are as in `BRIEF`; the cloud uses them up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from flink_workspace_operator.api.names import ABANDON_ORDER, SUSPEND
from flink_workspace_operator.core.facts.failures import BalanceTooLow, ParametersRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.account import BUY, Behaviour, Booking
from tests.simulation.faults import Fault, Strike
from tests.simulation.scheduler import Act
from tests.simulation.world import BRIEF, NAMESPACE, SimulatedWorld

KEY: Final = Key(NAMESPACE, "w")
CLOUD: Final[dict[str, Any]] = {"signature_validity": 20, "nonce_memory": 0, "commit_delay": 10}
SHOWN_LATE: Final[dict[str, Any]] = {"visibility": 15}


@dataclass(frozen=True)
class Story:
    """One way things go; `end` raises unless they ended well."""

    name: str
    end: Callable[[SimulatedWorld], None]
    faults: tuple[Fault, ...] = ()
    acts: tuple[Act, ...] = ()
    cloud: dict[str, Any] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[SimulatedWorld], None] = lambda _: None

    def begin(self, processes: tuple[str, ...] = ("a",)) -> SimulatedWorld:
        """A world in which the resource was just applied."""
        world = SimulatedWorld(Behaviour(**{**CLOUD, **self.cloud}), processes, BRIEF)
        world.arm(*self.faults)
        self.prepare(world)
        apply(world, **self.spec)
        return world


def apply(world: SimulatedWorld, name: str = "w", **spec: object) -> Key:
    """Apply a manifest of a workspace that is called `w` in the cloud."""
    return world.apply(pay_as_you_go(name, **{"workspaceName": "w", **spec}))


def only_purchase(world: SimulatedWorld) -> Booking:
    """What was bought by our doing, which must be one."""
    assert len(world.purchases) == 1, f"{len(world.purchases)} purchases"
    return world.purchases[0]


def bought_once(world: SimulatedWorld) -> None:
    """One purchase; the resource is Ready with it, and its order alone is Fulfilled."""
    booking = only_purchase(world)
    assert world.is_ready(KEY)
    fulfilled = [order.spec.token for order in world.orders(KEY) if order.state == "Fulfilled"]
    assert fulfilled == [booking.token], fulfilled


def handed_over(world: SimulatedWorld) -> None:
    """The same; one ConfigMap of the name that is wanted now tells which workspace it was, and no
    other is left."""
    bought_once(world)
    workspace = world.workspace(KEY)
    assert workspace is not None
    assert workspace.spec.outputs == workspace.status.outputs
    names = [workspace.spec.outputs.config_map_name] if workspace.spec.outputs else []
    assert [at.name for at in world.server.stored.config_maps] == names
    told = {each.content.data["instanceId"] for each in world.server.stored.config_maps.values()}
    assert told <= {only_purchase(world).instance_id}


def bought_once_and_bound(world: SimulatedWorld) -> None:
    """One purchase; the resource is Ready with it. The ledger may have been lost."""
    booking = only_purchase(world)
    workspace = world.workspace(KEY)
    assert world.is_ready(KEY)
    assert workspace is not None
    assert workspace.status.instance is not None
    assert workspace.status.instance.instance_id == booking.instance_id


def gone(world: SimulatedWorld) -> None:
    """The resource is gone, and at most one workspace was bought for it."""
    assert world.workspace(KEY) is None
    assert len(world.purchases) <= 1


def gone_for_nothing(world: SimulatedWorld) -> None:
    """The resource is gone, and nothing was bought."""
    assert world.workspace(KEY) is None
    assert world.purchases == ()


def waits(type_: str, reason: str) -> Callable[[SimulatedWorld], None]:
    """Nothing was bought, and the resource says why."""

    def end(world: SimulatedWorld) -> None:
        condition = world.condition(KEY, type_)
        assert world.purchases == ()
        assert condition is not None
        assert (condition.status, condition.reason) == ("True", reason)

    return end


def announced(world: SimulatedWorld) -> bool:
    """An order was in Placing at some time."""
    return bool(world.server.stored.announced) and KEY in world.server.stored.workspaces


def sent(world: SimulatedWorld) -> bool:
    """A call of a purchase came to the gateway."""
    return bool(world.account.books.nonces) and KEY in world.server.stored.workspaces


def fruitless(world: SimulatedWorld) -> bool:
    """An order came to nothing, and the resource says so: its spec may be changed."""
    workspace = world.workspace(KEY)
    told = None if workspace is None else workspace.status.order
    return told is not None and told.state in ("Rejected", "NotPlaced")


def ready(world: SimulatedWorld) -> bool:
    """The resource is Ready."""
    return world.is_ready(KEY)


def absent(world: SimulatedWorld) -> bool:
    """The resource is gone."""
    return world.workspace(KEY) is None


def delete(world: SimulatedWorld) -> None:
    """Delete the resource."""
    world.user.delete(KEY)


def abandon(world: SimulatedWorld) -> None:
    """Delete the resource, whatever comes of its open order."""
    world.user.annotate(KEY, ABANDON_ORDER, "w-1")
    world.user.delete(KEY)


def replace_by_force(world: SimulatedWorld) -> None:
    """Delete the resource without letting the operator have its say, and apply it again: another
    uid."""
    world.user.delete_by_force(KEY)
    apply(world)


def lose_and_restore(world: SimulatedWorld, *, orders: bool, claims: bool = True) -> None:
    """Everything is gone from the cluster; resources come back from an export without status."""
    export = world.user.export()
    world.user.delete_by_force(KEY)
    world.user.delete_orders(KEY, by_force=True)
    if claims:
        world.user.delete_claims()
    world.user.restore(export, orders=orders)


def suspend(world: SimulatedWorld) -> None:
    """Stop all writes to the cloud."""
    world.user.annotate(KEY, SUSPEND, "true")


def buy_by_hand(world: SimulatedWorld) -> None:
    """Buy a workspace of the same name, with another bucket, in the console: as described it would
    count as ours."""
    world.account.buy_by_hand("w", bucket="bucket-2")


def correct(world: SimulatedWorld) -> None:
    """Change the spec after a refusal."""
    world.user.edit(KEY, monitoring="CloudMonitor")


def rename_outputs(world: SimulatedWorld) -> None:
    """Hand the ids on under another name."""
    world.user.edit(KEY, outputs={"configMapName": "other"})


def wipe(world: SimulatedWorld) -> None:
    """Throw the resource's status away."""
    world.user.wipe_status(KEY)


def lost(strike: Strike) -> tuple[Fault, ...]:
    return (Fault("cloud.place", strike),)


def _refused(failure: ParametersRefused | BalanceTooLow) -> tuple[Fault, ...]:
    return (Fault("cloud.place", "at-gateway", failure),)


def at_once(
    name: str, possible: Callable[[SimulatedWorld], bool], do: Callable[[SimulatedWorld], object]
) -> Act:
    return Act(name, possible, do, at_once=True)


OUTPUTS: Final[dict[str, Any]] = {"outputs": {"configMapName": "ids"}}
_AGAIN = at_once("apply again", absent, apply)

STORIES: Final = (
    Story("straight", bought_once),
    Story("shown late", bought_once, cloud=SHOWN_LATE),
    Story("answer lost", bought_once, lost("after"), cloud=SHOWN_LATE),
    Story("never arrived", bought_once, lost("before")),
    Story("booked and shown late", bought_once, lost("late"), cloud=SHOWN_LATE),
    Story("tags shown late", bought_once, lost("after"), cloud={"tag_visibility": 15}),
    Story("tags lost", bought_once, lost("after"), cloud={**SHOWN_LATE, "tagged": False}),
    Story(
        "refused, then corrected",
        bought_once,
        _refused(ParametersRefused(BUY, "InvalidParameter", fate="CallRefused")),
        (at_once("correct", fruitless, correct),),
    ),
    Story("no money", bought_once, _refused(BalanceTooLow(BUY, "InsufficientBalance"))),
    Story(
        "suspended while placing",
        waits("Suspended", "SuspendedByUser"),
        acts=(at_once("suspend", announced, suspend),),
    ),
    Story(
        "bought by hand while placing",
        waits("Stalled", "NameTaken"),
        acts=(at_once("buy", announced, buy_by_hand),),
    ),
    Story(
        "deleted while placing",
        gone_for_nothing,
        acts=(at_once("delete", announced, delete),),
        cloud=SHOWN_LATE,
    ),
    Story(
        "deleted while uncertain",
        gone,
        lost("late"),
        (at_once("delete", sent, delete),),
        SHOWN_LATE,
    ),
    Story("abandoned", gone, lost("late"), (at_once("abandon", sent, abandon),), SHOWN_LATE),
    Story(
        "abandoned and created again",
        bought_once,
        lost("late"),
        (at_once("abandon", sent, abandon), _AGAIN),
    ),
    Story(
        "deleted and created again", bought_once, acts=(at_once("delete", ready, delete), _AGAIN)
    ),
    Story(
        "replaced by force",
        bought_once,
        acts=(at_once("replace", announced, replace_by_force),),
        cloud=SHOWN_LATE,
    ),
    Story(
        "restored without status",
        bought_once,
        acts=(at_once("restore", ready, lambda world: lose_and_restore(world, orders=True)),),
    ),
    Story(
        "restored without orders",
        bought_once_and_bound,
        acts=(at_once("restore", ready, lambda world: lose_and_restore(world, orders=False)),),
    ),
    Story(
        "handed over", handed_over, acts=(at_once("rename", ready, rename_outputs),), spec=OUTPUTS
    ),
    Story(
        "handed over again",
        handed_over,
        acts=(
            at_once("delete", ready, delete),
            at_once("apply again", absent, lambda world: apply(world, **OUTPUTS)),
        ),
        spec=OUTPUTS,
    ),
    Story("status wiped", bought_once, acts=(at_once("wipe", ready, wipe),)),
)
