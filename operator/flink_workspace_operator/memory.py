"""What only this process can know, and a restart forgets.

It protects money in one direction only: with it, a process may send what it has announced and not sent.
Without it, after a restart, the same order reads as uncertain, and evidence decides.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.snapshot import Answered, Intent, Remembered


@dataclass
class Memory:
    """What is remembered of each key between its passes."""

    _of: dict[Key, Remembered] = field(default_factory=dict)
    _failures: Counter[Key] = field(default_factory=Counter)
    """Passes in a row that ended before they could say how things stand."""

    def of(self, key: Key) -> Remembered:
        """What is remembered of the key."""
        return self._of.get(key, Remembered())

    def remember_intent(self, key: Key, intent: Intent) -> None:
        """To be called before the intent is written: the answer to that write may be lost."""
        self._of[key] = replace(self.of(key), intent=intent)

    def forget_intent(self, key: Key, order: FlinkWorkspaceOrder) -> None:
        """From here on nobody knows that nothing was sent: to be called before the call, never after it."""
        intent = self.of(key).intent
        if intent is not None and intent.order_uid == order.metadata.uid:
            self._of[key] = replace(self.of(key), intent=None)

    def remember_answer(self, key: Key, answered: Answered) -> None:
        """The cloud answered; the ledger does not say so yet."""
        self._of[key] = replace(self.of(key), answers=(*self.of(key).answers, answered))

    def forget_answer(self, key: Key, order: FlinkWorkspaceOrder) -> None:
        """The ledger says it now."""
        answers = tuple(each for each in self.of(key).answers if each.order_uid != order.metadata.uid)
        self._of[key] = replace(self.of(key), answers=answers)

    def note_missing(self, key: Key, since: datetime | None) -> None:
        """Since when a workspace that was seen before is absent; None: it is not."""
        self._of[key] = replace(self.of(key), missing_since=since)

    def note_rest(self, key: Key, rests_as: str) -> None:
        """What is written into the resource of which all is told; empty: it does not rest."""
        if self.of(key).rests_as != rests_as:
            self._of[key] = replace(self.of(key), rests_as=rests_as)

    def count_failure(self, key: Key) -> int:
        """A pass ended before it could say how things stand; how many did so in a row."""
        self._failures[key] += 1
        return self._failures[key]

    def end_failures(self, key: Key) -> None:
        """A pass said how things stand."""
        self._failures.pop(key, None)
