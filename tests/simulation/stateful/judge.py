"""What must hold at every moment of a run, whatever was done before."""

from collections import Counter

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key
from tests.simulation.account import Booking
from tests.simulation.invariants import Broken
from tests.simulation.server import Change, Lease
from tests.simulation.user import USER
from tests.simulation.world import SimulatedWorld

CONDITIONS = 12
BINDING = ("Placed", "Fulfilled")


def owner_of(order: FlinkWorkspaceOrder) -> Key:
    """The resource that an order is for."""
    return Key(order.metadata.namespace, order.spec.workspace_ref.name)


class Judge:
    """Looks at each purchase when it is booked, and at each status when it is written."""

    def __init__(self, world: SimulatedWorld, happened: Counter[str]) -> None:
        self.world, self.happened = world, happened
        self.known: dict[str, int] = {}
        """How many bookings were looked at, by account."""
        self.touched: set[str] = set()
        """Instances whose tags a hand changed: what they say proves nothing."""
        self.restored = False
        """Whether a backup was played back."""
        self.unclaimed: set[str] = set()
        """Names whose claims a hand took away or changed."""
        world.server.watchers.append(self._read)

    def look(self) -> None:
        """Judge what was booked since the last look."""
        account = self.world.account
        bookings, known = account.books.bookings, self.known.get(account.id, 0)
        for number in range(known, len(bookings)):
            if bookings[number].token is not None:
                self._judge(bookings[number], bookings[:number])
        self.known[account.id] = len(bookings)

    def _judge(self, booking: Booking, earlier: tuple[Booking, ...]) -> None:
        self.happened["purchases"] += 1
        if not booking.announced:
            raise Broken(f"bought without an announced order: {booking}")
        for other in earlier:
            if other.token is None or (other.region, other.name) != (booking.region, booking.name):
                continue
            self.happened["second purchase of a name"] += 1
            if other.instance_id in self.world.account.books.instances:
                raise Broken(f"bought twice: {other} and {booking} {self.world.told()}")
            if self._is_remembered(other.instance_id, booking):
                raise Broken(
                    f"{other.instance_id} is gone and not given up, and was replaced: {booking} {self.world.told()}"
                )

    def _is_remembered(self, instance_id: str, by: Booking) -> bool:
        """Whether the buyer knows of what is gone: then a person must say that it is lost."""
        stored, buyers = self.world.server.stored, self._buyers(by)
        told = ((key, workspace.status.instance) for key, workspace in stored.workspaces.items())
        known = {
            key
            for key, instance in told
            if instance is not None and instance.instance_id == instance_id
        }
        for order in stored.orders.values():
            if order.status.instance_id == instance_id and order.state in BINDING:
                known.add(owner_of(order))
        return bool(known & buyers)

    def _judge_claim(self, lease: Lease) -> None:
        """Nobody takes the claim of a name that another resource is bound to, be that lost or not.

        Accepted: that is known by the claim alone, so a hand that takes a claim away frees the
        name. A hand that writes another resource's marks on an instance gives it to that one."""
        target = lease.target
        for key, workspace in self.world.server.stored.workspaces.items():
            named = (workspace.spec.region, workspace.workspace_name) == (
                target.region,
                target.workspace_name,
            )
            told = workspace.status.instance
            is_moved = told is not None and told.instance_id in self.touched
            bound = (
                told is not None
                and not is_moved
                and workspace.status.account_id == target.account_id
            )
            if (
                key != lease.holder
                and named
                and bound
                and target.workspace_name not in self.unclaimed
            ):
                raise Broken(f"{lease.holder} claims what {key} is bound to: {self.world.told()}")

    def _buyers(self, booking: Booking) -> set[Key]:
        """Whose order it was, as far as it still exists."""
        orders = self.world.server.stored.orders.values()
        return {owner_of(order) for order in orders if order.spec.token == booking.token}

    def _read(self, change: Change) -> None:
        after = change.after
        if change.writer == USER and isinstance(change.before, Lease):
            self.unclaimed.add(change.before.target.workspace_name)
        if change.writer == USER or after is None:
            return
        if isinstance(after, Lease):
            self._judge_claim(after)
        if isinstance(after, FlinkWorkspaceOrder):
            self.happened[f"order {after.state}"] += 1
        if isinstance(after, FlinkWorkspace) and after.status.conditions:
            self._judge_status(after)

    def _judge_status(self, workspace: FlinkWorkspace) -> None:
        """The shape of what is told, and that it does not contradict itself."""
        told = {condition.type: condition for condition in workspace.status.conditions}
        if len(told) != len(workspace.status.conditions) or len(told) != CONDITIONS:
            raise Broken(f"conditions are not complete: {sorted(told)}")
        for condition in told.values():
            self._judge_condition(workspace, condition)
        if told["Stalled"].status == told["Reconciling"].status == "True":
            raise Broken(f"stalled and reconciling: {told['Stalled']} {told['Reconciling']}")
        if told["Ready"].status == "True" and self.restored:
            self.happened["bound after a restore"] += 1
        for type_ in ("Stalled", "Suspended", "Ready"):
            if told[type_].status == "True" or type_ == "Ready":
                self.happened[f"{type_} {told[type_].reason}"] += 1

    def _judge_condition(self, workspace: FlinkWorkspace, condition: Condition) -> None:
        if condition.observed_generation != workspace.status.observed_generation:
            raise Broken(f"of another generation than the status: {condition}")
        if condition.observed_generation > workspace.metadata.generation:
            raise Broken(f"of a generation that is yet to come: {condition}")
        if "\n" in condition.message or not condition.message:
            raise Broken(f"not one line: {condition}")
