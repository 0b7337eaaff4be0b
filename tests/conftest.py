"""Fixtures for all tests: one real control plane for the run."""

import os

import pytest

from flink_local.environment import is_way_out
from tests.patience import patience, stretch

pytest_plugins = [
    "tests.control_plane",
    "tests.emulator_fixture",
    "tests.garbage",
    "tests.order",
    "tests.proof_report",
    "tests.spent",
]


for _name in [name for name in os.environ if is_way_out(name)]:
    del os.environ[_name]  # tests stay on this machine, and set what they are about themselves
# Of what is in use, when a Go program collects its garbage: kubectl takes a third less time by
# this, Helm a quarter and an API server a fifth. Memory is here in exchange.
os.environ["GOGC"] = "400"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make argocd` captures the objects anew that the scripts of `deploy/argocd` are tested
    with."""
    parser.addoption(
        "--write-fixtures", action="store_true", help="write the captured objects of deploy/argocd"
    )


def pytest_configure() -> None:
    """How busy the machine is, is measured before the run makes it so; workers inherit what was
    found."""
    stretch()


def pytest_itemcollected(item: pytest.Item) -> None:
    """What stops a test that hangs is told in seconds of an idle machine, too."""
    told = item.get_closest_marker("timeout")
    seconds = (
        told.args[0] if told else item.config.getoption("timeout") or item.config.getini("timeout")
    )
    item.add_marker(pytest.mark.timeout(patience(float(seconds))), append=False)
