"""A round of lists: who needs no pass, and who has one."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.claims import ACCOUNT as ACCOUNT_OF_CLAIM
from flink_workspace_operator.adapters.kubernetes.claims import HOLDER_UID, lease_name
from flink_workspace_operator.adapters.kubernetes.listed import Lists
from flink_workspace_operator.confirmation import Confirmation, Doubtful, SharedAnswers
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.core.facts.snapshot import Seen, SeenCloud
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.ports import CloudReads, ClusterReads
from flink_workspace_operator.runtime.rounds import Round
from tests.builders import ACCOUNT, NOW, OWNER, SETTINGS, an_instance

REGION = "cn-hangzhou"
A, B = Key("ns", "a"), Key("ns", "b")


@dataclass(frozen=True)
class Told(Confirmation):
    """Confirms as the test says."""

    quiet: frozenset[Key] = frozenset()

    async def confirmed(self, key: Key, cloud: CloudReads, listed: ClusterReads) -> Seen | None:
        if key not in self.quiet:
            return None
        cloud_ = SeenCloud(account_id=ACCOUNT, region=REGION)
        return Seen(key=key, owner=OWNER, now=NOW, workspace=None, cloud=cloud_)


@dataclass
class Bench:
    """A round in a region that shows these instances."""

    quiet: tuple[Key, ...]
    shown: tuple[str, ...] = ("i-a", "i-b")
    doubted: list[Key] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = Told("c", SETTINGS, Memory(), lambda: NOW, quiet=frozenset(self.quiet))
        instances = tuple(replace(an_instance(), instance_id=each) for each in self.shown)
        cloud = SharedAnswers(None, timedelta(0), {REGION: Listing(instances, NOW)})  # type: ignore[arg-type]  # not asked
        self.round = Round(told, cloud, SETTINGS, self.doubted.append)

    def end(self) -> tuple[Key, ...]:
        async def run() -> None:
            for key in (A, B):
                await self.round.take_workspace(owning(key))

        asyncio.run(run())
        return self.round.end()


def owning(key: Key) -> dict[str, Any]:
    """A stored resource whose instance was seen running."""
    return {
        "metadata": {"namespace": key.namespace, "name": key.name, "resourceVersion": "1"},
        "spec": {"region": REGION},
        "status": {
            "accountId": ACCOUNT,
            "instance": {"instanceId": f"i-{key.name}", "clusterStatus": "RUNNING"},
        },
    }


def an_order_of(key: Key, *finalizers: str) -> dict[str, Any]:
    """A stored order."""
    metadata = {
        "namespace": key.namespace,
        "name": f"{key.name}-1",
        "finalizers": [*finalizers],
        "managedFields": [],
    }
    return {"metadata": metadata, "spec": {"workspaceRef": {"name": key.name}}}


def test_who_is_in_doubt_has_a_pass_at_once() -> None:
    """The others are confirmed at the end."""
    bench = Bench(quiet=(A,))
    assert bench.end() == (A,)
    assert bench.doubted == [B]


def test_a_list_that_lacks_what_somebody_owns_confirms_nobody_there() -> None:
    """It may be narrowed, or of an outage: then each is looked at by itself."""
    bench = Bench(quiet=(A,), shown=("i-a",))
    assert bench.end() == ()
    assert sorted(bench.doubted, key=str) == [A, B]


def test_a_pass_meanwhile_counts_more_than_the_list() -> None:
    """It may have asked for another one soon, which no round puts off."""
    bench = Bench(quiet=(A, B))

    def passed(key: Key) -> None:
        bench.round.confirmation.memory.note_restless(key, True)

    asyncio.run(bench.round.take_workspace(owning(A)))
    passed(A)
    assert bench.end() == (B,)


def test_orders_that_outlive_their_resource_have_a_pass() -> None:
    """They may have to be settled or released; those that were released need none."""
    gone, released, bench = Key("ns", "gone"), Key("ns", "released"), Bench(quiet=(A, B))
    bench.round.lists.take_order(an_order_of(gone, "flink.alicloud.dev/ledger"))
    bench.round.lists.take_order(an_order_of(released))
    bench.round.lists.take_order(an_order_of(A, "flink.alicloud.dev/ledger"))
    assert bench.end() == (A, B)
    assert bench.doubted == [gone]


def test_what_breaks_is_left_to_the_pass() -> None:
    """Whatever stands in an object, or is wrong in here."""
    bench = Bench(quiet=(A, B))
    asyncio.run(bench.round.take_workspace({**owning(A), "status": "text"}))
    assert bench.doubted == [A]


def claim_of(target: PurchaseTarget, holder: str) -> dict[str, Any]:
    """A stored claim."""
    annotations = {HOLDER_UID: "uid-1", ACCOUNT_OF_CLAIM: target.account_id}
    metadata = {"name": lease_name(target), "resourceVersion": "7", "annotations": annotations}
    return {"metadata": metadata, "spec": {"holderIdentity": holder}}


async def test_only_ones_own_claim_is_read_from_a_list() -> None:
    """Whether another holder is alive, a list does not tell."""
    mine, others, lists = (
        PurchaseTarget(ACCOUNT, REGION, "a"),
        PurchaseTarget(ACCOUNT, REGION, "b"),
        Lists(),
    )
    lists.take_claim(claim_of(mine, "ns/a"))
    lists.take_claim(claim_of(others, "ns/b"))
    listed = lists.of(owning(A))
    claim = await listed.read_claim(mine, A)
    assert claim is not None
    assert (claim.holder, claim.uid, claim.resource_version, claim.alive) == (A, "uid-1", "7", True)
    assert await listed.read_claim(PurchaseTarget(ACCOUNT, REGION, "free"), A) is None
    with pytest.raises(Doubtful):
        await listed.read_claim(others, A)
    for read in (
        listed.list_neighbours(),
        listed.read_claims_of(A),
        listed.read_outputs(A),
        listed.read_secret(A),
    ):
        with pytest.raises(Doubtful):
            await read


@dataclass
class Counted:
    """A cloud that counts questions."""

    asked: int = 0
    fails: bool = False

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        self.asked += 1
        if self.fails:
            raise Unreachable("DescribeInstances", "NoConnection")
        return Listing((), NOW)

    async def look_up(self, *_: object) -> Listing:
        """It would answer, if it was asked."""
        return Listing((), NOW)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_round_asks_each_question_once(fails: bool) -> None:
    """Also one that failed: whoever needs the answer has a pass."""
    cloud = Counted(fails=fails)
    shared = SharedAnswers(cloud, timedelta(0))  # type: ignore[arg-type]  # the rest is not asked
    for _ in range(3):
        if fails:
            with pytest.raises(Doubtful):
                await shared.list_instances(REGION, timedelta(0))
        else:
            assert await shared.list_instances(REGION, timedelta(0)) == Listing((), NOW)
    assert cloud.asked == 1
    for question in (shared.look_up(), shared.read_bill(), shared.signed_with()):
        with pytest.raises(Doubtful):
            await question
