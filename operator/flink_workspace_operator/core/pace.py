"""Intervals until the next pass."""

from datetime import timedelta

from flink_workspace_operator.core.plan import Requeue

SOON = Requeue(timedelta(seconds=1))
"""After a change that the cloud may take a moment to show."""

OUTSIDE = Requeue(timedelta(seconds=30))
"""If something outside must change first; edits of resources cause a pass by themselves."""

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)


def rising(age: timedelta, least: timedelta = FIRST) -> Requeue:
    """A quarter of the age of the situation, from 1 second, or `least`, to a minute."""
    return Requeue(max(least, min(LONGEST, age / 4)))
