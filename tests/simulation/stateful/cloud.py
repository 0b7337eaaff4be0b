"""How the cloud behaves, and what hands do in its console."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from flink_workspace_operator.api.names import (
    CLUSTER_TAG,
    NOT_THIS_PURCHASE,
    ORDER_TAG,
    REPLACE_LOST,
    WORKSPACE_TAG,
)
from flink_workspace_operator.core.facts import failures
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance
from tests.simulation.account import Books
from tests.simulation.faults import Fault
from tests.simulation.server import key_of
from tests.simulation.stateful.base import ELSEWHERE, HOME, WorldMachine, names, nth, then
from tests.simulation.stateful.faults import BUY
from tests.simulation.stateful.remaining_rules import settle_elsewhere

EDITED_TAGS: Final[tuple[dict[str, str | None], ...]] = (
    {ORDER_TAG: "0123456789abcdef"},
    {ORDER_TAG: None},
    {CLUSTER_TAG: "cluster-2"},
    {WORKSPACE_TAG: "team/v"},
    {WORKSPACE_TAG: "team/w", CLUSTER_TAG: "cluster-1"},
    {ORDER_TAG: None, CLUSTER_TAG: None, WORKSPACE_TAG: None},
)
"""What a hand may write over our tags; None takes one away."""
MARKS: Final[tuple[dict[str, str], ...]] = (
    {},
    {CLUSTER_TAG: "cluster-2"},
    {CLUSTER_TAG: "cluster-1", WORKSPACE_TAG: "team/w"},
)
"""What a person may write on what is bought by hand: nothing, another cluster's mark, or a copy of
ours."""
POLICIES: Final = (
    None,
    {"policy": "Never"},
    {"policy": "IfNameMatches"},
    {"policy": "ByInstanceId"},
)
waits = st.sampled_from((0, 3, 10))


class CloudRules(WorldMachine):
    """The cloud is slow, poor or another one; people buy, release and mark things in its
    console."""

    @rule(
        visibility=waits,
        tags=waits,
        commit=waits,
        provisioning=st.sampled_from((0, 60)),
        rich=st.booleans(),
    )
    def behave(
        self, visibility: int, tags: int, commit: int, provisioning: int, rich: bool
    ) -> None:
        """The cloud takes as long as the settings assume at most, and wants money."""
        now = self.world.account.behaviour
        now.visibility, now.tag_visibility, now.commit_delay = visibility, tags, commit
        now.provisioning, now.balance_enough = provisioning, rich
        self.drive(0)

    @precondition(WorldMachine.has_instances)
    @rule(seconds=st.sampled_from((0, 30, 130)), passes=then)
    def narrow(self, seconds: int, passes: int) -> None:
        """Lists are empty for a while, and successful, beside something that a resource has seen
        running."""
        running = [self.world.is_ready(key) for key in self.world.server.stored.workspaces]
        self.world.account.hide("all" if any(running) else frozenset())
        self.pass_time(seconds)
        self.drive(passes)
        self.world.account.hide(frozenset())

    @rule(passes=then)
    def change_account(self, passes: int) -> None:
        """The credentials belong to the other account from here on."""
        account = self.world.account
        (account.id, account.books), self.elsewhere = self.elsewhere, (account.id, account.books)
        account.books.note("in use")
        self.drive(passes)

    @precondition(WorldMachine.has_instances)
    @rule(which=nth, seconds=st.sampled_from((0, 0, 700)), passes=then)
    def release(self, which: int, seconds: int, passes: int) -> None:
        """A person releases an instance; perhaps long enough ago for everybody to know."""
        self.world.account.release(self._instance(which).instance_id)
        self.pass_time(seconds)
        self.drive(passes)

    @precondition(WorldMachine.has_instances)
    @rule(which=nth, tags=st.sampled_from(EDITED_TAGS), passes=then)
    def retag(self, which: int, tags: dict[str, str | None], passes: int) -> None:
        """A person edits tags."""
        instance = self._instance(which)
        self.judge.touched.add(instance.instance_id)
        self.world.account.retag(instance.instance_id, tags)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def lose_and_replace(self, which: int, passes: int) -> None:
        """What a resource is bound to is released, and once that is known a person agrees to
        another."""
        found = self.resource(which)
        told = found.status.instance if found is not None else None
        if (
            found is not None
            and told is not None
            and told.instance_id in self.world.account.books.instances
        ):
            self.world.account.release(told.instance_id)
            self.pass_time(700)
            if key_of(found) in self.world.server.stored.workspaces:
                self.world.user.annotate(key_of(found), REPLACE_LOST, told.instance_id)
        self.drive(passes)

    @rule(name=names, alike=st.booleans(), marks=st.sampled_from(MARKS), passes=then)
    def buy_by_hand(self, name: str, alike: bool, marks: dict[str, str], passes: int) -> None:
        """A person buys a workspace of a name that a resource may want."""
        said: dict[str, Any] = {} if alike else {"bucket": "bucket-2"}
        self.world.account.buy_by_hand(name, tags=marks, **said)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, policy=st.sampled_from(POLICIES), instance=nth, passes=then)
    def adopt(self, which: int, policy: dict[str, str] | None, instance: int, passes: int) -> None:
        """What may be adopted is said in the spec."""
        found = self.resource(which)
        if policy is not None and policy["policy"] == "ByInstanceId":
            known = self._instance(instance).instance_id if self.has_instances() else "f-0"
            policy = {**policy, "instanceId": known}
        try:
            if found is not None:
                self.world.user.edit(key_of(found), adoption=policy)
        except ClusterRefused:
            self.happened["edit refused"] += 1
        self.drive(passes)

    @rule(readable=st.booleans(), passes=then)
    def let_bill_be_read(self, readable: bool, passes: int) -> None:
        """The operator gets the right to read the bill, or loses it."""
        self.world.account.behaviour.bill_readable = readable
        if not readable:
            self.world.account.cancel_unpaid()
        self.drive(passes)

    @rule(passes=st.sampled_from((2, 4, 8, 16)))
    def leave_unpaid(self, passes: int) -> None:
        """The next purchase makes an order that nobody pays for the time being."""
        self.world.account.behaviour.bill_readable = True
        self.world.arm(Fault(BUY, "unpaid", failures.BalanceTooLow(BUY, "InsufficientBalance")))
        self.drive(passes)

    @rule(
        how=st.sampled_from(("paid", "cancelled", "strange", "dismissed")), which=nth, passes=then
    )
    def bill(self, how: str, which: int, passes: int) -> None:
        """Unpaid orders are paid or cancelled; another one appears, or is said to be something
        else."""
        account, found = self.world.account, self.resource(which)
        if how == "paid":
            account.pay()
        elif how == "cancelled":
            account.cancel_unpaid()
        elif how == "strange":
            account.leave_unpaid_by_hand()
        elif found is not None and account.books.unpaid:
            ids = ",".join(
                each.order_id
                for each in account.books.unpaid
                if each.order_id.startswith("by-hand")
            )
            self.world.user.annotate(key_of(found), NOT_THIS_PURCHASE, ids)
        self.drive(passes)

    @rule(what=st.sampled_from(("role", "directories")), passes=then)
    def take_prerequisite(self, what: str, passes: int) -> None:
        """What the operator made beside the workspace is taken away."""
        books = self.world.account.books
        if what == "role":
            books.role = Absent()
        else:
            books.directories = frozenset()
        books.note("taken", what)
        self.drive(passes)

    def calm_down(self) -> None:
        """There is money, and nothing is left to pay. The other account's credentials were in use
        long enough."""
        super().calm_down()
        self.world.account.behaviour.balance_enough = True
        self.world.account.cancel_unpaid()
        if self.world.account.id == HOME and self.is_used(self.elsewhere[1]):
            self.change_account(0)
        if self.world.account.id == ELSEWHERE:
            self.world.arm()
            self.world.account.cancel_unpaid()
            settle_elsewhere(self.world, self.judge)
            self.change_account(0)
            self.world.arm()
            self.world.account.cancel_unpaid()

    def is_used(self, books: Books) -> bool:
        """Whether something was done in an account."""
        return bool(books.nonces or books.instances)

    def _instance(self, number: int) -> SeenInstance:
        there = list(self.world.account.books.instances.values())
        return there[number % len(there)]
