"""Fixtures for all tests: one real control plane for the run."""

pytest_plugins = ["tests.control_plane", "tests.emulator_fixture", "tests.proof_report"]
