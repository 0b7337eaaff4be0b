"""The exit codes, for scripts. The page `docs/kubectl-flink.md` has this table."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_CLUSTER = 3
    NO_RIGHT = 4
    NO_DEFINITIONS = 5
    NOT_FOUND = 6
    REFUSED = 7
    DECLINED = 8
    FOUND = 9
    STALLED = 10
    SUSPENDED = 11
    TIMED_OUT = 12
    DELETED = 13
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.DONE: "done; of `wait`: it is Ready",
    Exit.FAILED: "failed in another way; kubectl's words are shown",
    Exit.USAGE: "the command line was not understood",
    Exit.NO_CLUSTER: "no API server answered, or kubectl or its configuration is missing",
    Exit.NO_RIGHT: "a right is missing, or the login is over; what could be read is shown",
    Exit.NO_DEFINITIONS: "the cluster lacks the CRDs, or has older ones",
    Exit.NOT_FOUND: "nothing has this name",
    Exit.REFUSED: "the state of the resource, a policy or a rule does not allow it; nothing was"
    " changed",
    Exit.DECLINED: "nobody confirmed; nothing was changed",
    Exit.FOUND: "of `orphans`: there are some; of `check`: something is wrong",
    Exit.STALLED: "of `wait`: it is Stalled, waiting does not help",
    Exit.SUSPENDED: "of `wait`: it is Suspended, and waits for somebody",
    Exit.TIMED_OUT: "of `wait`: the timeout is over",
    Exit.DELETED: "of `wait`: it is deleted, or being deleted",
    Exit.INTERRUPTED: "Ctrl-C",
}
