"""Triggers: changes of workspaces, orders and claims queue keys. Our own writes queue none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.turns import Lane

Name = tuple[str, str]
"""Region and workspace name, for which two resources can contend."""


@dataclass
class Triggers:
    """Turns watch events into keys. `is_own_write` is True for a resourceVersion that we made.

    `wait` gives the seconds until a key has a pass of which the watch lists an object in a version;
    None: it needs none.
    """

    queue: WorkQueue
    is_own_write: Callable[[str], bool]
    wait: Callable[[Key, str], float | None] = lambda *_: 0.0
    _wanted: dict[Key, Name] = field(default_factory=dict)
    """The name that each resource wants, to find those that wait when its claim is released."""

    def workspace_seen(self, how: str | None, wire: dict[str, Any]) -> None:
        """Queue a FlinkWorkspace that was listed (`how` None), ADDED, MODIFIED or DELETED."""
        metadata, spec = wire["metadata"], wire.get("spec", {})
        key = Key(metadata["namespace"], metadata["name"])
        if how == "DELETED":
            self._wanted.pop(key, None)
        else:
            self._wanted[key] = (spec.get("region", ""), spec.get("workspaceName") or key.name)
        self._wake(key, how, metadata["resourceVersion"])

    def order_seen(self, how: str | None, wire: dict[str, Any]) -> None:
        """Queue the key that a listed or changed order was opened for."""
        metadata = wire["metadata"]
        key = Key(metadata["namespace"], wire["spec"]["workspaceRef"]["name"])
        self._wake(key, how, metadata["resourceVersion"])

    def approval_seen(self, how: str | None, wire: dict[str, Any]) -> None:
        """Queue the key whose order somebody approved or denied, or whose approval is gone.

        Not for those that are listed: they are kept for ever, and their resources are listed too.
        """
        if how is None:
            return
        order = wire.get("spec", {}).get("order", {}).get("name", "")
        self.queue.add(Key(wire["metadata"]["namespace"], order.rpartition("-")[0]))

    def workspace_gone(self, key: Key) -> None:
        """Queue a FlinkWorkspace that is not listed any more, without an event of its deletion."""
        self._wanted.pop(key, None)
        self.queue.add(key, Lane.ROUTINE)

    def order_gone(self, key: Key) -> None:
        """The same for an order that was opened for the key."""
        self.queue.add(key, Lane.ROUTINE)

    def claim_seen(
        self, holder: Key | None, name: Name, given_back: bool, resource_version: str
    ) -> None:
        """Queue the holder of a changed claim, and all who want the name once it is released."""
        if not given_back:
            if holder is not None:
                self._wake(holder, "MODIFIED", resource_version)
            return
        for key, wanted in self._wanted.items():
            if wanted == name or key == holder:
                self.queue.add(key)

    def _wake(self, key: Key, how: str | None, resource_version: str) -> None:
        if how is None:
            self._wake_listed(key, resource_version)
        elif how == "DELETED" or not self.is_own_write(resource_version):
            self.queue.add(key)

    def _wake_listed(self, key: Key, resource_version: str) -> None:
        seconds = self.wait(key, resource_version)
        if seconds == 0:
            self.queue.add(key, Lane.ROUTINE)
        elif seconds is not None:
            self.queue.add_after(key, seconds)
