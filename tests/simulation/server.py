"""An API server in memory: what is stored, and the rules of every write.

A version is a digest of an object's whole history, so equal versions mean equal objects, also in
another run. With `numbered` it is a number as etcd gives it: after a roll-back the same numbers are
given out again, for other contents."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import ValidationError

from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.api.approval import FlinkPurchaseApproval, FlinkPurchaseApprovalSpec
from flink_workspace_operator.api.base import ApiModel, Metadata
from flink_workspace_operator.api.names import LEDGER_FINALIZER
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
)
from flink_workspace_operator.api.policy import FlinkPurchasePolicy, FlinkPurchasePolicyStatus
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, FlinkWorkspaceSpec
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content
from flink_workspace_operator.core.facts.failures import ClusterRefused, Conflict, Vanished
from flink_workspace_operator.core.facts.identity import Claim, Key, PurchaseTarget
from flink_workspace_operator.core.facts.secret import AccessKey, Secret
from tests.simulation.clock import Clock
from tests.simulation.faults import Faults
from tests.simulation.rules import check_order, check_workspace

Resource = FlinkWorkspace | FlinkWorkspaceOrder
R = TypeVar("R", FlinkWorkspace, FlinkWorkspaceOrder)


@dataclass(frozen=True)
class Lease:
    """A claim as it is stored; None: its holder was edited into nonsense."""

    name: str
    holder: Key | None
    target: PurchaseTarget
    version: str
    uid: str | None = None


@dataclass(frozen=True)
class Change:
    """One write that took effect: what stood there before and stands there now, None for
    nothing."""

    key: Key
    writer: str
    before: Resource | Lease | None
    after: Resource | Lease | None


@dataclass
class Stored:
    """All objects. Copied as a whole to come back to it later."""

    workspaces: dict[Key, FlinkWorkspace] = field(default_factory=dict)
    orders: dict[Key, FlinkWorkspaceOrder] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    config_maps: dict[Key, ConfigMap] = field(default_factory=dict)
    """Nobody watches them, and nothing collects them when their owner is gone: the next of its name
    finds them."""
    secrets: dict[Key, Secret] = field(default_factory=dict)
    """Nobody watches them either."""
    approvals: dict[Key, FlinkPurchaseApproval] = field(default_factory=dict)
    policies: dict[str, FlinkPurchasePolicy] = field(default_factory=dict)
    """By name."""
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of namespaces."""
    births: dict[str, int] = field(default_factory=dict)
    """How many objects of each kind and name there ever were."""
    announced: frozenset[str] = frozenset()
    """Tokens of all orders that ever were in Placing."""
    faults: Faults = field(default_factory=Faults)
    revision: int = 0
    """The last version that was given out, where they are numbers."""

    def copy(self) -> "Stored":
        """The same, independent of this one."""
        dicts = {
            name: dict(getattr(self, name))
            for name in (
                "workspaces",
                "orders",
                "leases",
                "config_maps",
                "secrets",
                "approvals",
                "policies",
                "labels",
                "births",
            )
        }
        return Stored(
            **dicts, announced=self.announced, faults=replace(self.faults), revision=self.revision
        )


