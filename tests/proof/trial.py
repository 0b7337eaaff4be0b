"""One cell of the fault matrix: a purchase with the official SDKs, in which one call goes wrong in
one way.

    outcome = await try_out(Cell("foasconsole.CreateInstance", fault), emulator_url)
    assert outcome.wrong == ()

The cloud is the emulator over HTTP, with an account of its own for each cell; the API server is the
one of `tests/simulation`, which tests hold to the rules of a real one. Time is moved where a pass
would wait."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import DIRECTORIES, ORDER_TAG, PURCHASE_FINALIZER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from flink_workspace_operator.core.reporting.summary import QUIET
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.contract.clients import static_keys
from tests.emulator_fixture import ROLE, EmulatedAccount, fill_region, open_account
from tests.proof.cell import ANSWERS, CREATE, LONGEST_VISIBILITY, Cell, Outcome
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import SHORT_WINDOWS
from tests.simulation.clock import Clock
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.gate import Gate
from tests.simulation.server import ApiServer
from tests.simulation.user import User

CLUSTER: Final = "cluster-1"
KEY: Final = Key("team", "w")
AFTER_FAILURE: Final = 5.0
"""Seconds until the next pass where one failed."""
STRIDE: Final = 70.0
"""Seconds that pass at least where a pass waits: fewer looks than in reality, so that less is found
by chance."""
BACKOFF: Final = 3600.0
"""Seconds until another order after a refusal that lasts: longer than such a cell is watched under
its fault."""
PATIENCE: Final = 90
"""Passes after which a cell counts as stuck: far more than any way to an end takes."""
UNDER_LASTING_FAULT: Final = 8
"""Passes under a fault that does not end: past the window in which an outcome is open, and one more
order."""
UNDER_WAY: Final = ("Placing", "Uncertain", "Placed", "Fulfilled")
FURTHER: Final = 2
"""Passes at the end that must find nothing to do."""
T = TypeVar("T")


@dataclass
class Trial:
    """A cell under way."""

    cell: Cell
    account: EmulatedAccount
    cloud: AlibabaCloud
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    moved: timedelta = timedelta()
    history: list[tuple[FlinkWorkspaceStatus, tuple[FlinkWorkspaceOrder, ...]]] = field(
        default_factory=list
    )
    """The status and the ledger as every pass left them."""
    said: str = ""
    """The reason under a fault that lasts."""

    def __post_init__(self) -> None:
        self._set_clock()
        self.server = ApiServer(self.clock)
        self._apply()
        self.operator = Reconciler(
            cloud=self.cloud,
            cluster=SimulatedCluster(self.server, Gate()),
            settings=self.settings,
            cluster_id=CLUSTER,
            clock=lambda: self.clock.now,
            random_token=lambda: secrets.token_hex(16),
        )

    def _apply(self) -> None:
        """A resource that is held already: finalizer and claim are for free, and every cell would
        pay for them."""
        User(self.server).apply(KEY.namespace, pay_as_you_go(KEY.name))
        workspace = self.server.stored.workspaces[KEY]
        self.server.set_finalizers(workspace, (PURCHASE_FINALIZER,), "operator")
        target = PurchaseTarget(self.account.id, self.account.region, KEY.name)
        self.server.write_lease(target, (KEY, workspace.metadata.uid), None, "operator")

    async def run(self) -> Outcome:
        """Passes until Ready; then a few more, and a look at the books."""
        lasting = self.cell.times is None
        wrong = await self._endure() if lasting else []
        for _ in range(PATIENCE):
            if self._is_ready() and await in_thread(self._is_marked):
                break
            await self._passes(1, BACKOFF if lasting else STRIDE)
        if not lasting and not await in_thread(self._has_struck):
            wrong.append("the fault did not strike")
        await self._passes(FURTHER)
        wrong += self._false_statements() + await self._books()
        purchases = len(await in_thread(self.account.control.purchases))
        refused = any(order.state == "Rejected" for order in self.orders)
        return Outcome(self.cell, self.said or self.reason, purchases, refused, tuple(wrong))

    async def _endure(self) -> list[str]:
        """Passes under a fault that lasts, and its end. What was wrong under it."""
        await self._passes(UNDER_LASTING_FAULT)
        self.said = self.reason
        wrong = self._unstable()
        if not await in_thread(self.account.control.purchases):
            wrong += self._left_open()
        if not await in_thread(self._has_struck):
            wrong.append("the fault did not strike")
        await in_thread(lambda: self.account.control.faults([]))
        return wrong

    @property
    def orders(self) -> tuple[FlinkWorkspaceOrder, ...]:
        return self.server.orders_of(KEY)

    @property
    def reason(self) -> str:
        return conditions(self.history[-1][0])["Ready"].reason

    def _is_ready(self) -> bool:
        return bool(self.history) and status_of(self.history[-1][0], "Ready") == "True"

    async def _passes(self, number: int, longest: float = STRIDE) -> None:
        for _ in range(number):
            self._set_clock()
            try:
                after = (await self.operator.run_pass(KEY)).after
                seconds = after.total_seconds() if after is not None else AFTER_FAILURE
            except CloudFailure:
                seconds = AFTER_FAILURE
            self.history.append((self.server.stored.workspaces[KEY].status, self.orders))
            if seconds:
                await self._wait(min(max(seconds, STRIDE), longest))

    async def _wait(self, seconds: float) -> None:
        self.moved += timedelta(seconds=seconds)
        await in_thread(lambda: self.account.control.advance(seconds))

    def _set_clock(self) -> None:
        self.clock.now = datetime.now(UTC) + self.moved

    def _has_struck(self) -> bool:
        return self.account.control.struck()[0] > 0

    def _is_marked(self) -> bool:
        marks = Owner(CLUSTER, KEY).marks.items()
        bought = [each["instanceId"] for each in self.account.control.purchases()]
        return all(
            marks <= each["tags"].items()
            for each in self.account.control.state()["workspaces"]
            if each["instanceId"] in bought
        )

    def _unstable(self) -> list[str]:
        """A situation that lasts is told in words that last."""
        told = {conditions(status)["Ready"].reason for status, _ in self.history[-FURTHER:]}
        return [] if len(told) == 1 else [f"says now this, now that: {sorted(told)}"]

    def _left_open(self) -> list[str]:
        """Where nothing is bought, nothing was sent either, or it was refused for certain."""
        return [
            f"{each.metadata.name} is {each.state}"
            for each in self.orders
            if each.state in UNDER_WAY
        ]

    def _false_statements(self) -> list[str]:
        """Not ready, or stalled, is never said of what is being bought or created; and the end
        lasts."""
        wrong = []
        for status, orders in self.history:
            states = [order.state for order in orders if order.state in UNDER_WAY]
            ready, stalled = status_of(status, "Ready"), status_of(status, "Stalled")
            if states and (ready == "False" or stalled == "True"):
                reason = conditions(status)["Ready"].reason
                wrong.append(
                    f"Ready={ready}, Stalled={stalled}, {reason} while the order is {states[0]}"
                )
        ends = {repr(summary_of(status)) for status, _ in self.history[-FURTHER:]}
        wrong += [] if self._is_ready() else [f"ends as {self.reason}, not Ready"]
        return wrong + ([] if len(ends) == 1 else ["the end does not last"])

    async def _books(self) -> list[str]:
        """One purchase; the ledger and the cloud agree on it, and the workspace carries the
        marks."""
        purchases = await in_thread(self.account.control.purchases)
        bought = [(order["tags"].get(ORDER_TAG), order["instanceId"]) for order in purchases]
        ledger = [
            (order.spec.token, order.status.instance_id)
            for order in self.orders
            if order.status.instance_id is not None
        ]
        wrong = [] if len(purchases) == 1 else [f"bought {len(purchases)} times"]
        wrong += [] if bought == ledger else [f"the cloud sold {bought}, the ledger says {ledger}"]
        wrong += [
            f"{order.metadata.name} is {order.state}" for order in self.orders if not order.settled
        ]
        return wrong if await in_thread(self._is_marked) else [*wrong, "its marks are missing"]


async def try_out(cell: Cell, url: str) -> Outcome:
    """Run a cell in an account of its own."""
    account = await in_thread(lambda: _open(cell, url))
    settings = Settings.model_validate(
        {
            **ALLOWED,
            "endpoint": url,
            "cluster_id": CLUSTER,
            "purchase_timeout_seconds": 5,
            "drain_seconds": 10,
            "read_timeout_seconds": 1 if cell.fault.hangs and cell.call != CREATE else 3,
            "listing_max_age_seconds": 0.001,
            **SHORT_WINDOWS,
            **(
                {}
                if cell.times
                else {"refusal_backoff_seconds": BACKOFF, "throttled_backoff_seconds": BACKOFF}
            ),
        }
    )
    cloud = AlibabaCloud(settings, static_keys(account.access_key_id, account.access_key_secret))
    try:
        return await Trial(cell, account, cloud, settings).run()
    finally:
        await cloud.close()
        await in_thread(account.control.reset)


def _open(cell: Cell, url: str) -> EmulatedAccount:
    """An account in which everything but the cell's call goes well."""
    account = open_account(url)
    if cell.call not in ("ram.CreateRole", "ram.AttachPolicyToRole", "oss.PutObject"):
        policies = ["AliyunStreamAsiDefaultRolePolicy", "AliyunDLFFullAccess"]
        bucket = {"name": account.bucket, "region": account.region, "keys": list(DIRECTORIES)}
        account.control.state(
            {"roles": [{"name": ROLE, "policies": policies}], "buckets": [bucket]}
        )
    fill_region(account.control, cell.others)
    account.control.settings(
        provisioningSeconds=5,
        nonceMemorySeconds=120,
        visibilityDelaySeconds=cell.visible,
        commitDelaySeconds=cell.commit,
        failureStyle=cell.style,
        uniqueNames=cell.names,
        tagsLost=cell.tags == "lost",
        listedTagsDelaySeconds=LONGEST_VISIBILITY if cell.tags == "late" else 0,
    )
    account.control.faults(_rules(cell))
    return account


def _rules(cell: Cell) -> list[dict[str, Any]]:
    service, action = cell.call.split(".")
    rule = {"service": service, "action": action, "after": cell.after, **cell.fault.rule}
    rules = [rule if cell.times is None else {**rule, "times": cell.times}]
    answer = ANSWERS[cell.answer]
    if answer is not None:
        rules.append({"service": "foasconsole", "action": "CreateInstance", "times": 1, **answer})
    return rules


def conditions(status: FlinkWorkspaceStatus) -> dict[str, Condition]:
    """Conditions by type."""
    return {condition.type: condition for condition in status.conditions}


def status_of(status: FlinkWorkspaceStatus, type_: str) -> str | None:
    """Of one condition; None before it is told."""
    condition = conditions(status).get(type_)
    return None if condition is None else condition.status


def summary_of(status: FlinkWorkspaceStatus) -> list[Condition]:
    """What programs wait for. Whether the last look was answered is none of it."""
    return [each for type_, each in conditions(status).items() if type_ in ("Ready", *QUIET)]


async def in_thread(work: Callable[[], T]) -> T:
    """Ask the emulator without holding up the other cells: its clock may take a second to move."""
    return await asyncio.to_thread(work)
