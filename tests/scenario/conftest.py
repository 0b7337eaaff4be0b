"""A world for each test."""

from collections.abc import AsyncIterator

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from tests.control_plane import operator_kubeconfig
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.recording import RecordingCluster
from tests.scenario.world import PATIENT_GATEWAY, SHORT_WINDOWS, World, a_world, configuration_in


@pytest.fixture
async def world(cluster: Cluster, account: EmulatedAccount, namespace: str) -> AsyncIterator[World]:
    """An operator's mind between a real API server and an emulated account, with windows of a
    minute.

    The cloud accepts a signed call for longer than the operator assumes, which is the harder case.
    """
    account.control.settings(
        provisioningSeconds=5, nonceMemorySeconds=120, commitDelaySeconds=20, **PATIENT_GATEWAY
    )
    async with a_world(cluster, account, namespace, **SHORT_WINDOWS) as made:
        yield made


@pytest.fixture
async def limited(
    cluster: Cluster, account: EmulatedAccount, namespace: str
) -> AsyncIterator[World]:
    """An operator's mind with the operator's rights, where `world` has those of the
    administrator."""
    configuration = await configuration_in(operator_kubeconfig(cluster))
    async with (
        a_world(cluster, account, namespace, **SHORT_WINDOWS) as made,
        client.ApiClient(configuration) as api,
    ):
        made.cluster = RecordingCluster(api, made.settings)
        made.restart()
        yield made
