"""What many runs of one test have in common."""

import logging

import pytest


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What thousands of runs log interests nobody."""
    caplog.set_level(logging.CRITICAL, "flink_workspace_operator")
