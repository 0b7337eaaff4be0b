"""The steps of a plan, one by one, on a simulated API server and cloud: what counts as done, and
what ends a pass."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flink_workspace_operator.api.names import CLUSTER_TAG, secret_finalizer
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.checks.approval import NOT_NEEDED
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    PermissionMissing,
    Throttled,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.key_failures import SecretRefused
from flink_workspace_operator.core.facts.observed import Absent, Policy, Unknown
from flink_workspace_operator.core.facts.secret import AccessKey
from flink_workspace_operator.core.orders import unsent
from flink_workspace_operator.core.orders.audit import AUDIT
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.orders.unsent import Terms
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    AdoptInstance,
    AttachPolicy,
    CreateDirectory,
    CreateRole,
    HoldSecret,
    MoveOrder,
    PlaceOrder,
    Plan,
    ReleaseSecret,
    RemoveFinalizer,
    RestoreTags,
    Step,
)
from flink_workspace_operator.execution import Execution
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.outcome import Done
from tests.builders import (
    COPY_WINDOW,
    KEY,
    NOW,
    OWNER,
    REGION,
    SETTINGS,
    TARGET,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_order,
    minutes,
    seen,
)
from tests.simulation.account import Account
from tests.simulation.clock import Clock
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.faults import Fault
from tests.simulation.gate import Gate
from tests.simulation.server import ApiServer

BUY, TAG = "cloud.place", "cloud.tag_instance"
SECRET_AT = Key(KEY.namespace, "mine")
REFUSED = Throttled("foasconsole.CreateInstance", "Throttling", fate="CopyRefused")
NEVER_SENT = Unreachable("foasconsole.CreateInstance", "NoConnection", fate="NothingSent")
POLICY = Policy("AliyunFlinkPolicy")
TAGS = ((CLUSTER_TAG, OWNER.cluster_id),)


class Executing:
    """One pass that has read everything, and is about to write."""

    def __init__(self, listed_at: datetime | None = NOW, now: datetime = NOW) -> None:
        self.clock = Clock()
        self.clock.now = now
        self.server, self.account, self.gate = ApiServer(self.clock), Account(self.clock), Gate()
        self.listing = Unknown() if listed_at is None else a_listing(at=listed_at)

    def execute(
        self,
        *steps: Step,
        orders: tuple[FlinkWorkspaceOrder, ...] = (),
        takes: float = 0,
        workspace: FlinkWorkspace | None = None,
    ) -> Done:
        """Carry out a plan of these steps; the clock shows so many seconds more by its end."""
        for order in orders:
            self.server.stored.orders[Key(KEY.namespace, order.metadata.name)] = order
        read = seen(
            workspace or a_workspace(), *orders, cloud=a_cloud(self.listing), now=self.clock.now
        )
        self.clock.advance(takes)
        cloud, cluster = (
            SimulatedCloud(self.account, self.gate),
            SimulatedCluster(self.server, self.gate),
        )
        execution = Execution(read, cloud, cluster, Memory(), SETTINGS, lambda: self.clock.now)
        running = execution.execute(Plan(steps))
        while True:
            try:
                running.send(None)
            except StopIteration as end:
                done: Done = end.value
                return done

    def buy(self, order: FlinkWorkspaceOrder, failure: CloudFailure, takes: float = 0) -> Done:
        """Send the order's call, which is answered by this."""
        self.account.books.faults.arm(Fault(BUY, "before", failure))
        status = order.status
        call = PaidCall(
            TARGET,
            order.spec.block,
            OWNER.tags(order.spec.token),
            status.intent_time or NOW,
            status.nonce or "",
        )
        return self.execute(PlaceOrder(order, call), orders=(order,), takes=takes)


