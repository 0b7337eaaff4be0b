"""Passes of the real code, as in the scenario tests."""

from tests.scenario.conftest import world

__all__ = ["world"]
