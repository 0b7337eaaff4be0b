"""What hands do to orders and claims, and what backups bring back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from flink_workspace_operator.api.order_states import MOVES, OrderState
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.simulation.server import Stored
from tests.simulation.stateful.base import WorldMachine, keys, nth, then
from tests.simulation.stateful.manual_edits import (
    Backup,
    delete_order,
    edit_order,
    lose_everything,
    restore,
    take_backup,
)

OF_PEOPLE = ("AwaitingApproval", "Declined")
"""States about a decision: the races of approvals have them. Without them the seeds of the proof
draw what they drew before."""
states = st.sampled_from(
    sorted({state for targets in MOVES.values() for state in targets} - set(OF_PEOPLE))
)


class LedgerRules(WorldMachine):
    """Orders and claims are deleted and edited, clusters are lost and restored."""

    def __init__(self) -> None:
        super().__init__()
        self.backup: Backup | None = None
        self.snapshot: Stored | None = None

    @precondition(WorldMachine.has_orders)
    @rule(which=nth, force=st.booleans(), passes=then)
    def delete_order(self, which: int, force: bool, passes: int) -> None:
        """An order is deleted; by force: in spite of its finalizer."""
        if (order := self.order(which)) is not None:
            delete_order(self.world.server, order, force)
        self.drive(passes)

    @precondition(WorldMachine.has_orders)
    @rule(which=nth, state=states, passes=then)
    def edit_order(self, which: int, state: OrderState, passes: int) -> None:
        """An order is moved by hand, as far as the API server lets it."""
        order = self.order(which)
        try:
            if order is not None and edit_order(self.world, order, state):
                self.happened[f"order moved by hand {order.state} {state}"] += 1
        except ClusterRefused:
            self.happened["edit of an order refused"] += 1
        self.drive(passes)

    @precondition(lambda self: self.world.server.stored.leases)
    @rule(which=nth, holder=st.one_of(st.none(), keys, st.just(Key("nobody", "w"))), passes=then)
    def edit_claim(self, which: int, holder: Key | None, passes: int) -> None:
        """A claim is given to somebody else, or made nonsense of."""
        leases = list(self.world.server.stored.leases.values())
        lease = leases[which % len(leases)]
        self.world.server.delete_lease(lease.name, lease.version, "user")
        self.world.server.write_lease(lease.target, (holder, lease.uid), None, "user")
        self.drive(passes)

    @precondition(lambda self: self.world.server.stored.leases)
    @rule(which=nth, passes=then)
    def delete_claim(self, which: int, passes: int) -> None:
        """A claim is deleted by hand."""
        leases = list(self.world.server.stored.leases.values())
        lease = leases[which % len(leases)]
        self.world.server.delete_lease(lease.name, lease.version, "user")
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(passes=then)
    def back_up(self, passes: int) -> None:
        """All that is stored is written down."""
        self.backup, self.snapshot = take_backup(self.world), self.world.server.stored.copy()
        self.drive(passes)

    @precondition(lambda self: self.snapshot is not None)
    @rule(passes=then)
    def roll_back(self, passes: int) -> None:
        """The store is what it was at the backup, and gives its versions out again; the processes
        live."""
        assert self.snapshot is not None
        self.judge.unclaimed.update(
            lease.target.workspace_name for lease in self.world.server.stored.leases.values()
        )
        self.world.server.roll_back(self.snapshot)
        for task in self.world.tasks.values():
            task.wake()
        self.happened["roll-backs"] += 1
        self.drive(passes)

    @precondition(lambda self: self.backup is not None)
    @rule(
        lost=st.booleans(),
        orders=st.booleans(),
        status=st.booleans(),
        leases=st.booleans(),
        passes=then,
    )
    def restore(self, lost: bool, orders: bool, status: bool, leases: bool, passes: int) -> None:
        """The backup is played back, over what there is or after the loss of everything."""
        if lost:
            self.judge.unclaimed.update(
                lease.target.workspace_name for lease in self.world.server.stored.leases.values()
            )
            lose_everything(self.world)
        if self.backup is not None:
            restore(self.world, self.backup, orders=orders, status=status, leases=leases)
            self.happened["restores"] += 1
            self.judge.restored = True
        self.drive(passes)