class TestCloud:
    """Changes of what is there already."""

    def test_a_change_counts_for_the_pass_that_made_it(self) -> None:
        """Another resource may have been faster: then nothing is reported of it."""
        executing = Executing()
        executing.account.books.role, executing.account.books.directories = Absent(), frozenset()
        steps = (
            CreateRole("role", "service"),
            AttachPolicy("role", POLICY),
            CreateDirectory(REGION, "b", "logs/"),
        )
        assert executing.execute(*steps).made == steps
        assert executing.execute(*steps).made == ()

    def test_an_adoption_counts(self) -> None:
        """The tags stand on the instance."""
        executing = Executing()
        adopts = AdoptInstance(REGION, executing.account.buy_by_hand("demo"), TAGS)
        assert executing.execute(adopts).made == (adopts,)

    def test_tags_that_can_not_be_put_back_stop_nothing(self) -> None:
        """The ledger proves the ownership as well; nothing is reported as done."""
        executing = Executing()
        restores = RestoreTags(REGION, executing.account.buy_by_hand("demo"), TAGS)
        refused = PermissionMissing("foasconsole.TagResources", "NoPermission")
        executing.account.books.faults.arm(Fault(TAG, "before", refused))
        assert (executing.execute(restores).made, executing.execute(restores).made) == (
            (),
            (restores,),
        )


class TestRights:
    """The cloud forbids a step."""

    def test_all_prerequisites_are_tried_so_that_a_person_grants_all_at_once(self) -> None:
        """What may be done is done; nothing that spends money follows."""
        executing, order = Executing(), an_order()
        executing.account.books.role, executing.account.books.directories = Absent(), frozenset()
        executing.account.books.faults.arm(forbidden("create_role"), forbidden("create_directory"))
        makes_role, makes_directory = (
            CreateRole("role", "service"),
            CreateDirectory(REGION, "b", "logs/"),
        )
        moves = MoveOrder(order, unsent.canceled(order, NOW))
        done = executing.execute(
            makes_role, makes_directory, CreateDirectory(REGION, "b", "x/"), moves, orders=(order,)
        )
        assert isinstance(done.failure, PermissionMissing)
        assert done.failure.action == "create_role, create_directory"
        assert done.made == (CreateDirectory(REGION, "b", "x/"),)
        assert [each.state for each in done.orders] == ["Quoted"]

    def test_after_any_other_failure_nothing_is_tried(self) -> None:
        """It may be one of all calls, as of a connection that is down."""
        executing = Executing()
        executing.account.books.role, executing.account.books.directories = Absent(), frozenset()
        down = Unreachable("ram.CreateRole", "ConnectFailed")
        executing.account.books.faults.arm(Fault("cloud.create_role", "before", down))
        done = executing.execute(
            CreateRole("role", "service"), CreateDirectory(REGION, "b", "logs/")
        )
        assert (done.failure, done.made) == (down, ())


def forbidden(method: str) -> Fault:
    return Fault(
        f"cloud.{method}", "before", PermissionMissing(f"x.{method}", "NoPermission", action=method)
    )


class TestFinalizer:
    """It is the first write of a pass, and the report is the last."""

    def test_the_report_is_of_the_version_that_the_finalizer_left(self) -> None:
        """Of the version that was read, the API server would refuse it."""
        executing, order = Executing(), an_order()
        free = a_workspace(finalizers=())
        executing.server.stored.workspaces[KEY] = free
        moves = MoveOrder(order, unsent.canceled(order, NOW))
        done = executing.execute(AddFinalizer(), moves, orders=(order,), workspace=free)
        assert done.failure is None
        assert done.version == executing.server.stored.workspaces[KEY].metadata.resource_version
        assert executing.execute(moves, orders=(order,)).version is None


class TestSecret:
    """The Secret that an order is signed with."""

    def test_it_is_held_and_released(self) -> None:
        """By a finalizer of ours; nothing is said about it."""
        executing = Executing()
        executing.server.write_secret(SECRET_AT, AccessKey("id", "canary"))
        secrets = executing.server.stored.secrets
        assert executing.execute(HoldSecret(secrets[SECRET_AT])).failure is None
        assert secrets[SECRET_AT].finalizers == (secret_finalizer(KEY.name),)
        assert executing.execute(ReleaseSecret(secrets[SECRET_AT])).failure is None
        assert secrets[SECRET_AT].finalizers == ()

    def test_one_that_can_not_be_held_ends_the_pass(self) -> None:
        """Before the order whose call it would sign."""
        executing, order = Executing(), an_order()
        executing.server.write_secret(SECRET_AT, AccessKey("id", "canary"))
        secrets = executing.server.stored.secrets
        secrets[SECRET_AT] = replace(secrets[SECRET_AT], deleting=True)
        moves = MoveOrder(order, unsent.canceled(order, NOW))
        done = executing.execute(HoldSecret(secrets[SECRET_AT]), moves, orders=(order,))
        assert isinstance(done.failure, SecretRefused)
        assert [each.state for each in done.orders] == ["Quoted"]


