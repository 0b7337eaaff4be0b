"""What workers owe to each other and to the process that follows them."""

from typing import Final

from tests.mutants.catalogue.files import RESYNC, WATCHES, WORKERS
from tests.mutants.mutant import Mutant

AT_WORK: Final = (
    Mutant(
        name="who announced it sends it",
        fact="a worker ends what it announced before it takes another key, so a crash in a wave leaves few open",
        file="runtime/workers.py",
        old="(self._queue.closed or self._may_try_in_place(key, tries))",
        new="self._queue.closed",
        tests=(f"{WORKERS}::test_what_is_announced_is_sent_before_anything_else_begins",),
    ),
    Mutant(
        name="a stop ends what was put off",
        fact="a process that is stopped leaves no order behind of which it alone knows that nothing was sent",
        file="runtime/workers.py",
        old="self._queue.close(last=tuple(self._put_off))",
        new="self._queue.close()",
        tests=(f"{WORKERS}::test_drain_ends_what_was_put_off",),
    ),
    Mutant(
        name="what repeats backs off",
        fact="a write that is refused again and again does not use up the account's quota of calls",
        file="runtime/backoff.py",
        old="first * 2.0 ** min(before, 10)",
        new="first",
        tests=(f"{WORKERS}::test_a_lost_race_is_retried_at_once_and_what_repeats_backs_off",),
    ),
    Mutant(
        name="a cause is reported",
        fact="what holds a resource up is in the log, though it may begin like a race",
        file="runtime/backoff.py",
        old="if self._failures[key] or not is_race(failure):",
        new="if not is_race(failure):",
        tests=(f"{WORKERS}::test_a_lost_race_is_retried_at_once_and_what_repeats_backs_off",),
    ),
    Mutant(
        name="what no watch shows is found",
        fact="a resource, or a suspend, that a watch missed is acted upon after a resync",
        file="runtime/resync.py",
        old="                kind.show(wire)\n",
        new="                pass\n",
        tests=(f"{RESYNC}::test_what_no_watch_shows_is_found_by_the_first_list",),
    ),
    Mutant(
        name="a blind watch is told",
        fact="a watch that shows nothing any more has the process restarted, though it looks like a quiet one",
        file="runtime/watches.py",
        old="proven=asked_at - since >= self.longest_blindness",
        new="proven=False",
        tests=(f"{WATCHES}::test_blind_watch_names_what_it_missed",),
    ),
)
