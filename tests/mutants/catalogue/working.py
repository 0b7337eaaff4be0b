"""What workers owe to each other and to the process that follows them."""

from typing import Final

from tests.mutants.catalogue.files import WORKERS
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
)
