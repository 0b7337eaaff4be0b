"""Races between the purchase and what a person does to stop it: suspend, delete, or want something
else."""

from collections.abc import Callable
from typing import Final

from flink_workspace_operator.api.names import SUSPEND
from tests.simulation.races import TWO, Race, anytime, bought_as_said, edit
from tests.simulation.stories import KEY, SHOWN_LATE, Story, delete, gone
from tests.simulation.world import SimulatedWorld

SPELLINGS: Final = ("true", "True", "yes", "1", "")
"""Each of them suspends: whoever writes the annotation means to stop, and `false` alone takes it
back."""


def suspended(world: SimulatedWorld) -> None:
    """Bought before the brake or not at all; the resource says that it is suspended."""
    condition = world.condition(KEY, "Suspended")
    assert len(world.purchases) <= 1
    assert condition is not None
    assert (condition.status, condition.reason) == ("True", "SuspendedByUser")


def suspend_as(value: str) -> Callable[[SimulatedWorld], None]:
    """Suspend by the annotation, spelled in this way."""
    return lambda world: world.user.annotate(KEY, SUSPEND, value)


def suspend_in_spec(world: SimulatedWorld) -> None:
    """Suspend by the spec."""
    world.user.edit(KEY, suspend=True)


def _braked(
    name: str, do: Callable[[SimulatedWorld], None], end: Callable[[SimulatedWorld], None]
) -> Story:
    return Story("", end, acts=anytime(name, do), cloud=SHOWN_LATE)


_SPEC: Final = _braked("suspend", suspend_in_spec, suspended)

RACES_OF_BRAKES: Final = (
    *(
        Race(
            f"brake acknowledged, suspend={value}", _braked("suspend", suspend_as(value), suspended)
        )
        for value in SPELLINGS
    ),
    Race("brake acknowledged, spec.suspend", _SPEC),
    Race("brake acknowledged, deletion", _braked("delete", delete, gone)),
    Race("brake acknowledged, edit", _braked("edit", edit, bought_as_said)),
    Race("brake acknowledged, spec.suspend, two replicas", _SPEC, TWO, preemptions=1, quick=False),
)
