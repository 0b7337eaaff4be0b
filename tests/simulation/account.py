"""One account of the cloud: what was bought in it, and the gateway that refuses what comes too late
or twice.

It does what the emulator does, as far as the port `Cloud` can tell, and each of its answers is
given at one instant."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from flink_workspace_operator.api.names import DIRECTORIES, ORDER_TAG
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.core.facts import failures
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.observed import (
    Absent,
    BillingOrder,
    Bought,
    Bucket,
    Policy,
    Role,
    SeenInstance,
    SeenNetwork,
    SeenVSwitch,
)
from flink_workspace_operator.core.orders.calls import PaidCall
from tests.simulation.clock import Clock
from tests.simulation.faults import Faults
from tests.simulation.grow import Growth

BUY = "foasconsole.CreateInstance"
REGION = "cn-hangzhou"
POLICIES = frozenset({Policy("AliyunStreamAsiDefaultRolePolicy"), Policy("AliyunDLFFullAccess")})


@dataclass
class Behaviour:
    """How the cloud treats an account. Times are seconds."""

    signature_validity: float = 900
    nonce_memory: float = 1860
    commit_delay: float = 0
    """From the request to the booking under a fault that is `late`."""
    visibility: float = 0
    """From the booking until a look shows the instance."""
    tag_visibility: float = 0
    """From the booking until a look shows its tags."""
    tagged: bool = True
    """False: the tags in the call are lost for ever."""
    provisioning: float = 0
    unique_names: Literal["account", "region", "off"] = "off"
    balance_enough: bool = True
    bill_readable: bool = False


@dataclass(frozen=True)
class Booking:
    """One instance that was sold. `token`: of the order that bought it, None if a person did."""

    instance_id: str
    order_id: str
    name: str
    region: str
    token: str | None
    at: datetime
    announced: bool
    """Whether an order with this token had been in Placing before."""


@dataclass(frozen=True)
class Move:
    """One move of an instance's CU. `token`: of the order whose call did it, None if a person
    did."""

    instance_id: str
    order_id: str
    cu: int
    token: str | None
    at: datetime
    announced: bool
    """Whether an order with this token had been in Placing before."""
    start: int
    """The starting point: how many moves before it were shown when its call was signed."""


@dataclass
class Books:
    """Everything that changes in an account. Copied as a whole to come back to it later."""

    instances: dict[str, SeenInstance] = field(default_factory=dict)
    bookings: tuple[Booking, ...] = ()
    moves: tuple[Move, ...] = ()
    """What became of the CU of instances, in order."""
    nonces: dict[str, datetime] = field(default_factory=dict)
    """Until when each is remembered."""
    hides: frozenset[str] | Literal["all"] = frozenset()
    """Instances that no look shows: a permission was narrowed, or the cloud answers with an empty
    list."""
    late: tuple[tuple[datetime, PaidCall], ...] = ()
    """Purchases that are accepted and not booked yet."""
    unpaid: tuple[BillingOrder, ...] = ()
    unpaid_purchases: tuple[PaidCall, ...] = ()
    """What the unpaid orders would buy, where it is one of our calls that made them."""
    price: str = "1200.00"
    """Of the term of a workspace."""
    currency: str = "CNY"
    directories: frozenset[str] = frozenset(DIRECTORIES)
    role: Role | Absent = field(
        default_factory=lambda: Role("AliyunStreamAsiDefaultRole", "acs:ram::1:role/x", POLICIES)
    )
    faults: Faults = field(default_factory=Faults)
    version: str = ""
    """A digest of all that happened: equal versions mean equal books."""
    prefix: str = ""
    """Of the instances' ids, which are unique in all accounts."""

    def copy(self) -> "Books":
        """The same, independent of this one."""
        return replace(
            self,
            instances=dict(self.instances),
            nonces=dict(self.nonces),
            faults=replace(self.faults),
        )

    def note(self, *what: object) -> None:
        """Let the version tell of a change."""
        self.version = hashlib.blake2b(
            repr((self.version, what)).encode(), digest_size=12
        ).hexdigest()


