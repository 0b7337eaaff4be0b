"""The world of the scenarios."""

from tests.scenario.conftest import world

__all__ = ["world"]
