"""Races where windows, clocks, regions or lists differ: between replicas, or from what the operator
takes them for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.simulation.faults import Fault
from tests.simulation.races import TWO, Race, anytime, restore
from tests.simulation.scheduler import Act
from tests.simulation.stories import KEY, SHOWN_LATE, Story, apply, bought_once, lost, sent
from tests.simulation.stories_of_copies import for_another_copy
from tests.simulation.stories_of_lists import (
    each_its_own,
    hide_all,
    in_shanghai,
    show_all,
    two_in_each,
    with_a_neighbour,
)
from tests.simulation.world import SimulatedWorld

HASTY: Final = Settings(
    **ALLOWED,
    short_windows=True,
    signature_validity_seconds=5,
    longest_commit_seconds=5,
    longest_visibility_seconds=5,
    nonce_memory_seconds=5,
    purchase_timeout_seconds=5,
    refusal_backoff_seconds=1,
    throttled_backoff_seconds=1,
)
"""Windows that are far too short for the cloud."""
TWENTY_MINUTES: Final = timedelta(minutes=20)
_LATE: Final[dict[str, Any]] = {"cloud": SHOWN_LATE}


def beside_a_hasty_one(world: SimulatedWorld) -> None:
    """Process a has just sent a purchase; then b is started, with other windows.

    Not before: what b itself sends has b's windows, and nothing can help whoever buys with too
    short ones."""
    world.processes = ("a",)
    apply(world)
    world.run_until(lambda: sent(world))
    world.processes = TWO
    world.around.own_settings["b"] = HASTY
    world.user.annotate(KEY, "example.com/seen-by", "b")


def dated(ahead: timedelta) -> Callable[[SimulatedWorld], None]:
    """The API server's clock is so much ahead of the cloud's."""

    def prepare(world: SimulatedWorld) -> None:
        world.server.ahead = ahead

    return prepare


def hidden(world: SimulatedWorld) -> bool:
    """Lists are not whole."""
    return bool(world.account.books.hides)


def _other_windows(faults: tuple[Fault, ...], acts: tuple[Act, ...] = ()) -> Story:
    return Story("", bought_once, faults, acts, prepare=beside_a_hasty_one, **_LATE)


def _restored(ahead: timedelta, faults: tuple[Fault, ...] = ()) -> Story:
    return Story(
        "", bought_once, faults, anytime("restore", restore), prepare=dated(ahead), **_LATE
    )


_NARROWED: Final = (*anytime("hide", hide_all), Act("show", hidden, show_all))
_SECOND_LOST: Final = (Fault("cloud.place", "after", skip=1),)
_BOTH_LOST: Final = (Fault("cloud.place", "after", times=2),)

RACES_OF_SETTINGS: Final = (
    Race(
        "replicas with other windows", _other_windows(lost("late")), TWO, preemptions=1, quick=False
    ),
    Race(
        "replicas with other windows, answer of another copy",
        _other_windows(for_another_copy(late=True)),
        TWO,
        preemptions=1,
        quick=False,
    ),
    Race("restore, API server's clock behind", _restored(-TWENTY_MINUTES)),
    Race("restore, API server's clock ahead", _restored(TWENTY_MINUTES)),
    Race(
        "restore of a lost call, API server's clock behind",
        _restored(-TWENTY_MINUTES, lost("late")),
        quick=False,
    ),
    Race(
        "restore of a lost call, API server's clock ahead",
        _restored(TWENTY_MINUTES, lost("late")),
        quick=False,
    ),
    Race("two regions", Story("", each_its_own, prepare=in_shanghai), preemptions=1, quick=False),
    Race(
        "two regions, answers lost",
        Story("", each_its_own, _BOTH_LOST, prepare=in_shanghai, **_LATE),
        preemptions=1,
        quick=False,
    ),
    Race(
        "two in each of two regions",
        Story("", each_its_own, _BOTH_LOST, prepare=two_in_each, **_LATE),
        preemptions=0,
        quick=False,
    ),
    Race(
        "narrowed list",
        Story("", each_its_own, (), _NARROWED, prepare=with_a_neighbour, **_LATE),
        preemptions=0,
        quick=False,
    ),
    Race(
        "narrowed list, answer lost",
        Story("", each_its_own, _SECOND_LOST, _NARROWED, prepare=with_a_neighbour, **_LATE),
        preemptions=0,
        quick=False,
    ),
)
