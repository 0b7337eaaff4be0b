"""Clouds through the keys of Secrets: few are kept, however many keys there are."""

from dataclasses import dataclass, field

import pytest

from flink_workspace_operator.adapters.alibaba.client_pool import IDLE_SECONDS, MOST, ClientPool
from flink_workspace_operator.core.facts.secret import AccessKey


@dataclass
class Opened:
    """What has connections."""

    key: AccessKey
    closed: int = 0

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Opener:
    """Opens what it is asked for, at a time that the test moves."""

    now: float = 0.0
    all: list[Opened] = field(default_factory=list)

    def open(self, key: AccessKey) -> Opened:
        self.all.append(Opened(key))
        return self.all[-1]

    @property
    def kept(self) -> list[str]:
        return [each.key.id for each in self.all if not each.closed]


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def others(opener: Opener) -> ClientPool[Opened]:
    return ClientPool(opener.open, lambda: opener.now)


def key(number: int) -> AccessKey:
    return AccessKey(f"key-{number}", "secret", None)


async def test_keys_that_change_without_end_cost_no_more(
    others: ClientPool[Opened], opener: Opener
) -> None:
    """The ones that were taken last are kept; each other one is closed, once."""
    for number in range(3 * MOST):
        await others.take(key(number))
        await others.take(key(0))
    assert opener.kept == ["key-0", *(f"key-{number}" for number in range(2 * MOST + 1, 3 * MOST))]
    assert max(each.closed for each in opener.all) == 1


async def test_one_key_is_opened_once(others: ClientPool[Opened], opener: Opener) -> None:
    """Resources with one key share looks."""
    assert await others.take(key(1)) is await others.take(key(1))
    assert len(opener.all) == 1


async def test_idle_ones_are_closed(others: ClientPool[Opened], opener: Opener) -> None:
    """And those that are in use are not."""
    for number in range(3):
        await others.take(key(number))
    opener.now = IDLE_SECONDS
    await others.take(key(1))
    opener.now += 1
    await others.take(key(3))
    assert opener.kept == ["key-1", "key-3"]


async def test_the_end_closes_all(others: ClientPool[Opened], opener: Opener) -> None:
    """Each once."""
    for number in range(MOST + 3):
        await others.take(key(number))
    await others.close()
    assert {each.closed for each in opener.all} == {1}
