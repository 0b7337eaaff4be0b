"""When to look again."""

from datetime import timedelta

from flink_workspace_operator.core.plan import Requeue

SOON = Requeue(timedelta(seconds=1))
"""After a change that the cloud may take a moment to show."""

OUTSIDE = Requeue(timedelta(seconds=30))
"""Where something outside must change first; people's edits wake the pass by themselves."""

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)


def rising(age: timedelta) -> Requeue:
    """A quarter of how long it has been going on already, from 1 second to a minute."""
    return Requeue(max(FIRST, min(LONGEST, age / 4)))