class ApiServer:
    """The store with its rules; `writer` names whoever writes, for those who watch."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.stored = Stored()
        self.watchers: list[Callable[[Change], None]] = []
        self.ahead = timedelta()
        """By how much its own clock, which it dates objects with, is ahead of the cloud's."""
        self.numbered = False
        """Versions are numbers. Not for a search: equal versions do not mean then that the same is
        stored."""
        self.roll_backs = 0

    @property
    def date(self) -> datetime:
        """The time, as it writes it on objects."""
        return self.clock.second + self.ahead

    @property
    def version(self) -> str:
        """Equal versions mean that the same is stored."""
        stored = self.stored
        versions = [each.metadata.resource_version for each in stored.workspaces.values()]
        versions += [each.metadata.resource_version for each in stored.orders.values()]
        versions += [lease.version for lease in stored.leases.values()]
        versions += [each.resource_version for each in stored.config_maps.values()]
        versions += [each.resource_version for each in stored.secrets.values()]
        versions += [each.metadata.resource_version for each in stored.approvals.values()]
        versions += [
            f"policy {name} {each.metadata.resource_version}"
            for name, each in stored.policies.items()
        ]
        return _digest(str(self.roll_backs), *sorted(versions))

    def roll_back(self, earlier: Stored) -> None:
        """Everything is stored as it was, as after a restore of etcd. Tests still know what was
        announced since."""
        announced, faults = self.stored.announced, self.stored.faults
        self.stored = replace(
            earlier.copy(), announced=announced | earlier.announced, faults=faults
        )
        self.roll_backs += 1

    def orders_of(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """The orders of a key by number."""
        found = [
            (int(number), order)
            for at, order in self.stored.orders.items()
            if at.namespace == key.namespace
            and order.spec.workspace_ref.name == key.name
            and (number := at.name.removeprefix(f"{key.name}-")).isdecimal()
            and not number.startswith("0")
        ]
        return tuple(order for _, order in sorted(found, key=lambda each: each[0]))

    def create_workspace(
        self, key: Key, spec: FlinkWorkspaceSpec, writer: str, **metadata: object
    ) -> FlinkWorkspace:
        """A new resource; Conflict if the name is taken."""
        if key in self.stored.workspaces:
            raise Conflict(f"{key} exists")
        made = FlinkWorkspace(
            metadata=self._birth("workspace", key, spec.model_dump_json(), **metadata), spec=spec
        )
        return self._put(self.stored.workspaces, made, None, writer)

    def create_order(
        self,
        at: Key,
        spec: FlinkWorkspaceOrderSpec,
        writer: str,
        status: FlinkWorkspaceOrderStatus | None = None,
        **metadata: object,
    ) -> FlinkWorkspaceOrder:
        """A new order under our finalizer; Conflict if the name is taken."""
        if at in self.stored.orders:
            raise Conflict(f"order {at} exists")
        spec = _through_json(spec)
        born = self._birth(
            "order", at, spec.model_dump_json(), **{"finalizers": (LEDGER_FINALIZER,), **metadata}
        )
        made = FlinkWorkspaceOrder(
            metadata=born, spec=spec, status=status or FlinkWorkspaceOrderStatus()
        )
        return self._put(self.stored.orders, made, None, writer)

    def write_policy_status(
        self, read: FlinkPurchasePolicy, status: FlinkPurchasePolicyStatus
    ) -> None:
        """Replace the status; Conflict unless the policy is as it was read."""
        name = read.metadata.name
        if self.stored.policies.get(name) != read:
            raise Conflict(f"policy {name} is not as it was read")
        version = _digest(read.metadata.resource_version, status.model_dump_json())
        metadata = read.metadata.model_copy(update={"resource_version": version})
        self.stored.policies[name] = read.model_copy(
            update={"metadata": metadata, "status": _through_json(status)}
        )

    def create_approval(self, at: Key, spec: FlinkPurchaseApprovalSpec) -> None:
        """A new decision; nobody changes one. The same again is refused, and changes nothing."""
        if at in self.stored.approvals:
            return
        born = self._birth("approval", at, spec.model_dump_json())
        self.stored.approvals[at] = FlinkPurchaseApproval(metadata=born, spec=spec)

    def write_workspace_status(
        self, read: FlinkWorkspace, status: FlinkWorkspaceStatus, writer: str
    ) -> FlinkWorkspace:
        """Replace the status; Conflict unless the resource is as it was read."""
        now = self._current(self.stored.workspaces, read)
        return self._change(now, "status", _through_json(status), writer)

    def write_order_status(
        self, read: FlinkWorkspaceOrder, status: FlinkWorkspaceOrderStatus, writer: str
    ) -> FlinkWorkspaceOrder:
        """Replace the status; Conflict unless the order is as it was read, ClusterRefused where a
        rule forbids it."""
        now = self._current(self.stored.orders, read)
        status = _through_json(status)
        check_order(now, now.model_copy(update={"status": status}))
        if status.state == "Placing":
            self.stored.announced |= {now.spec.token}
        return self._change(now, "status", status, writer)

    def set_finalizers(self, read: R, finalizers: tuple[str, ...], writer: str) -> R | None:
        """Replace the finalizers; Conflict unless the object is as it was read. None: that was the
        last one."""
        return self.write_metadata(
            self._current(self._shelf(read), read), writer, finalizers=finalizers
        )

    def write_metadata(self, now: R, writer: str, **changes: object) -> R | None:
        """Change metadata of an object as it is now. None: its last finalizer was taken off, and it
        is gone."""
        metadata = now.metadata.model_copy(update=changes)
        if metadata.deletion_timestamp is not None:
            if set(metadata.finalizers) - set(now.metadata.finalizers):
                raise ClusterRefused(
                    "no new finalizers can be added if the object is being deleted"
                )
            if not metadata.finalizers:
                self._remove(now, writer)
                return None
        return self._change(now, "metadata", metadata, writer)

    def write_spec(
        self, now: FlinkWorkspace, spec: FlinkWorkspaceSpec, writer: str
    ) -> FlinkWorkspace:
        """Change the spec of a resource as it is now."""
        check_workspace(now, now.model_copy(update={"spec": spec}))
        return self._change(now, "spec", spec, writer)

    def delete(self, now: R, writer: str) -> None:
        """Ask for an object's deletion: it goes at once where nothing holds it."""
        if not now.metadata.finalizers:
            self._remove(now, writer)
        elif now.metadata.deletion_timestamp is None:
            going = {"deletion_timestamp": self.date, "generation": now.metadata.generation + 1}
            self._change(now, "metadata", now.metadata.model_copy(update=going), writer)

    def write_lease(
        self,
        target: PurchaseTarget,
        holder: tuple[Key | None, str | None],
        over: Claim | None,
        writer: str,
    ) -> Lease:
        """A new claim, or another holder in place of the one that was read; Conflict if it is not
        as it was."""
        name = lease_name(target)
        before = self.stored.leases.get(name)
        if before is None and over is not None:
            raise Vanished(f"claim {name} is gone")
        if (before and before.version) != (over and over.resource_version):
            raise Conflict(f"{target} is claimed")
        key, uid = holder
        made = Lease(
            name, key, target, self._version(self._bear(f"lease {name}", str(holder))), uid
        )
        self.stored.leases[name] = made
        self._tell(Change(key or Key("", ""), writer, before, made))
        return made

    def delete_lease(self, name: str, version: str, writer: str) -> None:
        """Delete a claim, if it is as it was read; fine if it is gone."""
        lease = self.stored.leases.get(name)
        if lease is None:
            return
        if lease.version != version:
            raise Conflict(f"claim {name} is not what it was")
        del self.stored.leases[name]
        self._tell(Change(lease.holder or Key("", ""), writer, lease, None))

    def write_config_map(self, at: Key, content: Content, over: ConfigMap | None = None) -> None:
        """A new one, or another content for the one that was read; Conflict if it is not as it
        was."""
        before = self.stored.config_maps.get(at)
        if before is None and over is not None:
            raise Vanished(f"ConfigMap {at} is gone")
        if (before and before.resource_version) != (over and over.resource_version):
            raise Conflict(f"ConfigMap {at} is not what it was")
        version = self._bear(f"config map {at}", repr(content))
        self.stored.config_maps[at] = ConfigMap(
            at.name, before.uid if before else f"uid-{version}", version, content
        )

    def delete_config_map(self, namespace: str, read: ConfigMap) -> None:
        """Delete the one that was read; fine if it is gone."""
        now = self.stored.config_maps.get(Key(namespace, read.name))
        if now is None:
            return
        if (now.uid, now.resource_version) != (read.uid, read.resource_version):
            raise Conflict(f"ConfigMap {read.name} is not what it was")
        del self.stored.config_maps[Key(namespace, read.name)]

    def write_secret(self, at: Key, access_key: AccessKey | None) -> None:
        """A new one, or another content for the one that is there."""
        version = self._bear(f"secret {at}", repr(access_key and access_key.id))
        born = Secret(at.name, version, (), deleting=False, access_key=access_key)
        now = self.stored.secrets.get(at)
        self.stored.secrets[at] = (
            born if now is None else replace(now, resource_version=version, access_key=access_key)
        )

    def set_secret_finalizers(
        self, at: Key, finalizers: tuple[str, ...], read: Secret | None = None
    ) -> None:
        """Conditional on what was `read`, if anything; the last one that goes takes along what is
        being deleted."""
        now = self.stored.secrets.get(at)
        if now is None:
            raise Vanished(f"Secret {at} is gone")
        if read is not None and read.resource_version != now.resource_version:
            raise Conflict(f"Secret {at} is not what it was")
        if now.deleting and set(finalizers) - set(now.finalizers):
            raise ClusterRefused("no new finalizers can be added to what is being deleted")
        version = self._bear(f"secret {at}", repr(finalizers))
        self.stored.secrets[at] = replace(now, resource_version=version, finalizers=finalizers)
        if now.deleting and not finalizers:
            del self.stored.secrets[at]

    def delete_secret(self, at: Key) -> None:
        """Delete it, once nobody holds it any more."""
        now = self.stored.secrets[at]
        version = self._bear(f"secret {at}", "deleted")
        self.stored.secrets[at] = replace(now, resource_version=version, deleting=True)
        self.set_secret_finalizers(at, now.finalizers)

    def _shelf(self, resource: R) -> dict[Key, R]:
        return (
            self.stored.workspaces if isinstance(resource, FlinkWorkspace) else self.stored.orders
        )

    def _current(self, shelf: dict[Key, R], read: R) -> R:
        now = shelf.get(key_of(read))
        if now is None:
            raise Vanished(f"{key_of(read)} is gone")
        if now.metadata.resource_version != read.metadata.resource_version:
            raise Conflict(f"{key_of(read)} is not what it was")
        return now

    def _change(self, now: R, part: str, value: ApiModel, writer: str) -> R:
        """Replace one part. Replacing it by itself is no write."""
        if getattr(now, part) == value:
            return now
        metadata = now.metadata if part != "metadata" else value
        assert isinstance(metadata, Metadata)
        version = self._version(
            _digest(now.metadata.resource_version, part, value.model_dump_json())
        )
        generation = metadata.generation + (part == "spec")
        metadata = metadata.model_copy(
            update={"resource_version": version, "generation": generation}
        )
        changed = now.model_copy(
            update={**({part: value} if part != "metadata" else {}), "metadata": metadata}
        )
        return self._put(self._shelf(now), changed, now, writer)

    def _put(self, shelf: dict[Key, R], new: R, old: R | None, writer: str) -> R:
        shelf[key_of(new)] = new
        self._tell(Change(key_of(new), writer, old, new))
        return new

    def _remove(self, now: R, writer: str) -> None:
        del self._shelf(now)[key_of(now)]
        self._tell(Change(key_of(now), writer, now, None))

    def _tell(self, change: Change) -> None:
        for watcher in self.watchers:
            watcher(change)

    def _bear(self, what: str, content: str) -> str:
        number = self.stored.births[what] = self.stored.births.get(what, 0) + 1
        return _digest(
            what, str(number), content, self.clock.second.isoformat(), str(self.roll_backs)
        )

    def _version(self, digest: str) -> str:
        if not self.numbered:
            return digest
        self.stored.revision += 1
        return str(self.stored.revision)

    def _birth(self, kind: str, key: Key, content: str, **metadata: object) -> Metadata:
        birth = self._bear(f"{kind} {key}", content + repr(metadata))
        born = {"name": key.name, "namespace": key.namespace, "uid": f"uid-{birth}"}
        born["resource_version"] = self._version(birth)
        return Metadata.model_validate({**born, "creation_timestamp": self.date, **metadata})


def key_of(resource: Resource) -> Key:
    """Where an object is stored."""
    return Key(resource.metadata.namespace, resource.metadata.name)


M = TypeVar("M", bound=ApiModel)


def _through_json(model: M) -> M:
    """As the API server hands it out again; ClusterRefused where it breaks the schema."""
    try:
        return type(model).model_validate_json(
            model.model_dump_json(by_alias=True, exclude_none=True)
        )
    except ValidationError as error:
        raise ClusterRefused(str(error)) from error


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
