"""The code that decides about money, the most dangerous first, and the tests that must notice a
change of it."""

from pathlib import Path
from typing import Final

from tests.mutants.mutant import PACKAGE

REPOSITORY: Final = Path(__file__).parents[3]
PLACES: Final = (
    "core/orders",
    "core/checks/settlement.py",
    "core/checks/purchase.py",
    "core/checks/price.py",
    "execution.py",
    "core/facts/ownership.py",
    "core/checks/backoff.py",
    "core/checks/retry.py",
    "core/checks/unfinished_calls.py",
    "core/checks/billing_evidence.py",
    "core/checks/claim.py",
    "core/checks/blockers.py",
    "core/checks/deletion.py",
    "core/facts/identity.py",
    "core/facts/neighbours.py",
    "core/facts/snapshot.py",
    "core/case.py",
    "core/ledger_case.py",
    "core/questions.py",
    "core/decide.py",
    "memory.py",
    "core/checks/adoption.py",
    "core/checks/credentials.py",
    "core/checks/loss.py",
    "core/checks/preparation.py",
    "core/checks/lifecycle.py",
    "adapters/alibaba/errors.py",
    "adapters/alibaba/paging.py",
    "adapters/alibaba/inventory.py",
    "adapters/alibaba/workspaces.py",
)
"""Modules, and folders of them, below the package."""

TESTS: Final = (
    "tests/unit/core",
    "tests/unit/test_execution.py",
    "tests/unit/test_execution_details.py",
    "tests/unit/test_memory.py",
    "tests/unit/test_observation.py",
    "tests/unit/adapters",
    "tests/simulation/test_world.py",
    "tests/simulation/test_call.py",
    "tests/simulation/test_found.py",
    "tests/simulation/test_refused_calls.py",
    "tests/simulation/test_stale_knowledge.py",
    "tests/simulation/test_attacks.py",
    "tests/simulation/test_rollback.py",
)
"""Without a process, a server or a socket of their own that a fork would share. They are told apart
by what they run: a mutant meets only those that run its lines."""


def modules() -> list[str]:
    """Each file of the money path once, from the root of the repository."""
    found: dict[str, None] = {}
    for place in PLACES:
        path = REPOSITORY / PACKAGE / place
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        found.update(dict.fromkeys(str(file.relative_to(REPOSITORY)) for file in files))
    return list(found)


def short(module: str) -> str:
    """Its name in reports: the path in the package."""
    return module.removeprefix(f"{PACKAGE}/")
