"""`SimulatedCloud`: the `Cloud` port of one process on a simulated account."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import Network, WorkspaceParameters
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Caller, PurchaseTarget
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Answer,
    BillingOrder,
    Bought,
    Bucket,
    BucketElsewhere,
    Listing,
    NotBought,
    OssNotActivated,
    Policy,
    Role,
    SeenNetwork,
)
from flink_workspace_operator.core.facts.secret import AccessKey
from flink_workspace_operator.core.orders.calls import PaidCall
from tests.simulation.account import Account
from tests.simulation.gate import Gate
from tests.simulation.grow import Growth, price_of

T = TypeVar("T")


class SimulatedCloud:
    """The cloud as one process sees it, through its gate. Another `account` is another key pair."""

    def __init__(self, account: Account, gate: Gate) -> None:
        self.account, self.gate = account, gate

    async def signed_with(self, access_key: AccessKey) -> "SimulatedCloud":
        """No call."""
        return SimulatedCloud(self.account.of_key(access_key.id), self.gate)

    async def identify(self) -> Caller:
        """The identity behind the key in use."""
        return await self._ask(
            "identify", lambda: Caller(self.account.id, f"acs:ram::{self.account.id}:user/operator")
        )

    async def list_regions(self) -> frozenset[str]:
        """Where workspaces are sold."""
        return await self._ask("list_regions", lambda: self.account.regions)

    async def list_zones(self, region: str, architecture: str) -> frozenset[str]:
        """Zones where workspaces are sold."""
        del architecture  # sold in all of them
        return await self._ask(
            "list_zones", lambda: frozenset(z for z in self.account.zones if z.startswith(region))
        )

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        """A look at this instant: the freshest that the shared one can be."""
        del max_age
        return await self._ask("list_instances", lambda: self._listing(region))

    async def look_up(self, target: PurchaseTarget, tags: tuple[tuple[str, str], ...]) -> Listing:
        """A look at one instant. The real one looks in several ways and gives the earliest `Date`:
        it may show more."""
        del tags
        return await self._ask("look_up", lambda: self._listing(target.region), target.account_id)

    async def find_role(self, name: str) -> Role | Absent:
        """The role."""
        del name
        return await self._ask("find_role", lambda: self.account.books.role)

    async def describe_network(self, region: str, network: Network) -> SeenNetwork:
        """The wanted part of the network."""
        del region
        return await self._ask(
            "describe_network", lambda: self.account.network(network.vpc_id, network.v_switch_ids)
        )

    async def describe_bucket(
        self, region: str, bucket: str, directories: tuple[str, ...]
    ) -> Bucket | BucketElsewhere | OssNotActivated | Absent:
        """The bucket."""
        del directories
        return await self._ask("describe_bucket", lambda: self.account.storage(region, bucket))

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price at this instant."""
        return await self._ask("quote", lambda: self._price(block), target.account_id)

    async def read_bill(self, region: str, since: datetime) -> tuple[BillingOrder, ...]:
        """The bill, if it may be read."""
        return await self._ask("read_bill", lambda: self.account.bill(region, since))

    async def create_role(self, name: str, trusted_service: str) -> bool:
        """Create the role."""
        del trusted_service
        return await self._ask("create_role", lambda: self._make_role(name))

    async def attach_policy(self, role: str, policy: Policy) -> bool:
        """Attach a policy to the role."""
        del role
        return await self._ask("attach_policy", lambda: self._attach(policy))

    async def create_directory(self, region: str, bucket: str, key: str) -> bool:
        """Make a directory."""
        del region, bucket
        return await self._ask("create_directory", lambda: self._make_directory(key))

    async def tag_instance(self, region: str, instance_id: str, tags: Mapping[str, str]) -> None:
        """Put tags on an instance."""
        del region
        await self._ask("tag_instance", lambda: self.account.tag(instance_id, dict(tags)))

    async def place(self, call: PaidCall) -> Answer:
        """SPENDS the ledger's money. What goes wrong is an answer."""
        try:
            return await self.gate.call("cloud.place", lambda: self._buy(call))
        except CloudFailure as failure:
            return NotBought(failure)

    def _buy(self, purchase: PaidCall) -> Bought:
        self._check_account(purchase.target.account_id)
        account = self.account
        fault = account.books.faults.take("cloud.place")
        if fault is not None and fault.strike == "before":
            raise fault.raised
        account.admit(purchase)
        if fault is not None and fault.strike == "at-gateway":
            raise fault.raised
        if fault is not None and fault.strike == "late":
            account.accept_late(purchase)
            raise fault.raised
        if fault is not None and fault.strike == "unpaid":
            account.leave_unpaid(purchase)
            raise fault.raised
        bought = account.sell(purchase)
        if fault is not None and fault.strike == "twice":
            account.admit(purchase)
            return account.sell(purchase)
        if fault is not None:
            raise fault.raised
        return bought

    async def _ask(self, method: str, effect: Callable[[], T], account_id: str | None = None) -> T:
        name = f"cloud.{method}"

        def served() -> T:
            self._check_account(account_id)
            fault = self.account.books.faults.take(name)
            if fault is not None and fault.strike == "before":
                raise fault.raised
            answer = effect()
            if fault is not None:
                raise fault.raised
            return answer

        return await self.gate.call(name, served)

    def _check_account(self, account_id: str | None) -> None:
        """The real adapter asks whose key it is before it signs anything for an account."""
        if account_id not in (None, self.account.id):
            raise CredentialsRefused("sts.GetCallerIdentity", "AccountChanged", fate="NothingSent")

    def _listing(self, region: str) -> Listing:
        return Listing(self.account.look(region), self.account.clock.second)

    def _price(self, block: ApiModel) -> Quote:
        if isinstance(block, WorkspaceParameters) and block.charge_type == "PayAsYouGo":
            return Quote(basis="Hour", currency="CNY", quoted_at=self.account.clock.second)
        if isinstance(block, Growth):
            amount = price_of(block)
            return Quote(
                basis="Term",
                currency="CNY",
                trade_amount=amount,
                quoted_at=self.account.clock.second,
            )
        now, books = self.account.clock.second, self.account.books
        return Quote(basis="Term", currency=books.currency, trade_amount=books.price, quoted_at=now)

    def _make_role(self, name: str) -> bool:
        if isinstance(self.account.books.role, Role):
            return False
        self.account.books.role = Role(name, f"acs:ram::{self.account.id}:role/{name}", frozenset())
        self.account.books.note("role")
        return True

    def _attach(self, policy: Policy) -> bool:
        role = self.account.books.role
        assert isinstance(role, Role)
        if policy in role.policies:
            return False
        self.account.books.role = Role(role.name, role.arn, role.policies | {policy})
        self.account.books.note("policy", policy)
        return True

    def _make_directory(self, key: str) -> bool:
        if key in self.account.books.directories:
            return False
        self.account.books.directories |= {key}
        self.account.books.note("directory", key)
        return True