class TestDeletion:
    """The resource goes, and what was bought stays."""

    @pytest.mark.parametrize("stays", ["", "sc_1 stays in the cloud"])
    def test_what_stays_is_a_line_of_the_log(
        self, stays: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """And an event; a resource that bought nothing goes without a word."""
        executing, held = Executing(), a_workspace(deleted=True)
        executing.server.stored.workspaces[KEY] = held
        with caplog.at_level(logging.INFO, logger="flink_workspace_operator"):
            done = executing.execute(RemoveFinalizer(stays))
        said = [each.getMessage() for each in caplog.records if each.name != AUDIT]
        assert (said, done.made) == (
            (["deleted: " + stays], (RemoveFinalizer(stays),)) if stays else ([], ())
        )


class TestLedger:
    """Moves of orders."""

    def test_what_was_written_is_what_is_reported(self) -> None:
        """Not what was read before."""
        order = an_order()
        done = Executing().execute(MoveOrder(order, unsent.canceled(order, NOW)), orders=(order,))
        assert [each.state for each in done.orders] == ["Canceled"]

    def test_the_audit_log_has_a_line_for_each_change_of_state(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """And none for a newer price."""
        order = an_order()
        with caplog.at_level(logging.INFO, logger=AUDIT):
            newer = unsent.requoted(order, 1, Terms(a_quote(amount="1300.00"), None, NOT_NEEDED))
            Executing().execute(MoveOrder(order, newer.status), orders=(order,))
            assert [each for each in caplog.records if each.name == AUDIT] == []
            Executing().execute(MoveOrder(order, unsent.canceled(order, NOW)), orders=(order,))
            assert len([each for each in caplog.records if each.name == AUDIT]) == 1


class TestCall:
    """The purchase."""

    placing = an_order("Placing", intent=NOW)

    def test_only_a_call_that_was_never_sent_ends_the_pass_as_failed(self) -> None:
        """Any other is recorded on its order, which waits by itself."""
        assert Executing().buy(self.placing, NEVER_SENT).failure is NEVER_SENT
        assert Executing().buy(self.placing, REFUSED).failure is None

    @pytest.mark.parametrize(
        ("listed_at", "intent", "now"),
        [
            (NOW, NOW - minutes(1), NOW + minutes(3)),
            (NOW - minutes(1), NOW, NOW + minutes(3)),
            (None, NOW - minutes(1), NOW),
        ],
        ids=["the list", "the announcement", "our own clock"],
    )
    def test_a_refusal_counts_from_the_latest_moment_that_is_known(
        self, listed_at: datetime | None, intent: datetime, now: datetime
    ) -> None:
        """By the cloud's clock, and ours only where no list tells it; and as long as a call may
        take."""
        done = Executing(listed_at, now).buy(an_order("Placing", intent=intent), REFUSED)
        assert done.orders[0].status.outstanding_until == NOW + SETTINGS.longest_call + COPY_WINDOW

    def test_a_process_that_stood_still_counts_from_the_end_of_the_signature(self) -> None:
        """A copy may have been accepted as late as that."""
        stood_still = SETTINGS.longest_call + timedelta(seconds=1)
        done = Executing().buy(self.placing, REFUSED, takes=stood_still.total_seconds())
        accepted = NOW + timedelta(seconds=SETTINGS.signature_validity_seconds)
        assert done.orders[0].status.outstanding_until == accepted + COPY_WINDOW
