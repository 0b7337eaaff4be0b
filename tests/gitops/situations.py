"""Every situation in which tools may meet a FlinkWorkspace, how it comes about, and what they are
to make of it.

The rows of the table in `docs/conditions.md`, brought about with the real API server and the
emulated cloud."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.workspace import FlinkWorkspace
from tests.scenario.manifests import Manifest, at_most, pay_as_you_go, subscription
from tests.scenario.test_letting_go import DOWN, LOST, annotate, delete
from tests.scenario.world import World, conditions, has_reason

Argo = Literal["Healthy", "Suspended", "Progressing", "Degraded"]
Kstatus = Literal["Current", "InProgress", "Failed", "Terminating"]
NO_SUCH_BUCKET: Final[Manifest] = {"oss": {"bucket": "not-there"}}


@dataclass(frozen=True)
class Situation:
    """One row."""

    name: str
    argo: Argo
    kstatus: Kstatus
    bring_about: Callable[[World], Awaitable[object]]


def _is_true(type_: str) -> Callable[[FlinkWorkspace], bool]:
    return lambda found: type_ in conditions(found) and conditions(found)[type_].status == "True"


async def just_applied(world: World) -> None:
    """No pass has seen it yet."""
    await world.apply(subscription())


async def prerequisite_missing(world: World) -> None:
    """It may be on its way."""
    await world.apply(subscription(storage=NO_SUCH_BUCKET))
    await world.settle("w", until=has_reason("BucketNotFound"))


async def prerequisite_missing_for_long(world: World) -> None:
    """Longer than the grace."""
    world.reconciler.settings = world.settings.model_copy(
        update={"prerequisite_grace_seconds": 0.001}
    )
    await world.apply(subscription(storage=NO_SUCH_BUCKET))
    await world.settle("w", until=_is_true("Stalled"))


async def waiting_for_balance(world: World) -> None:
    """Somebody has to top up."""
    world.account.control.settings(balance=1)
    await world.apply(subscription())
    await world.settle("w", until=has_reason("BalanceTooLow"))


async def price_above_maximum(world: World) -> None:
    """Somebody has to raise it, or the price has to fall."""
    await world.apply(subscription(**at_most("3000.00")))
    await world.settle("w", until=has_reason("PriceAboveLimit"))


async def suspended_before_purchase(world: World) -> None:
    """Nothing is bought while a person says so."""
    await world.apply(subscription(suspend=True))
    await world.settle("w", until=has_reason("SuspendedByUser"))


async def cloud_unreachable_before(world: World) -> None:
    """Nothing is known of the cloud."""
    world.account.control.faults([DOWN])
    await world.apply(subscription())
    await world.settle("w", until=has_reason("CloudUnreachable"))


async def being_created(world: World) -> None:
    """Bought, and the cloud is at work."""
    await world.apply(subscription())
    await world.settle("w", until=has_reason("Provisioning"))
    await world.one_pass("w")


async def purchase_uncertain(world: World) -> None:
    """The answer was lost."""
    world.account.control.faults([LOST])
    await world.apply(subscription())
    await world.settle("w", until=has_reason("PurchaseUncertain"))


async def parameters_refused(world: World) -> None:
    """The cloud does not sell this."""
    await world.apply(subscription(subscription={"initialTerm": {"count": 5, "unit": "Month"}}))
    await world.settle("w", until=has_reason("ParametersRefused"))


async def name_taken(world: World) -> None:
    """Somebody bought a workspace of that name by hand."""
    world.account.control.state({"workspaces": [{"name": "w", "region": "cn-hangzhou"}]})
    await world.apply(subscription())
    await world.settle("w", until=has_reason("NameTaken"))


async def running(world: World) -> None:
    """Paid in advance."""
    await world.apply(subscription())
    await world.settle("w")


async def running_by_use(world: World) -> None:
    """Paid by use."""
    await world.apply(pay_as_you_go())
    await world.settle("w")


async def edited_while_running(world: World) -> None:
    """A newer spec than the operator has seen."""
    await running(world)
    await world.apply(subscription(ramRole={"management": "Require"}))


async def cloud_unreachable_afterwards(world: World) -> None:
    """What was known stays."""
    await running(world)
    world.account.control.faults([DOWN])
    await world.settle(
        "w", until=lambda found: conditions(found)["CloudReachable"].status == "False"
    )


async def suspended_while_running(world: World) -> None:
    """It goes on running."""
    await running(world)
    annotate(world, SUSPEND, "true")
    await world.settle("w", until=_is_true("Suspended"))


async def lost(world: World) -> None:
    """Released in the console."""
    await running(world)
    (workspace,) = world.account.control.state()["workspaces"]
    world.account.control.state({"removeWorkspaces": [workspace["instanceId"]]})
    await world.settle("w", until=has_reason("Lost"))


async def being_deleted(world: World) -> None:
    """The outcome of an order is waited for."""
    await purchase_uncertain(world)
    delete(world)
    await world.settle(
        "w", until=lambda found: conditions(found)["Reconciling"].reason == "Deleting"
    )


SITUATIONS: Final = (
    Situation("just-applied", "Progressing", "InProgress", just_applied),
    Situation("prerequisite-missing", "Progressing", "InProgress", prerequisite_missing),
    Situation("prerequisite-missing-for-long", "Degraded", "Failed", prerequisite_missing_for_long),
    Situation("waiting-for-balance", "Suspended", "InProgress", waiting_for_balance),
    Situation("price-above-maximum", "Suspended", "InProgress", price_above_maximum),
    Situation("suspended-before-purchase", "Suspended", "InProgress", suspended_before_purchase),
    Situation("cloud-unreachable-before", "Progressing", "InProgress", cloud_unreachable_before),
    Situation("being-created", "Progressing", "InProgress", being_created),
    Situation("purchase-uncertain", "Progressing", "InProgress", purchase_uncertain),
    Situation("parameters-refused", "Degraded", "Failed", parameters_refused),
    Situation("name-taken", "Degraded", "Failed", name_taken),
    Situation("running", "Healthy", "Current", running),
    Situation("running-by-use", "Healthy", "Current", running_by_use),
    Situation("edited-while-running", "Progressing", "InProgress", edited_while_running),
    Situation("cloud-unreachable-afterwards", "Healthy", "Current", cloud_unreachable_afterwards),
    Situation("suspended-while-running", "Suspended", "Current", suspended_while_running),
    Situation("lost", "Degraded", "Failed", lost),
    Situation("being-deleted", "Progressing", "Terminating", being_deleted),
)


async def captured(situation: Situation, world: World) -> str:
    """The object as `kubectl get -o yaml` shows it in that situation."""
    await situation.bring_about(world)
    return world.local.kubectl(
        "get", f"--namespace={world.namespace}", "flinkworkspace/w", "--output=yaml"
    )
