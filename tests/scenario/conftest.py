"""A world for each test."""

from collections.abc import AsyncIterator

import pytest

from flink_local.cluster import Cluster
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.world import World, a_world


@pytest.fixture
async def world(cluster: Cluster, account: EmulatedAccount, namespace: str) -> AsyncIterator[World]:
    """An operator's mind between a real API server and an emulated account that creates workspaces in 5 seconds."""
    account.control.settings(provisioningSeconds=5)
    async with a_world(cluster, account, namespace) as made:
        yield made
