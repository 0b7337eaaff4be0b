"""The operator's cloud port, talking to the emulator in the name of a test's account."""

from collections.abc import AsyncIterator

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from tests.contract.clients import open_cloud
from tests.emulator_fixture import EmulatedAccount


@pytest.fixture
async def cloud(account: EmulatedAccount) -> AsyncIterator[AlibabaCloud]:
    """The port, with waits short enough for tests."""
    opened = open_cloud(account)
    yield opened
    await opened.close()
