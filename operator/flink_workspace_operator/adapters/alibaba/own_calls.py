"""The evidence in the operator's own calls: which RAM actions it may do, and how its clock is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flink_workspace_operator.adapters.alibaba.errors import RAM_ACTIONS
from flink_workspace_operator.api.operator_report import ActionVerdict
from flink_workspace_operator.core.facts.failures import CloudFailure, PermissionMissing
from flink_workspace_operator.core.operator_report import ActionEvidence


@dataclass
class OwnCalls:
    """An observer of calls. The latest call of each action counts; a call that neither worked nor
    was denied says nothing about a right."""

    clock: Callable[[], datetime]
    ahead: float | None = None
    """Seconds that this node's clock is ahead of the cloud's, by the last dated answer."""
    _actions: dict[str, ActionEvidence] = field(default_factory=dict)

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        del seconds
        if ahead is not None:
            self.ahead = ahead
        if failure is None:
            self._note(RAM_ACTIONS.get(call), "Proven")
        elif isinstance(failure, PermissionMissing):
            self._note(RAM_ACTIONS.get(call), "Denied")

    def _note(self, action: str | None, verdict: ActionVerdict) -> None:
        if action is not None and self._evidence(action).verdict != verdict:
            self._actions[action] = ActionEvidence(action, verdict, self.clock())

    def _evidence(self, action: str) -> ActionEvidence:
        return self._actions.get(action, ActionEvidence(action, "NotTried", None))

    @property
    def actions(self) -> tuple[ActionEvidence, ...]:
        """Each action that the operator may need."""
        return tuple(self._evidence(action) for action in sorted(set(RAM_ACTIONS.values())))
