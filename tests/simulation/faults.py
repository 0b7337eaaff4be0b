"""Calls that go wrong: which one, and how far it came."""

from dataclasses import dataclass
from typing import Literal

from flink_workspace_operator.core.facts.failures import ClusterUnreachable, Failure, Unreachable

Strike = Literal["before", "at-gateway", "after", "late", "unpaid", "twice"]


@dataclass(frozen=True)
class Fault:
    """The `times` calls of this name that follow the first `skip` ones go wrong.

    before       nothing has happened at-gateway   nothing was done, but the signature's nonce is
    remembered after        it was done; only the answer is lost late         a purchase that is
    answered with `failure` now and booked `Behaviour.commit_delay` later unpaid       a purchase
    that is answered with `failure` now and booked when somebody pays, if ever twice        a
    purchase that something on the way delivers a second time; the answer is the second one's

    With a `failure` that refuses one copy, `after` and `late` are the answer to another copy than
    the one that buys."""

    call: str
    strike: Strike
    failure: Failure | None = None
    times: int = 1
    skip: int = 0

    @property
    def raised(self) -> Failure:
        """What the caller gets instead of an answer."""
        if self.failure is not None:
            return self.failure
        if self.call.startswith("cluster."):
            return ClusterUnreachable(f"{self.call}: no answer")
        return Unreachable(self.call, "ConnectionReset")


@dataclass
class Faults:
    """The faults that are yet to strike, in order."""

    rules: tuple[Fault, ...] = ()
    seen: tuple[int, ...] = ()

    def arm(self, *rules: Fault) -> None:
        """Replace all rules."""
        self.rules, self.seen = rules, (0,) * len(rules)

    def take(self, call: str) -> Fault | None:
        """The fault that strikes this call, if any."""
        for at, rule in enumerate(self.rules):
            if rule.call != call:
                continue
            number = self.seen[at]
            self.seen = (*self.seen[:at], number + 1, *self.seen[at + 1 :])
            if rule.skip <= number < rule.skip + rule.times:
                return rule
        return None
