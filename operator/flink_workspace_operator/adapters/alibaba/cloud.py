"""Alibaba Cloud: the port `Cloud`, put together from its services."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flink_workspace_operator.adapters.alibaba.billing import Billing
from flink_workspace_operator.adapters.alibaba.calls import CallObserver, both, unobserved
from flink_workspace_operator.adapters.alibaba.client_pool import ClientPool
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import Keys, static_credentials
from flink_workspace_operator.adapters.alibaba.identity import AccountGuard, Identity
from flink_workspace_operator.adapters.alibaba.key_chain import KeyChain
from flink_workspace_operator.adapters.alibaba.key_sources import sources
from flink_workspace_operator.adapters.alibaba.network import Networks
from flink_workspace_operator.adapters.alibaba.prober import Prober
from flink_workspace_operator.adapters.alibaba.ram import Roles
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.alibaba.storage import ObjectStorage
from flink_workspace_operator.adapters.alibaba.workspaces import Workspaces
from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.core.facts.identity import Caller, PurchaseTarget
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Answer,
    BillingOrder,
    Bucket,
    BucketElsewhere,
    Listing,
    OssNotActivated,
    Policy,
    Role,
    SeenNetwork,
)
from flink_workspace_operator.core.facts.secret import AccessKey
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.settings import Settings


class AlibabaCloud:
    """One account, through one identity: by default the operator's own, which the settings choose
    (`key_sources.py`).

    `credentials` is a client of the official credentials SDK. `only_own` hears the calls of this
    identity alone, `calls` also those of others.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Any | None = None,  # noqa: ANN401 - the SDK is untyped
        calls: CallObserver = unobserved,
        only_own: CallObserver = unobserved,
    ) -> None:
        source = credentials or KeyChain(sources(settings.identity))
        own_calls = both(calls, only_own)
        if isinstance(source, KeyChain):
            own_calls = source.hearing(own_calls)
        keys = Keys(source)
        self._connections = Connections()
        session = Session(settings, keys, self._connections, own_calls)
        self._session = session
        self._identity = Identity(session, keys, settings.read_timeout_seconds)
        self._settings = settings
        self._workspaces: dict[str, Workspaces] = {}
        soon = timedelta(seconds=settings.listing_max_age_seconds)
        self._roles = Roles(session, soon)
        self._networks = Networks(session, soon)
        self._storage = ObjectStorage(settings, keys, self._connections, own_calls)
        self._others = ClientPool(
            lambda key: AlibabaCloud(settings, static_credentials(key), calls), time.monotonic
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()
        await self._others.close()

    async def signed_with(self, access_key: AccessKey) -> "AlibabaCloud":
        """The cloud through another identity. The keys are not tried by this."""
        return await self._others.take(access_key)

    def prober(self, region: str) -> Prober:
        """Who asks what is not known about the cloud."""
        return Prober(self._session, self._settings, region)

    async def identify(self) -> str:
        """The account id behind the key in use."""
        return (await self.caller()).account_id

    async def caller(self) -> Caller:
        """The account and the identity behind the key in use."""
        caller, _ = await self._identity.identify()
        return caller

    async def list_regions(self) -> frozenset[str]:
        """Regions where workspaces are sold."""
        return await self._in_account(await self.identify()).list_regions()

    async def list_zones(self, region: str, architecture: str) -> frozenset[str]:
        """Zones of a region where workspaces of that architecture are sold."""
        return await self._in_account(await self.identify()).list_zones(region, architecture)

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        """All instances of a region, from a look that began at most `max_age` ago."""
        return await self._in_account(await self.identify()).list_instances(region, max_age)

    async def look_up(self, target: PurchaseTarget, tags: tuple[tuple[str, str], ...]) -> Listing:
        """A look begun after this call, in every way that the cloud offers."""
        return await self._in_account(target.account_id).look_up(target, tags)

    async def find_role(self, name: str) -> Role | Absent:
        """A RAM role with its policies."""
        return await self._roles.find_role(name)

    async def describe_network(self, region: str, network: Network) -> SeenNetwork:
        """Which of the VPC and vSwitches exist."""
        return await self._networks.describe_network(region, network)

    async def describe_bucket(
        self, region: str, bucket: str, directories: tuple[str, ...]
    ) -> Bucket | BucketElsewhere | OssNotActivated | Absent:
        """The bucket, and which of the directories it has."""
        return await self._storage.describe_bucket(region, bucket, directories)

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price."""
        return await self._in_account(target.account_id).quote(target, block)

    async def read_bill(self, region: str, since: datetime) -> tuple[BillingOrder, ...]:
        """New orders for workspaces of a region that the bill shows since then and that are not
        cancelled.
        """
        return await Billing(self._session_in(await self.identify())).read_bill(region, since)

    async def create_role(self, name: str, trusted_service: str) -> bool:
        """Create a RAM role that the service may assume."""
        return await self._roles.create_role(name, trusted_service)

    async def attach_policy(self, role: str, policy: Policy) -> bool:
        """Attach a policy to a role."""
        return await self._roles.attach_policy(role, policy)

    async def create_directory(self, region: str, bucket: str, key: str) -> bool:
        """Write a zero-byte object, never over an existing one."""
        return await self._storage.create_directory(region, bucket, key)

    async def tag_instance(self, region: str, instance_id: str, tags: Mapping[str, str]) -> None:
        """Put tags on an instance, over former values of the same keys."""
        await self._in_account(await self.identify()).tag_instance(region, instance_id, tags)

    async def place(self, call: PaidCall) -> Answer:
        """SPENDS MONEY."""
        return await self._in_account(call.target.account_id).place(call)

    def _in_account(self, account_id: str) -> Workspaces:
        """Workspaces of one account: nothing that was seen in another is mixed in, and nothing
        is bought there.
        """
        if account_id not in self._workspaces:
            self._workspaces[account_id] = Workspaces(self._session_in(account_id))
        return self._workspaces[account_id]

    def _session_in(self, account_id: str) -> Session:
        return self._session.signed_with(AccountGuard(self._identity, account_id))
