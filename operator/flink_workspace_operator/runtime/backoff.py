"""The wait of a key after a failed pass. Each cause is logged once, and so is its end."""

import logging
from collections import Counter

from flink_workspace_operator.core.facts.failures import Conflict, Failure, Throttled, Vanished
from flink_workspace_operator.core.facts.identity import Key

log = logging.getLogger(__name__)

AFTER_A_RACE_SECONDS = 0.5
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0

NEXT_TRY = "next try in %.0f s, later ones up to a minute apart (logged once)"
NOT_THERE = (
    "a write was answered with 404 right after a read that succeeded. If the namespace does not"
    " exist any more, create it again: then its objects can be reconciled, or deleted"
)


class Backoff:
    """Counts consecutive failures of each key. A pass that succeeds resets them."""

    def __init__(self) -> None:
        self._failures: Counter[Key] = Counter()
        self._reported: dict[Key, str] = {}
        """The cause that was logged last for each key."""

    def __contains__(self, key: Key) -> bool:
        return key in self._failures

    def failed(self, key: Key, failure: BaseException) -> float:
        """Seconds until the next pass."""
        wait = wait_after(failure, self._failures[key])
        if self._failures[key] or not is_race(failure):
            self._report(key, failure, wait)
        self._failures[key] += 1
        return wait

    def succeeded(self, key: Key) -> None:
        """Reset the count of failures."""
        failures = self._failures.pop(key, 0)
        if self._reported.pop(key, None) is not None:
            log.info("succeeded, after %d passes that failed", failures)

    def _report(self, key: Key, failure: BaseException, wait: float) -> None:
        """Log a cause once while it lasts, and not with every pass."""
        known, cause = self._reported.get(key), f"{type(failure).__name__}: {failure}"
        self._reported[key] = cause
        if known == cause:
            return
        if not isinstance(failure, Failure):
            log.error(
                f"the pass failed in a way nobody thought of; {NEXT_TRY}", wait, exc_info=failure
            )
        elif isinstance(failure, Vanished):
            log.warning(f"%s: {NOT_THERE}; {NEXT_TRY}", failure, wait)
        else:
            log.warning(f"%s; {NEXT_TRY}", failure, wait)


def is_race(failure: BaseException) -> bool:
    """True if somebody else wrote between our read and our write. Their write must be read before
    anything else.

    The first of consecutive ones is not logged. One that repeats is a fault and no race.
    """
    return isinstance(failure, Conflict | Vanished)


def wait_after(failure: BaseException, before: int) -> float:
    """Seconds until the next pass over a key, after `before` consecutive failures before this
    one."""
    first = AFTER_A_RACE_SECONDS if is_race(failure) else FIRST_RETRY_SECONDS
    wait = min(LONGEST_RETRY_SECONDS, first * 2.0 ** min(before, 10))
    if isinstance(failure, Throttled) and failure.retry_after is not None:
        wait = max(wait, failure.retry_after)
    return wait
