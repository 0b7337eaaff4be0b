"""What people do to resources."""

from contextlib import suppress
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from flink_workspace_operator.api.names import (
    ABANDON_ORDER,
    RECONCILE_REQUESTED_AT,
    REPLACE_LOST,
    SUSPEND,
)
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import SUBSCRIPTION, pay_as_you_go
from tests.simulation.server import key_of
from tests.simulation.stateful.base import WorldMachine, keys, names, nth, then
from tests.simulation.stateful.manual_edits import replace_by_kubectl

EDITS: Final[tuple[dict[str, Any], ...]] = (
    {"tags": [{"key": "team", "value": "data"}]},
    {"monitoring": "CloudMonitor"},
    {"network": {"vpcId": "vpc-1", "vSwitchIds": ["vsw-i-1"]}},
    SUBSCRIPTION,
    {"ramRole": {"management": "Require"}},
)
edits = st.sampled_from(EDITS)


class PeopleRules(WorldMachine):
    """Applied, edited, suspended, deleted, and taken away by force."""

    @rule(key=keys, name=names, passes=then)
    def apply(self, key: Key, name: str, passes: int) -> None:
        """A resource is applied, or applied again."""
        there = self.world.workspace(key)
        wanted = name if there is None else there.workspace_name
        with suppress(ClusterRefused):  # it was bought as it was edited in between
            self.world.apply(pay_as_you_go(key.name, workspaceName=wanted), key.namespace)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, edit=edits, passes=then)
    def edit(self, which: int, edit: dict[str, Any], passes: int) -> None:
        """The spec is edited, as far as the API server lets it."""
        self._try_to_edit(which, edit)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, suspend=st.booleans(), passes=then)
    def suspend(self, which: int, suspend: bool, passes: int) -> None:
        """Suspended, or no longer."""
        self._try_to_edit(which, {"suspend": suspend})
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, value=st.sampled_from(("true", "True", "", "false", None)), passes=then)
    def suspend_by_annotation(self, which: int, value: str | None, passes: int) -> None:
        """Suspended by the annotation, however it is spelled, or no longer."""
        self._annotate(which, SUSPEND, value)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def request(self, which: int, passes: int) -> None:
        """A person asks for another try."""
        self._annotate(which, RECONCILE_REQUESTED_AT, self.world.clock.now.isoformat())
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def delete(self, which: int, passes: int) -> None:
        """Deleted, without waiting for it."""
        if (found := self.resource(which)) is not None:
            self.world.user.delete(key_of(found))
        self.drive(passes)

    @precondition(WorldMachine.has_orders)
    @rule(which=nth, passes=then)
    def abandon(self, which: int, passes: int) -> None:
        """A resource may go although its order is open."""
        order = self.order(which)
        key = order and Key(order.metadata.namespace, order.spec.workspace_ref.name)
        if order and key in self.world.server.stored.workspaces:
            self.world.user.annotate(key, ABANDON_ORDER, order.metadata.name)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def strip_finalizer(self, which: int, passes: int) -> None:
        """Our finalizer is taken off by hand."""
        if (found := self.resource(which)) is not None:
            self.world.user.strip_finalizer(key_of(found))
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def replace(self, which: int, passes: int) -> None:
        """`kubectl replace`: annotations and finalizers are gone."""
        if (found := self.resource(which)) is not None:
            replace_by_kubectl(self.world.server, found)
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, between=then, passes=then)
    def replace_by_force(self, which: int, between: int, passes: int) -> None:
        """Deleted, taken off its finalizer, and created anew some time later: another uid, no
        status."""
        if (found := self.resource(which)) is not None:
            self.world.user.delete_by_force(key_of(found))
            self.drive(between)
            if key_of(found) not in self.world.server.stored.workspaces:
                self.world.server.create_workspace(key_of(found), found.spec, "user")
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def wipe_status(self, which: int, passes: int) -> None:
        """What the resource says is known is thrown away."""
        if (found := self.resource(which)) is not None:
            self.world.user.wipe_status(key_of(found))
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, key=keys, passes=then)
    def copy(self, which: int, key: Key, passes: int) -> None:
        """The same workspace, wanted by another resource too."""
        found = self.resource(which)
        if found is not None and key not in self.world.server.stored.workspaces:
            spec = found.spec.model_copy(update={"workspace_name": found.workspace_name})
            self.world.server.create_workspace(
                key, spec, "user", annotations=found.metadata.annotations
            )
        self.drive(passes)

    @precondition(WorldMachine.has_resources)
    @rule(which=nth, passes=then)
    def replace_lost(self, which: int, passes: int) -> None:
        """A person agrees, by its id, that another is bought in the place of what is bound."""
        found = self.resource(which)
        if found is not None and found.status.instance is not None:
            self._annotate(which, REPLACE_LOST, found.status.instance.instance_id)
        self.drive(passes)

    def _annotate(self, which: int, name: str, value: str | None) -> None:
        if (found := self.resource(which)) is not None:
            self.world.user.annotate(key_of(found), name, value)

    def _try_to_edit(self, which: int, edit: dict[str, Any]) -> None:
        found = self.resource(which)
        try:
            if found is not None:
                self.world.user.edit(key_of(found), **edit)
        except ClusterRefused:
            self.happened["edit refused"] += 1
