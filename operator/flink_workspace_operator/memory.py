"""Knowledge of this process alone, lost with a restart.

It affects money in one direction only: with it, a process may send what it announced and did
not send. Without it, after a restart, the same order reads as uncertain, and evidence decides.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.snapshot import Answered, Intent, Remembered


@dataclass
class Memory:
    """The memory of each key between its passes."""

    _of: dict[Key, Remembered] = field(default_factory=dict)
    _failures: Counter[Key] = field(default_factory=Counter)
    """Consecutive passes that ended without a report."""
    _restless: set[Key] = field(default_factory=set)

    def of(self, key: Key) -> Remembered:
        """The memory of the key."""
        return self._of.get(key, Remembered())

    def remember_intent(self, key: Key, intent: Intent) -> None:
        """Call before the intent is written: the answer to that write may be lost."""
        self._of[key] = replace(self.of(key), intent=intent)

    def forget_intent(self, key: Key, order: FlinkWorkspaceOrder) -> None:
        """Call before the purchase call, never after it: from here on it may have been sent."""
        intent = self.of(key).intent
        if intent is not None and intent.order_uid == order.metadata.uid:
            self._of[key] = replace(self.of(key), intent=None)

    def remember_answer(self, key: Key, answered: Answered) -> None:
        """Keep an answer of the cloud that the ledger lacks."""
        self._of[key] = replace(self.of(key), answers=(*self.of(key).answers, answered))

    def forget_answer(self, key: Key, order: FlinkWorkspaceOrder) -> None:
        """Drop an answer that is in the ledger now."""
        answers = tuple(
            each for each in self.of(key).answers if each.order_uid != order.metadata.uid
        )
        self._of[key] = replace(self.of(key), answers=answers)

    def note_missing(self, key: Key, since: datetime | None) -> None:
        """Keep the time of the first list that lacked the workspace; None: it is listed."""
        self._of[key] = replace(self.of(key), missing_since=since)

    def note_rest(self, key: Key, rests_as: str) -> None:
        """Keep the hash of a resource that is fully reported; empty: it does not rest."""
        if self.of(key).rests_as != rests_as:
            self._of[key] = replace(self.of(key), rests_as=rests_as)

    def note_restless(self, key: Key, restless: bool) -> None:
        """Keep that the last pass failed, or asked for another before the next routine one."""
        (self._restless.add if restless else self._restless.discard)(key)

    def is_restless(self, key: Key) -> bool:
        """True if only a pass may judge the key."""
        return key in self._restless

    def count_failure(self, key: Key) -> int:
        """Count a pass that ended without a report; returns the number of consecutive ones."""
        self._failures[key] += 1
        return self._failures[key]

    def end_failures(self, key: Key) -> None:
        """Reset the count after a report."""
        self._failures.pop(key, None)
