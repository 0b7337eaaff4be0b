"""kill -9 before and after each call of a port, then a fresh process: one purchase, Ready, no hand.

The calls come from one recorded run to Ready (`killable.py`). A change is tried on a resource of its own, before and
after. The reads that a pass begins with share a resource: they change nothing, so a process that is killed at the next
of them finds the world as the first one found it, and what it kept in memory dies with it. Names are not unique in the
cloud, so that it does not help. The number of kills is printed at the end of the run.
"""

import json
import signal
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_workspace_operator.api.names import ORDER_TAG
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.settings import Settings
from tests.e2e.forks import ensure_server, forks
from tests.e2e.killable import ENDS_WITHIN_SECONDS, Point, Start, run
from tests.emulator_fixture import open_account
from tests.scenario.manifests import subscription

CHUNKS = 12
"""The lives are spread over so many tests, for pytest-xdist to share out."""
AT_ONCE = 3
READS = ("read", "reread", "list", "find", "describe", "identify", "look_up", "quote")
FIRST_OF_A_PASS = "cluster.read_workspace"

Life = tuple[Point, ...]
"""Where the processes that look after one resource are killed, one after the other; the last one is not."""


@dataclass(frozen=True)
class Stage:
    """Where processes are started: the cluster, the emulator, their settings, a directory for what they write."""

    cluster: Cluster
    kubeconfig: Path
    emulator: str
    settings: Settings
    directory: Path

    def prepare(self, namespace: str, name: str) -> Start:
        """A start for a resource, in an account of its own."""
        account = open_account(self.emulator)
        account.control.settings(provisioningSeconds=0, uniqueNames="off", nonceMemorySeconds=120)
        return Start(self.settings, self.kubeconfig, account, Key(namespace, name), self.directory / f"{name}.log")


@pytest.fixture(scope="session")
def stage(cluster: Cluster, emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Windows of a minute."""
    directory = tmp_path_factory.mktemp("kills")
    kubeconfig = cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, directory / "kubeconfig")
    ensure_server()
    settings = Settings(
        endpoint=emulator,
        signature_validity_seconds=60,
        longest_commit_seconds=30,
        longest_visibility_seconds=60,
        nonce_memory_seconds=120,
        refusal_backoff_seconds=10,
        listing_max_age_seconds=0.001,  # no shared listing outlives a moved clock
    )
    return Stage(cluster, kubeconfig, emulator, settings, directory)


@pytest.fixture(scope="session")
def calls(stage: Stage) -> list[str]:
    """Every call of a port in one run to Ready, in order."""
    namespace = f"test-{uuid.uuid4().hex[:12]}"
    stage.cluster.kubectl("create", "namespace", namespace)
    start = stage.prepare(namespace, "recorded")
    apply_all(stage.cluster, namespace, [start.key.name])
    record = stage.directory / "calls"
    assert ended([replace(start, record=record)]) == [0], start.log.read_text()
    start.account.control.reset()
    return record.read_text().splitlines()


def lives_of(calls: Sequence[str]) -> list[Life]:
    """Every call, before and after: by the pass for the reads that it begins with, else one by one."""
    lives: list[Life] = []
    begun = 0
    only_read = True
    for number, call in enumerate(calls, 1):
        before, after = Point(number, call, "before"), Point(number, call, "after")
        if call == FIRST_OF_A_PASS:
            begun, only_read = number, True
            lives.append((before, replace(after, number=1)))
        elif only_read and is_read(call):
            again = number - begun + 1  # a fresh process begins with this pass
            lives[-1] += (replace(before, number=again), replace(after, number=again))
        else:
            only_read = False
            lives += [(before,), (after,)]
    return lives


def is_read(call: str) -> bool:
    """Whether a call changes nothing."""
    return call.partition(".")[2].startswith(READS)


def ended(starts: Sequence[Start]) -> list[int | None]:
    """Run processes side by side to their ends; their exit codes, negative for a signal."""
    processes = [forks.Process(target=run, args=(start,), daemon=True) for start in starts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(ENDS_WITHIN_SECONDS + 5)
    return [process.exitcode for process in processes]


def apply_all(cluster: Cluster, namespace: str, names: Sequence[str]) -> None:
    """Apply resources as a user does, in one go."""
    items = [subscription(name) for name in names]
    manifest = {"apiVersion": "v1", "kind": "List", "items": items}
    cluster.kubectl("apply", f"--namespace={namespace}", "--filename=-", stdin=json.dumps(manifest))


def shown(cluster: Cluster, namespace: str, kind: str) -> list[dict[str, Any]]:
    """All objects of a kind."""
    items: list[dict[str, Any]] = json.loads(cluster.kubectl("get", kind, f"--namespace={namespace}", "--output=json"))[
        "items"
    ]
    return items


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_and_started_again(
    stage: Stage, calls: list[str], namespace: str, chunk: int, record_property: Callable[[str, object], None]
) -> None:
    """One purchase; the order that carries its token is Fulfilled, and no other; the resource is Ready."""
    lives = {f"life-{number}": life for number, life in enumerate(lives_of(calls)) if number % CHUNKS == chunk}
    apply_all(stage.cluster, namespace, list(lives))
    purchases: dict[str, list[str]] = {}
    for wave in batched(sorted(lives, key=lambda name: len(lives[name]))):
        prepared = [stage.prepare(namespace, name) for name in wave]
        for kills in zip_longest(*(lives[name] for name in wave)):
            killed = [replace(start, kill=kill) for start, kill in zip(prepared, kills, strict=True) if kill]
            assert ended(killed) == [-signal.SIGKILL] * len(killed), told(killed)
        assert ended(prepared) == [0] * len(wave), told(prepared)
        for start in prepared:
            booked = start.account.control.purchases()
            purchases[start.key.name] = [each["tags"][ORDER_TAG] for each in booked]
            start.account.control.reset()
    orders = shown(stage.cluster, namespace, "flinkworkspaceorders")
    ready = ready_ones(shown(stage.cluster, namespace, "flinkworkspaces"))
    bought_once = {name for name, tokens in purchases.items() if len(tokens) == 1 and tokens == tokens_of(orders, name)}
    good = ready & bought_once
    kills_of = {name: len(life) for name, life in lives.items()}
    record_property("kills", [len(calls), sum(kills_of.values()), sum(kills_of[name] for name in good)])
    assert good == set(lives)


def batched(names: Sequence[str]) -> list[Sequence[str]]:
    """So many at a time as are run side by side."""
    return [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]


def told(starts: Sequence[Start]) -> str:
    """What the processes wrote, for whoever has to find out why."""
    return "\n".join(f"{start.key.name} ({start.kill}):\n{start.log.read_text()}" for start in starts)


def tokens_of(orders: Sequence[dict[str, Any]], name: str) -> list[str]:
    """Tokens of a resource's orders that are said to have bought something."""
    own = [order for order in orders if order["spec"]["workspaceRef"]["name"] == name]
    return [each["spec"]["token"] for each in own if each["status"]["state"] in ("Placed", "Fulfilled")]


def ready_ones(workspaces: Sequence[dict[str, Any]]) -> set[str]:
    """Names of those whose condition Ready is True."""
    return {
        str(workspace["metadata"]["name"])
        for workspace in workspaces
        for condition in workspace["status"]["conditions"]
        if (condition["type"], condition["status"]) == ("Ready", "True")
    }
