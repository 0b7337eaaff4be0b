"""A suspended resource of which nothing was ever bought: all is told of it, and then the cloud is
left in peace."""

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.emulator_fixture import ROLE
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.recording import RecordingCluster
from tests.scenario.test_letting_go import annotate
from tests.scenario.world import World, conditions, has_reason

AUTHORISED = {"name": ROLE, "policies": ["AliyunStreamAsiDefaultRolePolicy", "AliyunDLFFullAccess"]}
KEYS = ["artifacts/", "flink-jobs/", "flink-savepoints/", "logs/"]


def in_order(world: World) -> None:
    """The account has all that a workspace needs."""
    bucket = {"name": world.account.bucket, "region": world.account.region, "keys": KEYS}
    world.account.control.state({"roles": [AUTHORISED], "buckets": [bucket]})


def asked(world: World) -> int:
    """How many calls the cloud has had."""
    return sum(sum(counts.values()) for counts in world.account.control.counters().values())


async def until_it_rests(world: World) -> None:
    """Passes until one asks nothing."""
    for _ in range(10):
        before = asked(world)
        after = await world.one_pass("w")
        if asked(world) == before:
            assert after == world.settings.resync_seconds
            return
    raise AssertionError(f"it does not rest; conditions: {conditions(await world.workspace('w'))}")


async def looks(world: World) -> bool:
    """Whether the next pass asks the cloud."""
    before = asked(world)
    await world.one_pass("w")
    return asked(world) > before


async def test_it_is_asked_for_until_all_is_told_and_after_each_change(world: World) -> None:
    """Of the spec, and of an annotation of ours. Released, it is bought."""
    in_order(world)
    await world.apply(pay_as_you_go(suspend=True))
    await world.settle("w", until=has_reason("SuspendedByUser"))
    await until_it_rests(world)
    assert [await looks(world) for _ in range(3)] == [False] * 3
    annotate(world, "note", "whatever")
    assert not await looks(world)
    annotate(world, RECONCILE_REQUESTED_AT, "now")
    assert await looks(world)
    await until_it_rests(world)
    await world.apply(pay_as_you_go(suspend=True, tags=[{"key": "team", "value": "data"}]))
    assert await looks(world)
    await until_it_rests(world)
    world.restart()
    assert await looks(world)
    await until_it_rests(world)
    await world.apply(pay_as_you_go(suspend=False))
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_what_is_missing_is_told_before_it_rests(world: World) -> None:
    """Not while it counts as on its way: the last word is that it is stalled."""
    in_order(world)
    await world.apply(pay_as_you_go(suspend=True, storage={"oss": {"bucket": "no-such-bucket"}}))
    assert [await looks(world) for _ in range(4)] == [True] * 4
    world.settings = world.settings.model_copy(update={"prerequisite_grace_seconds": 0.001})
    world.restart()
    told = await world.settle(
        "w", until=lambda found: conditions(found)["Stalled"].status == "True"
    )
    await until_it_rests(world)
    assert (await world.workspace("w")).status == told.status


async def test_what_may_have_been_bought_is_looked_for_though_suspended(world: World) -> None:
    """With an order in the ledger nothing rests, whatever became of it."""
    in_order(world)
    world.account.control.settings(visibilityDelaySeconds=600)
    world.account.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "fault": "drop-after-commit"}]
    )
    await world.apply(pay_as_you_go())
    await world.settle("w", until=has_reason("PurchaseUncertain"))
    await world.apply(pay_as_you_go(suspend=True))
    assert [await looks(world) for _ in range(4)] == [True] * 4


class Refusing(RecordingCluster):
    """An API server that refuses the operator a look at the ledger, while told to."""

    refuses = False

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        if self.refuses:
            raise ClusterRefused("the API server answered 403 Forbidden")
        return await super().read_orders(key)


async def test_what_was_said_of_an_obstacle_is_taken_back(world: World) -> None:
    """A pass that failed says so on the resource, so the next one does not rest."""
    in_order(world)
    await world.apply(pay_as_you_go(suspend=True))
    world.cluster.__class__ = Refusing
    await world.settle("w", until=has_reason("SuspendedByUser"))
    await until_it_rests(world)
    told = (await world.workspace("w")).status
    Refusing.refuses = True
    await world.one_pass("w")
    Refusing.refuses = False
    assert has_reason("ClusterRefused")(await world.workspace("w"))
    await until_it_rests(world)
    again = (await world.workspace("w")).status
    assert [each.reason for each in again.conditions] == [each.reason for each in told.conditions]