class Account:
    """An account in order: role, network, bucket with directories, money. Nothing is bought yet.

    `others` are those that the keys of Secrets may be of: a purchase in them counts as well.
    """

    def __init__(
        self, clock: Clock, behaviour: Behaviour | None = None, account_id: str = "1000000000000001"
    ) -> None:
        self.clock = clock
        self.id = account_id
        self.behaviour = behaviour or Behaviour()
        self.books = Books()
        self.was_announced: Callable[[str], bool] = lambda _: False
        """Whether an order with this token had been in Placing; whoever has the ledger tells."""
        self.regions = frozenset({REGION, "cn-shanghai"})
        self.zones = frozenset({"cn-hangzhou-i", "cn-shanghai-b"})
        self.v_switches = (
            *(SeenVSwitch(f"vsw-i-{each}", "vpc-1", "cn-hangzhou-i", 200) for each in (1, 2)),
            SeenVSwitch("vsw-b-1", "vpc-2", "cn-shanghai-b", 200),
        )
        self.buckets = {"bucket-1": REGION, "bucket-3": "cn-shanghai"}
        self.others: tuple[Account, ...] = ()

    @property
    def all_bookings(self) -> tuple[Booking, ...]:
        """What was sold here and in the other accounts."""
        return sum((each.books.bookings for each in self.others), self.books.bookings)

    def of_key(self, key_id: str) -> "Account":
        """The account that a key opens: a key is called by it."""
        return next(each for each in (self, *self.others) if each.id == key_id)

    def settle(self) -> None:
        """Book what was accepted earlier and is due by now."""
        due = [each for each in self.books.late if each[0] <= self.clock.now]
        self.books.late = tuple(each for each in self.books.late if each not in due)
        for at, purchase in sorted(due, key=lambda each: each[0]):
            if self._refusal(purchase) is None:
                self._book(purchase, at)

    def admit(self, purchase: PaidCall) -> None:
        """The gateway: raise unless the call comes in time and for the first time."""
        self.settle()
        now, behaviour = self.clock.now, self.behaviour
        if abs(now - purchase.signed_at) > timedelta(seconds=behaviour.signature_validity):
            raise failures.SignatureExpired(BUY, "InvalidTimeStamp.Expired", fate="CopyRefused")
        if self.books.nonces.get(purchase.nonce, now) > now:
            raise failures.SignatureReplayed(BUY, "SignatureNonceUsed")
        self.books.nonces[purchase.nonce] = now + timedelta(seconds=behaviour.nonce_memory)
        self.books.note("nonce", purchase.nonce, now)

    def sell(self, purchase: PaidCall) -> Bought:
        """The product behind the gateway: book, or raise the refusal."""
        refusal = self._refusal(purchase)
        if refusal is not None:
            raise refusal
        booking = self._book(purchase, self.clock.now)
        return Bought(booking.instance_id, booking.order_id, f"request-of-{booking.order_id}")

    def accept_late(self, purchase: PaidCall) -> None:
        """Book it `commit_delay` from now."""
        self.books.late += (
            (self.clock.now + timedelta(seconds=self.behaviour.commit_delay), purchase),
        )
        self.books.note("late", purchase.nonce, self.clock.now)

    def leave_unpaid(self, purchase: PaidCall) -> None:
        """Make a billing order of it that nobody has paid yet; refused where one is left
        already."""
        refusal = self._refusal(purchase)
        if isinstance(refusal, failures.UnpaidOrder):
            raise refusal
        order_id = f"unpaid-{len(self.books.nonces)}"
        self.books.unpaid += (BillingOrder(order_id, self.clock.second, paid=False),)
        self.books.unpaid_purchases += (purchase,)
        self.books.note("unpaid", order_id)

    def leave_unpaid_by_hand(self) -> None:
        """A person orders something in the console and does not pay."""
        order_id = f"by-hand-{len(self.books.unpaid)}"
        self.books.unpaid += (BillingOrder(order_id, self.clock.second, paid=False),)
        self.books.note("unpaid", order_id)

    def pay(self) -> None:
        """A person pays all that is unpaid."""
        purchases = self.books.unpaid_purchases
        self.cancel_unpaid()
        for purchase in purchases:
            self._book(purchase, self.clock.now)

    def cancel_unpaid(self) -> None:
        """A person cancels all that is unpaid."""
        self.books.unpaid, self.books.unpaid_purchases = (), ()
        self.books.note("nothing unpaid")

    def buy_by_hand(self, name: str, region: str = REGION, **said: Any) -> str:  # noqa: ANN401 - any field
        """A person buys in the console; `said` changes what a look shows. The answer is the
        instance's id."""
        instance_id = f"{self.books.prefix}by-hand-{len(self.books.bookings) + 1}"
        facts = {"vpc_id": "vpc-1", "bucket": "bucket-1", "create_time": self.clock.second, **said}
        self._sell(SeenInstance(instance_id, name, region, "CREATING", **facts), None)
        return instance_id

    def move_by_hand(self, instance_id: str, cu: int) -> None:
        """A person changes the CU in the console."""
        self.settle()
        self._move(instance_id, cu, self.clock.now, None)

    def release(self, instance_id: str) -> None:
        """Take an instance away, as a person does in the console."""
        del self.books.instances[instance_id]
        self.books.note("released", instance_id)

    def reprice(self, amount: str, currency: str = "CNY") -> None:
        """Sell workspaces at another price from now on."""
        self.books.price, self.books.currency = amount, currency
        self.books.note("price", amount, currency)

    def tag(self, instance_id: str, tags: dict[str, str]) -> None:
        """Put tags on an instance, over former values."""
        self.settle()
        instance = self.books.instances.get(instance_id)
        if instance is None:
            raise failures.NotFound("foasconsole.TagResources", "903021")
        self.books.instances[instance_id] = replace(instance, tags={**instance.tags, **tags})
        self.books.note("tagged", instance_id, tags)

    def retag(self, instance_id: str, tags: Mapping[str, str | None]) -> None:
        """A person writes over tags, or takes them away (None)."""
        instance = self.books.instances[instance_id]
        wanted = {**instance.tags, **tags}
        left = {key: value for key, value in wanted.items() if value is not None}
        self.books.instances[instance_id] = replace(instance, tags=left)
        self.books.note("retagged", instance_id, tags)

    def hide(self, instance_ids: frozenset[str] | Literal["all"]) -> None:
        """Show these in no look from here on; an empty set: show all again."""
        self.books.hides = instance_ids
        self.books.note("hides", instance_ids if instance_ids == "all" else sorted(instance_ids))

    def look(self, region: str) -> tuple[SeenInstance, ...]:
        """All instances of a region that are visible now, as they show themselves now."""
        self.settle()
        shown = (
            self._shown(each) for each in self.books.instances.values() if each.region == region
        )
        return tuple(each for each in shown if each is not None)

    def bill(self, region: str, since: datetime) -> tuple[BillingOrder, ...]:
        """The new orders since then."""
        self.settle()
        if not self.behaviour.bill_readable:
            raise failures.PermissionMissing(
                "bss.QueryOrders", "NoPermission", action="bss:DescribeOrderList"
            )
        paid = (
            BillingOrder(each.order_id, each.at, paid=True, instance_ids=(each.instance_id,))
            for each in self.books.bookings
            if each.region == region
        )
        return tuple(each for each in (*paid, *self.books.unpaid) if each.created >= since)

    def network(self, vpc_id: str, v_switch_ids: tuple[str, ...]) -> SeenNetwork:
        """The wanted part of the network."""
        found = tuple(each for each in self.v_switches if each.id in v_switch_ids)
        return SeenNetwork(any(each.vpc_id == vpc_id for each in self.v_switches), found)

    def storage(self, region: str, bucket: str) -> Bucket | Absent:
        """The bucket with its directories."""
        if self.buckets.get(bucket) != region:
            return Absent()
        return Bucket(bucket, self.books.directories)

    def _shown(self, instance: SeenInstance) -> SeenInstance | None:
        if self.books.hides == "all" or instance.instance_id in self.books.hides:
            return None
        age = (
            (self.clock.now - instance.create_time).total_seconds() if instance.create_time else 0.0
        )
        if age < self.behaviour.visibility:
            return None
        status = "RUNNING" if age >= self.behaviour.provisioning else "CREATING"
        hidden = age < self.behaviour.tag_visibility
        moved = self._shown_moves(instance.instance_id, self.clock.now)
        cu = moved[-1].cu if moved else instance.cu
        return replace(instance, cluster_status=status, cu=cu, tags={} if hidden else instance.tags)

    def _shown_moves(self, instance_id: str, at: datetime) -> list[Move]:
        """The moves of an instance's CU that a list of that moment shows."""
        hidden = timedelta(seconds=self.behaviour.visibility)
        return [
            each
            for each in self.books.moves
            if each.instance_id == instance_id and each.at + hidden <= at
        ]

    def _refusal(self, purchase: PaidCall) -> CloudFailure | None:
        target, scope = purchase.target, self.behaviour.unique_names
        growth = purchase.block if isinstance(purchase.block, Growth) else None
        if growth is not None and growth.instance_id not in self.books.instances:
            return failures.NotFound("foasconsole.ModifyInstanceSpec", "903021")
        for each in () if growth is not None else self.books.instances.values():
            taken = each.name == target.workspace_name and (
                scope == "account" or each.region == target.region
            )
            if taken and scope != "off":
                return failures.NameTaken(BUY, "InstanceNameAlreadyExists")
        if self.books.unpaid:
            return failures.UnpaidOrder(BUY, "ORDER.INST_HAS_UNPAID_ORDER")
        return (
            None
            if self.behaviour.balance_enough
            else failures.BalanceTooLow(BUY, "InsufficientBalance")
        )

    def _book(self, purchase: PaidCall, at: datetime) -> Booking | Move:
        wanted, target = purchase.block, purchase.target
        if isinstance(wanted, Growth):  # whatever the number is by now
            return self._move(wanted.instance_id, wanted.to_cu, at, purchase)
        assert isinstance(wanted, WorkspaceParameters)
        instance = SeenInstance(
            f"{self.books.prefix}f-{len(self.books.bookings) + 1}",
            target.workspace_name,
            target.region,
            "CREATING",
            order_state="NORMAL",
            charge_type=wanted.charge_type,
            cu=wanted.resources.cu if wanted.resources else None,
            create_time=at.replace(microsecond=0),
            vpc_id=wanted.network.vpc_id,
            v_switch_ids=wanted.network.v_switch_ids,
            bucket=wanted.storage.oss.bucket,
            tags={**{tag.key: tag.value for tag in wanted.tags}, **purchase.ownership}
            if self.behaviour.tagged
            else {},
        )
        return self._sell(instance, purchase.ownership.get(ORDER_TAG))

    def _move(self, instance_id: str, cu: int, at: datetime, call: PaidCall | None) -> Move:
        token = None if call is None else call.ownership[ORDER_TAG]
        announced = token is not None and self.was_announced(token)
        start = len(self._shown_moves(instance_id, at if call is None else call.signed_at))
        move = Move(
            instance_id, f"move-{len(self.books.moves) + 1}", cu, token, at, announced, start
        )
        self.books.moves += (move,)
        self.books.note("moved", move)
        return move

    def _sell(self, instance: SeenInstance, token: str | None) -> Booking:
        order_id = f"{2000 + len(self.books.bookings)}"
        at = instance.create_time or self.clock.now
        announced = token is not None and self.was_announced(token)
        booking = Booking(
            instance.instance_id, order_id, instance.name, instance.region, token, at, announced
        )
        self.books.bookings += (booking,)
        self.books.instances[instance.instance_id] = instance
        self.books.note("sold", booking)
        return booking
