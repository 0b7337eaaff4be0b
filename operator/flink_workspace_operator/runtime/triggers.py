"""What wakes which key: changes of workspaces, orders and claims. Echoes of our own writes wake nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.turns import Lane

Name = tuple[str, str]
"""Region and workspace name: what two resources can contend for."""


@dataclass
class Triggers:
    """Turns what watches see into keys. `is_own_write` tells of a resourceVersion whether we made it."""

    queue: WorkQueue
    is_own_write: Callable[[str], bool]
    _wanted: dict[Key, Name] = field(default_factory=dict)
    """Which name every resource wants, so that those who wait for a claim are found when it is given back."""

    def workspace_seen(self, how: str | None, wire: dict[str, Any]) -> None:
        """A FlinkWorkspace was listed (`how` None), or is ADDED, MODIFIED or DELETED."""
        metadata, spec = wire["metadata"], wire.get("spec", {})
        key = Key(metadata["namespace"], metadata["name"])
        if how == "DELETED":
            self._wanted.pop(key, None)
        else:
            self._wanted[key] = (spec.get("region", ""), spec.get("workspaceName") or key.name)
        self._wake(key, how, metadata["resourceVersion"])

    def order_seen(self, how: str | None, wire: dict[str, Any]) -> None:
        """A FlinkWorkspaceOrder was listed or changed: it wakes the key that it was opened for."""
        metadata = wire["metadata"]
        key = Key(metadata["namespace"], wire["spec"]["workspaceRef"]["name"])
        self._wake(key, how, metadata["resourceVersion"])

    def workspace_gone(self, key: Key) -> None:
        """A FlinkWorkspace is not listed any more, though nobody said that it was deleted."""
        self._wanted.pop(key, None)
        self.queue.add(key, Lane.ROUTINE)

    def order_gone(self, key: Key) -> None:
        """The same of an order that was opened for the key."""
        self.queue.add(key, Lane.ROUTINE)

    def claim_seen(self, holder: Key | None, name: Name, given_back: bool, resource_version: str) -> None:
        """A claim changed: it wakes its holder, and all who want the same name once it is given back."""
        if not given_back:
            if holder is not None:
                self._wake(holder, "MODIFIED", resource_version)
            return
        for key, wanted in self._wanted.items():
            if wanted == name or key == holder:
                self.queue.add(key)

    def _wake(self, key: Key, how: str | None, resource_version: str) -> None:
        if how is None:
            self.queue.add(key, Lane.ROUTINE)
        elif how == "DELETED" or not self.is_own_write(resource_version):
            self.queue.add(key)
