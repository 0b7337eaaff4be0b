"""The order of tests that run side by side, and those of them that stay together: a run ends with
its last process.

What takes long begins early, and many short tests are left for the end, so that no process waits
for another. Half of the processes begin with tests that mostly wait, the others with those that
compute, so that no core is idle.

Tests that need a control plane to themselves share one: they run one after the other in one
process. Files of quick tests go to a process as a whole, and so do those that render the same
again. `make test` asks for this by `--dist loadgroup --no-loadscope-reorder`."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

OWN: Final = ("own_cluster", "bare_cluster")
"""Fixtures of which each process would start its own control plane."""
ORDER: Final = (
    "e2e",
    "docs",
    "local",
    "packages",
    "proof",
    "mutants",
    "simulation",
    "model",
    "unit",
    "contract",
)
"""Folders whose tests come first, those with the longest ones at the head. All others come after
them."""
EARLY: Final = {"tests/scenario/test_two_operators.py": "local"}
"""Files with a test of twenty seconds, and the folder that they come with: one at the end would be
waited for."""
QUICK: Final = tuple(
    f"tests/{folder}/"
    for folder in (
        "unit",
        "contract",
        "emulator",
        "packages",
        "scenario/api",
        "scenario/kubernetes",
    )
)


TOGETHER: Final = ("tests/packages/",)
"""Folders that go to one process, which renders each package once."""
WAITING: Final = (
    *OWN,
    "tests/e2e/",
    "tests/docs/test_commands.py",
    "tests/local/test_up.py",
    "tests/kubectl_flink/",
)
"""How the names of groups begin that mostly wait."""


@cache
def own_plane_of(file: str) -> str | None:
    """The control plane that tests of a file have to themselves, by the fixture that they name."""
    text = Path(file).read_text()
    return next((fixture for fixture in OWN if f"{fixture}: " in text), None)


def group_of(test: str) -> str:
    """What a test is given out with."""
    file = test.partition("::")[0]
    return own_plane_of(file) or next(
        filter(file.startswith, TOGETHER), file if file.startswith(QUICK) else test
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """By groups of our own: xdist's are lost in this version of pytest, which keeps the names of
    tests elsewhere."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling  # where there is one, xdist is there

    class ByTurns(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        """Gives each process the next group of its sort, while there is one."""

        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

        def _assign_work_unit(self, node: "WorkerController") -> None:
            waits = int(node.gateway.id.removeprefix("gw")) % 2 == 0
            if fits := next(
                (group for group in self.workqueue if group.startswith(WAITING) is waits), None
            ):
                self.workqueue.move_to_end(fits, last=False)
            super()._assign_work_unit(node)

    return ByTurns(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In each process, and so in the scheduler: groups are given out in the order of their first
    tests."""
    if config.getoption("loadgroup", False):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, int]:
    file = item.nodeid.partition("::")[0]
    folder = EARLY.get(file, file.split("/")[1])
    return own_plane_of(file) is None, ORDER.index(folder) if folder in ORDER else len(ORDER)
