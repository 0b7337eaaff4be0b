"""Races around a call that something on the way repeats, or answers for another copy of it."""

from typing import Any, Final

from tests.simulation.races import TWO, Race, anytime, bought_as_said, edit
from tests.simulation.scheduler import Act
from tests.simulation.stories import SHOWN_LATE, Story, absent, apply, bought_once, delete, gone
from tests.simulation.stories_of_copies import REMEMBERED, TWICE, for_another_copy, request

_OTHER: Final[dict[str, Any]] = {"faults": for_another_copy(), "cloud": SHOWN_LATE}
_OTHER_LATE: Final[dict[str, Any]] = {"faults": for_another_copy(late=True), "cloud": SHOWN_LATE}
_TWICE: Final[dict[str, Any]] = {"faults": TWICE, "cloud": REMEMBERED}
_RETURN: Final = (*anytime("delete", delete), Act("apply again", absent, apply))

RACES_OF_COPIES: Final = (
    Race(
        "answer of another copy, and a request",
        Story("", bought_once, acts=anytime("request", request), **_OTHER),
    ),
    Race(
        "answer of another copy, and an edit",
        Story("", bought_as_said, acts=anytime("edit", edit), **_OTHER_LATE),
    ),
    Race(
        "answer of another copy, deletion",
        Story("", gone, acts=anytime("delete", delete), **_OTHER_LATE),
    ),
    Race(
        "answer of another copy, deletion and return",
        Story("", bought_once, acts=_RETURN, **_OTHER_LATE),
        quick=False,
    ),
    Race(
        "answer of another copy, two replicas",
        Story("", bought_once, **_OTHER),
        TWO,
        preemptions=1,
        quick=False,
    ),
    Race(
        "answer of another copy, shown late, two replicas",
        Story("", bought_once, **_OTHER_LATE),
        TWO,
        preemptions=1,
        quick=False,
    ),
    Race(
        "answer of another copy, a request, two replicas",
        Story("", bought_once, acts=anytime("request", request), **_OTHER_LATE),
        TWO,
        preemptions=1,
        quick=False,
    ),
    Race(
        "delivered twice, deletion and return",
        Story("", bought_once, acts=_RETURN, **_TWICE),
        quick=False,
    ),
    Race(
        "delivered twice, two replicas",
        Story("", bought_once, **_TWICE),
        TWO,
        preemptions=1,
        quick=False,
    ),
)
