"""What happens where something on the way to the cloud repeats the one call, or answers it for
another copy of it.

A refusal for a reason of the moment is the answer to one copy; the stories let the other one buy.
"""

from collections.abc import Callable
from typing import Any, Final

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    PermissionMissing,
    SignatureExpired,
    Throttled,
)
from tests.simulation.account import BUY
from tests.simulation.faults import Fault
from tests.simulation.scheduler import Act
from tests.simulation.stories import (
    KEY,
    SHOWN_LATE,
    Story,
    absent,
    apply,
    at_once,
    bought_once,
    correct,
    delete,
    fruitless,
    gone,
    lost,
    sent,
)
from tests.simulation.world import SimulatedWorld

MISSING: Final = PermissionMissing(
    BUY, "NoPermission", fate="CopyRefused", action="foasconsole:CreateInstance"
)
"""The one that is retried soonest: its back-off is shorter than the cloud takes to show what it
booked."""
THROTTLED: Final = Throttled(BUY, "Throttling.User", fate="CopyRefused")
EXPIRED: Final = SignatureExpired(BUY, "InvalidTimeStamp.Expired", fate="CopyRefused")
TWICE: Final = lost("twice")
REMEMBERED: Final[dict[str, Any]] = {**SHOWN_LATE, "nonce_memory": 40}
"""The second copy must be refused by something, and the nonce is what does it."""
UNIQUE: Final[dict[str, Any]] = {**SHOWN_LATE, "unique_names": "account"}


def for_another_copy(failure: CloudFailure = MISSING, *, late: bool = False) -> tuple[Fault, ...]:
    """The call buys, at once or `commit_delay` later; the answer is that of a copy that was
    refused."""
    return (Fault("cloud.place", "late" if late else "after", failure),)


def request(world: SimulatedWorld) -> None:
    """A person asks for another try."""
    world.user.annotate(KEY, RECONCILE_REQUESTED_AT, world.clock.now.isoformat())


def bought_by_both_copies(world: SimulatedWorld) -> None:
    """Nothing that the operator does prevents it: the resource names both, and buys no third."""
    stalled, bought = world.condition(KEY, "Stalled"), world.purchases
    assert len(bought) == 2, f"{len(bought)} purchases"
    assert len({booking.token for booking in bought}) == 1
    assert stalled is not None
    assert (stalled.status, stalled.reason) == ("True", "DuplicateInstance")
    assert all(booking.instance_id in stalled.message for booking in bought)


def allow_both(world: SimulatedWorld) -> None:
    """Two purchases are what the wire makes of one call here."""
    world.allowed = 2


def once_refused(name: str, do: Callable[[SimulatedWorld], object]) -> Act:
    return at_once(name, fruitless, do)


_DELETED: Final = (at_once("delete", sent, delete), at_once("apply again", absent, apply))

STORIES_OF_COPIES: Final = (
    Story("answer of another copy", bought_once, for_another_copy()),
    Story("answer of another copy, shown late", bought_once, for_another_copy(), cloud=SHOWN_LATE),
    Story(
        "answer of another copy, booked and shown late",
        bought_once,
        for_another_copy(late=True),
        cloud=SHOWN_LATE,
    ),
    Story(
        "throttled for another copy",
        bought_once,
        for_another_copy(THROTTLED, late=True),
        cloud=SHOWN_LATE,
    ),
    Story(
        "expired for another copy",
        bought_once,
        for_another_copy(EXPIRED, late=True),
        cloud=SHOWN_LATE,
    ),
    Story(
        "answer of another copy, and a request",
        bought_once,
        for_another_copy(THROTTLED, late=True),
        (once_refused("request", request),),
        SHOWN_LATE,
    ),
    Story(
        "answer of another copy, and an edit",
        bought_once,
        for_another_copy(late=True),
        (once_refused("correct", correct),),
        SHOWN_LATE,
    ),
    Story(
        "answer of another copy, deleted",
        gone,
        for_another_copy(late=True),
        (at_once("delete", sent, delete),),
        SHOWN_LATE,
    ),
    Story(
        "answer of another copy, deleted and created again",
        bought_once,
        for_another_copy(late=True),
        _DELETED,
        SHOWN_LATE,
    ),
    Story("delivered twice", bought_once, TWICE, cloud=REMEMBERED),
    Story("delivered twice, names unique", bought_once, TWICE, cloud=UNIQUE),
    Story(
        "delivered twice, both booked",
        bought_by_both_copies,
        TWICE,
        cloud=SHOWN_LATE,
        prepare=allow_both,
    ),
    Story(
        "delivered twice, deleted and created again",
        bought_once,
        TWICE,
        _DELETED,
        REMEMBERED,
    ),
)
