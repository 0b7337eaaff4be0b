"""Many resources applied at once: real queue, real workers, and a process that dies or ends in the
middle of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.account import Behaviour
from tests.simulation.faults import Fault
from tests.simulation.process import Process
from tests.simulation.world import NAMESPACE, SimulatedWorld

FEW, MANY = 30, 60
PROVISIONING: Final = 10.0
CLOUD: Final = Behaviour(visibility=5, provisioning=PROVISIONING)
SETTINGS: Final = Settings(**ALLOWED, resync_seconds=86400)
"""Of what is Ready already, no look every ten minutes."""
in_full = pytest.mark.proof
each_seed = pytest.mark.parametrize(
    ("seed", "number"),
    [(1, FEW), *(pytest.param(seed, MANY, marks=in_full) for seed in (1, 2, 3, 4))],
)

LAST = 4
"""So many are still to be bought when the latest process of the small wave is killed."""


@dataclass
class Wave:
    """Resources that are applied while a process is at work; at `most` so many are announced and
    unsent at once."""

    seed: int
    number: int
    world: SimulatedWorld = field(
        default_factory=lambda: SimulatedWorld(CLOUD, processes=(), settings=SETTINGS)
    )
    most: int = 0
    left: frozenset[str] = frozenset()
    """What a former process left announced and unsent."""

    def __post_init__(self) -> None:
        self.keys = [Key(NAMESPACE, f"w{number:02}") for number in range(self.number)]
        self.process = Process(self.world, self.seed)
        self.process.at_work = lambda: [
            self.world.apply(pay_as_you_go(key.name)) for key in self.keys
        ]
        self.world.server.watchers.append(lambda _: self._count())

    @property
    def bought(self) -> int:
        """How many are."""
        return len(self.world.purchases)

    @property
    def unsent(self) -> set[str]:
        """Names of those with an order that was announced, and of which the cloud has not heard."""
        heard = self.world.account.books.nonces
        orders = self.world.server.stored.orders.values()
        return {
            named(each)
            for each in orders
            if each.state == "Placing" and each.status.nonce not in heard
        }

    @property
    def waited(self) -> set[str]:
        """Names of those that had to wait for evidence that nothing was bought."""
        return {
            named(each)
            for each in self.world.server.stored.orders.values()
            if each.state == "NotPlaced"
        }

    def live(self, until: Callable[[], bool], *, to_its_end: bool = False) -> None:
        """One process, up to when it is killed, or ends as on SIGTERM."""
        self.process.live(until, to_its_end=to_its_end)
        self.left = frozenset(self.unsent)

    def finish(self) -> None:
        """Until all are Ready: each is bought once, and the ledger knows it."""
        self.live(until=lambda: all(map(self.world.is_ready, self.keys)))
        self.world.check_rest()
        assert sorted(each.name for each in self.world.purchases) == [key.name for key in self.keys]

    def recorded(self, name: str) -> list[object]:
        """The row of the proof."""
        return [name, self.number, SETTINGS.workers, self.most, self.bought]

    def _count(self) -> None:
        self.most = max(self.most, len(self.unsent - self.left))
        assert self.most <= SETTINGS.workers


def named(order: FlinkWorkspaceOrder) -> str:
    return order.spec.workspace_ref.name


@pytest.fixture
def wave(seed: int, number: int, quiet: None) -> Wave:
    """With calls of random lengths."""
    del quiet
    return Wave(seed, number)


@each_seed
def test_all_are_bought(wave: Wave, record_property: Callable[[str, object], None]) -> None:
    """Each worker has one order announced and unsent at most."""
    wave.finish()
    assert wave.waited == set()
    assert wave.most > 1
    record_property("waves", wave.recorded("nothing"))


@pytest.mark.parametrize(
    "already",
    [
        10,
        pytest.param(1, marks=in_full),
        pytest.param(20, marks=in_full),
        pytest.param(44, marks=in_full),
    ],
)
@each_seed
def test_kill(wave: Wave, already: int, record_property: Callable[[str, object], None]) -> None:
    """kill -9: what was announced and unsent waits for evidence, one order at most for each worker,
    and no other does.

    The others are Ready when they would have been.
    """
    bought = min(already, wave.number - LAST)
    wave.live(until=lambda: wave.bought >= bought and bool(wave.unsent))
    left, killed = wave.left, wave.world.clock.now
    others = [key for key in wave.keys if key.name not in left]
    wave.live(until=lambda: all(map(wave.world.is_ready, others)))
    assert (wave.world.clock.now - killed).total_seconds() < PROVISIONING + 120
    wave.finish()
    assert wave.waited == left
    record_property("waves", wave.recorded("kill -9"))


@pytest.mark.parametrize("failing", [0, 40], ids=["", "while writes fail"])
@pytest.mark.parametrize(
    "already", [10, pytest.param(1, marks=in_full), pytest.param(20, marks=in_full)]
)
@each_seed
def test_end(
    wave: Wave, already: int, failing: int, record_property: Callable[[str, object], None]
) -> None:
    """SIGTERM: nothing is left announced and unsent, so the process that follows waits for
    nothing."""

    def ending() -> bool:
        if wave.bought < already or not wave.unsent:
            return False
        wave.world.arm(Fault("cluster.move_order", "before", times=failing))
        return True

    wave.live(until=ending, to_its_end=True)
    assert wave.unsent == set()
    assert already <= wave.bought < wave.number
    ended = wave.world.clock.now
    wave.finish()
    assert (wave.world.clock.now - ended).total_seconds() < PROVISIONING + 120
    record_property("waves", wave.recorded("SIGTERM"))
