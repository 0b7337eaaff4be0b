"""An operator whose watches show it nothing: it finds everything all the same, and says that it is
blind."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator import wiring
from flink_workspace_operator.runtime import operator as runtime
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.watches import Watches
from flink_workspace_operator.settings import Settings
from tests.e2e.processes import Operator, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.scenario.manifests import apply, pay_as_you_go

RESYNC_SECONDS = 2
BLINDNESS_SECONDS = 5.0
"""Instead of three minutes."""
FOUND_WITHIN = 10.0
"""A resync, the list, and a pass on a machine that is busy."""


@asynccontextmanager
async def quick_to_judge(settings: Settings, lease_name: str) -> AsyncIterator[runtime.Operator]:
    """The product, but for the time after which a watch counts as blind."""
    async with wiring.connect(settings, lease_name) as operator:
        for watch in (operator.watches.workspaces, operator.watches.orders):
            watch.longest_blindness = BLINDNESS_SECONDS
        yield operator


@asynccontextmanager
async def deaf(settings: Settings, lease_name: str) -> AsyncIterator[runtime.Operator]:
    """One whom no watch wakes; and what that of workspaces shows is lost, as if it had not been
    shown."""
    async with quick_to_judge(settings, lease_name) as operator:
        loop = asyncio.get_running_loop()
        nowhere = Watches.every(settings.resync_seconds, loop.time).workspaces
        nobody = Triggers(WorkQueue(loop), lambda _: True)
        yield replace(
            operator, triggers=nobody, watches=replace(operator.watches, workspaces=nowhere)
        )


@pytest.fixture
def deaf_operator(
    own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> Iterator[Operator]:
    """A process of it at work."""
    account.control.settings(provisioningSeconds=0)
    with running_operator(
        own_cluster, account, tmp_path, {"resync_seconds": RESYNC_SECONDS}, connect=deaf
    ) as running:
        yield running
        Objects.of(own_cluster).delete("flinkworkspaces")


def watches(operator: Operator) -> dict[str, dict[str, Any]]:
    """What a process that is well says of each watch."""
    status, said = operator.asked("/healthz")
    assert status == 200, said
    found: dict[str, dict[str, Any]] = json.loads(said)["watches"]
    return found


def test_without_any_event_all_is_found_within_a_resync(deaf_operator: Operator) -> None:
    """A new resource is bought, an edit is followed, a deletion is noticed: by lists alone."""
    operator = deaf_operator
    apply(operator.cluster, "default", pay_as_you_go("unheard"))
    operator.until(lambda: operator.reason("unheard") != "", FOUND_WITHIN)
    operator.until(lambda: operator.reason("unheard") == "Running")
    apply(operator.cluster, "default", pay_as_you_go("unheard", suspend=True))
    generation = operator.workspace("unheard")["metadata"]["generation"]
    operator.until(
        lambda: operator.workspace("unheard")["status"]["observedGeneration"] == generation,
        FOUND_WITHIN,
    )
    operator.let_go()


def test_blind_watch_is_named(deaf_operator: Operator) -> None:
    """By the probe that has the process restarted, and in the log: which watch, which object, for
    how long."""
    operator = deaf_operator
    operator.until(lambda: set(watches(operator)) == {"workspaces", "orders", "claims"})
    apply(operator.cluster, "default", pay_as_you_go("unheard"))
    operator.until(lambda: operator.asked("/healthz")[0] == 500)
    reason = json.loads(operator.asked("/healthz")[1])["reason"]
    blind = (
        "the watch of workspaces is blind: it did not show default/unheard, which changed at least "
    )
    assert reason.startswith(blind), reason
    assert "watch of orders" not in reason
    assert blind in operator.log.read_text()


def test_watches_that_see_are_never_blamed(
    own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """Lists every second beside real watches, while a purchase writes: nothing stays missed, and
    each list is heard."""
    account.control.settings(provisioningSeconds=1)
    settings = {"resync_seconds": 1}
    with running_operator(
        own_cluster, account, tmp_path, settings, connect=quick_to_judge
    ) as operator:
        for name in ("one", "two", "three"):
            apply(own_cluster, "default", pay_as_you_go(name))
        for name in ("one", "two", "three"):
            operator.until(lambda name=name: operator.reason(name) == "Running")  # type: ignore[misc]
        for _ in range(3):
            operator.until(lambda: watches(operator)["workspaces"]["silentSeconds"] > 0.5)
            operator.until(lambda: watches(operator)["workspaces"]["silentSeconds"] < 0.3)
            operator.until(lambda: watches(operator)["workspaces"]["missed"] == 0)
        operator.let_go()
        assert "is blind" not in operator.log.read_text()
