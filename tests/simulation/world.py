"""A whole simulated world: an API server, an account, processes that run the real passes, and a
person.

    world = SimulatedWorld() key = world.apply(pay_as_you_go("w")) world.arm(Fault("cloud.place",
    "after"))     # booked, and the answer lost world.settle(key)
    # pass after pass until Ready; time is moved, not waited for assert [order.state for order in
    world.orders(key)] == ["Fulfilled"] assert len(world.account.books.bookings) == 1

    world.user.delete(key)                                 # everything a person can do: `user.py`
    world.restart("a")                                     # kill -9 and a fresh process
    world.rest()                                           # until nobody has anything to do

Two processes without election: `SimulatedWorld(processes=("a", "b"))`. How the cloud behaves:
`Behaviour`. What must always hold is checked after every pass and every write (`invariants.py`).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.simulation.account import Account, Behaviour, Booking
from tests.simulation.clock import Clock
from tests.simulation.faults import Fault
from tests.simulation.invariants import check_at_rest, check_change, check_moves, check_purchases
from tests.simulation.server import ApiServer, Change, Lease
from tests.simulation.task import Surroundings, Task
from tests.simulation.user import User

NAMESPACE: Final = "team"
OTHER_ACCOUNT: Final = "3000000000000003"
A_LOOK: Final = timedelta(seconds=30)
PATIENCE: Final = 2000
"""Passes after which a run counts as stuck: several times as many as the longest way to an end
takes."""

SETTINGS: Final = Settings(**ALLOWED)
BRIEF: Final = Settings(
    **ALLOWED,
    short_windows=True,
    signature_validity_seconds=20,
    longest_commit_seconds=10,
    longest_visibility_seconds=15,
    nonce_memory_seconds=40,
    purchase_timeout_seconds=5,
    refusal_backoff_seconds=10,
)
"""Windows of seconds, for runs that are made by the thousand."""


class Stuck(AssertionError):
    """The world did not come to where it should."""


class SimulatedWorld:
    """See above. `leads` says of a process whether it leads."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        processes: tuple[str, ...] = ("a",),
        settings: Settings | None = None,
        leads: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.clock = Clock()
        self.server = ApiServer(self.clock)
        self.account = Account(self.clock, behaviour)
        self.elsewhere = Account(self.clock, behaviour, account_id=OTHER_ACCOUNT)
        """Another account, for keys of Secrets."""
        self.elsewhere.books.prefix = "e-"
        self.account.others = (self.elsewhere,)
        for each in self.accounts:
            each.was_announced = lambda token: token in self.server.stored.announced
        self.around = Surroundings(self.server, self.account, settings or SETTINGS)
        self.user = User(self.server)
        self.processes, self.leads = processes, leads
        self.tasks: dict[tuple[str, Key], Task] = {}
        chosen = self.around.settings
        self.calm = (
            max(chosen.settle_window, timedelta(seconds=3 * chosen.refusal_backoff_seconds))
            + A_LOOK
        )
        """Without any change for so long, none comes by itself: an open outcome or a wait would be
        over."""
        self.allowed = 1
        """How many purchases of one name are meant; more only after what a person did on
        purpose."""
        self.history: list[tuple[Key, FlinkWorkspaceStatus]] = []
        """Every status that was written, in order."""
        self.server.watchers += [
            self._wake,
            self._remember,
            lambda change: check_change(self.server, change),
        ]

    def apply(self, manifest: dict[str, Any], namespace: str = NAMESPACE) -> Key:
        """Apply a manifest as a user does."""
        return self.user.apply(namespace, manifest)

    def arm(self, *faults: Fault) -> None:
        """Let calls go wrong from here on, in place of what was armed before."""
        self.account.books.faults.arm(*(each for each in faults if each.call.startswith("cloud.")))
        self.server.stored.faults.arm(
            *(each for each in faults if each.call.startswith("cluster."))
        )

    def restart(self, process: str) -> None:
        """Kill a process and start it anew: it lists everything, and remembers nothing."""
        for task in self.tasks_of(process):
            task.crash()

    def workspace(self, key: Key) -> FlinkWorkspace | None:
        """The resource as it is."""
        return self.server.stored.workspaces.get(key)

    def orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """The ledger as it is."""
        return self.server.orders_of(key)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The operator's own account, and the others."""
        return (self.account, *self.account.others)

    @property
    def purchases(self) -> tuple[Booking, ...]:
        """What was bought by our doing."""
        return tuple(each for each in self.account.all_bookings if each.token is not None)

    def condition(self, key: Key, type_: str = "Ready") -> Condition | None:
        """A condition of the resource; None if it is not told."""
        workspace = self.workspace(key)
        return None if workspace is None else condition_of(workspace.status, type_)

    def is_ready(self, key: Key) -> bool:
        """Whether Ready is True."""
        ready = self.condition(key)
        return ready is not None and ready.status == "True"

    def tasks_of(self, process: str) -> list[Task]:
        """All tasks of a process."""
        return [task for task in self.tasks.values() if task.name == process]

    def run_pass(self, task: Task) -> None:
        """One whole pass, at the moment when it is due."""
        self.begin(task)
        task.run()
        self.check()

    def begin(self, task: Task) -> None:
        """Begin a pass, at the moment when it is due."""
        if task.progress.due is not None:
            self.clock.now = max(self.clock.now, task.progress.due)
        task.begin()

    def check(self) -> None:
        """What must hold at every moment."""
        check_purchases(self.account, self.allowed)
        check_moves(self.account, self.allowed)

    def check_rest(self) -> None:
        """What must hold when nothing is open any more."""
        check_at_rest(self.server, self.account)

    def next_task(self) -> Task | None:
        """The task whose pass is due first."""
        due = [task for task in self.tasks.values() if task.progress.due is not None]
        return min(due, key=lambda task: task.progress.due or self.clock.now, default=None)

    def run_until(self, reached: Callable[[], bool], what: str = "the goal") -> None:
        """Pass after pass, each when it is due, until `reached`."""
        for _ in range(PATIENCE):
            if reached():
                return
            task = self.next_task()
            if task is None:
                break
            self.run_pass(task)
        if not reached():
            raise Stuck(f"{what} is not reached: {self.told()}")

    def settle(self, key: Key) -> None:
        """Until Ready."""
        self.run_until(lambda: self.is_ready(key), f"{key} Ready")

    def rest(self) -> None:
        """Until nobody has anything to do; the ledger must agree with the cloud then."""
        self.run_until(lambda: self.at_rest, "rest")
        self.check_rest()

    def wait(self, seconds: float) -> None:
        """Let the passes of so much time happen."""
        end = self.clock.now + timedelta(seconds=seconds)
        while (task := self.next_task()) is not None and (task.progress.due or end) < end:
            self.run_pass(task)
        self.clock.now = max(self.clock.now, end)

    @property
    def at_rest(self) -> bool:
        """Whether every outcome is known, every process has seen how it is, and nothing is to come
        by itself.

        Of passes that stand still in the middle nothing is expected: the others have no more to do
        without them."""
        stored, version, since = self.server.stored, self.around.version, self.clock.now - self.calm
        idle = [task for task in self.tasks.values() if not task.running]
        if any(each.books.late for each in self.accounts) or not all(
            task.progress.is_quiet(version, since) for task in idle
        ):
            return False
        return len(idle) < len(self.tasks) or (
            all(
                order.settled or order.state in ("Quoted", "AwaitingApproval")
                for order in stored.orders.values()
            )
            and all(_rests(workspace) for workspace in stored.workspaces.values())
        )

    def told(self) -> str:
        """The world in a few lines, for whoever has to find out what went wrong."""
        lines = [f"at {self.clock.now:%H:%M:%S}"]
        for key, workspace in self.server.stored.workspaces.items():
            told = workspace.status.conditions[:4]
            lines += [
                f"{key} {each.type}={each.status} {each.reason}: {each.message}" for each in told
            ]
        for at, order in self.server.stored.orders.items():
            lines.append(f"order {at} {order.state}: {order.status.message}")
        return "\n".join([*lines, *(str(booking) for booking in self.account.all_bookings)])

    def _wake(self, change: Change) -> None:
        """As watches do: whoever did not write it himself, and all who may want a claim that was
        given back."""
        key, everybody = change.key, isinstance(change.before or change.after, Lease)
        if isinstance(order := change.before or change.after, FlinkWorkspaceOrder):
            key = Key(key.namespace, order.spec.workspace_ref.name)
        for process in self.processes:
            if not everybody and (process, key) not in self.tasks:
                self.tasks[process, key] = Task(
                    process, key, self.around, partial(self.leads, process)
                )
        for task in self.tasks.values():
            concerned = task.key == key or (everybody and change.after is None)
            if concerned and (task.name != change.writer or change.after is None):
                task.wake()

    def _remember(self, change: Change) -> None:
        after, before = change.after, change.before
        if (
            isinstance(after, FlinkWorkspace)
            and isinstance(before, FlinkWorkspace)
            and after.status != before.status
        ):
            self.history.append((change.key, after.status))


def condition_of(status: FlinkWorkspaceStatus, type_: str) -> Condition | None:
    """A condition by its type."""
    return next((each for each in status.conditions if each.type == type_), None)


def _rests(workspace: FlinkWorkspace) -> bool:
    """Whether the resource is ready, or waits for a person."""
    true = {
        condition.type for condition in workspace.status.conditions if condition.status == "True"
    }
    return "Reconciling" not in true and bool(true & {"Ready", "Stalled", "Suspended"})
