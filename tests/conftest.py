"""Fixtures for all tests: one real control plane for the run."""

import pytest

pytest_plugins = ["tests.control_plane", "tests.emulator_fixture", "tests.proof_report"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make argocd` captures the objects anew that the scripts of `deploy/argocd` are tested with."""
    parser.addoption("--write-fixtures", action="store_true", help="write the captured objects of deploy/argocd")
