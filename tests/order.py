"""The order of tests that run side by side, and those of them that stay together: a run ends with its last process.

What takes long begins early, and many short tests are left for the end, so that no process waits for another. Tests
that need a control plane to themselves share one: they run one after the other in one process. Files of quick tests go
to a process as a whole.
"""

from typing import Final

import pytest

OWN: Final = ("own_cluster", "bare_cluster")
"""Fixtures of which each process would start its own control plane."""
ORDER: Final = ("e2e", "docs", "local", "packages", "proof", "mutants", "simulation", "model", "unit", "contract")
"""Folders whose tests come first, those with the longest ones at the head. All others come after them."""
QUICK: Final = tuple(
    f"tests/{folder}/" for folder in ("unit", "contract", "emulator", "scenario/api", "scenario/kubernetes")
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In each process that takes its tests by groups, and before xdist looks for their marks."""
    if not config.getoption("loadgroup", False):
        return
    items.sort(key=_turn)
    for item in items:
        group = _group(item)
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))


def _turn(item: pytest.Item) -> int:
    folder = item.nodeid.split("/")[1]
    return ORDER.index(folder) if folder in ORDER else len(ORDER)


def _group(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    shared = next((name for name in OWN if name in names), None)
    return shared or (item.nodeid.split("::")[0] if item.nodeid.startswith(QUICK) else None)
