"""Where killable processes are started, one resource in one account each, and what is left of it
afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import ORDER_TAG, ORDERS, WORKSPACES
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.e2e.forks import forks
from tests.e2e.killable import ENDS_WITHIN_SECONDS, Start, run
from tests.emulator_fixture import fill_region, open_account
from tests.objects import Objects
from tests.patience import patience
from tests.scenario.manifests import subscription

AT_ONCE = 3
READS = ("read", "reread", "list", "find", "describe", "identify", "look_up", "quote")


@dataclass(frozen=True)
class Stage:
    """Where processes are started: the cluster, the emulator, their settings, a directory for what
    they write."""

    cluster: Cluster
    kubeconfig: Path
    emulator: str
    settings: Settings
    directory: Path

    def prepare(self, namespace: str, name: str, others: int = 0) -> Start:
        """A start for a resource, in an account of its own, beside so many instances of others."""
        account = open_account(self.emulator)
        fill_region(account.control, others)
        account.control.settings(provisioningSeconds=0, uniqueNames="off", nonceMemorySeconds=120)
        return Start(
            self.settings,
            self.kubeconfig,
            account,
            Key(namespace, name),
            self.directory / f"{name}.log",
        )


def is_read(call: str) -> bool:
    """Whether a call changes nothing."""
    return call.partition(".")[2].startswith(READS)


def begun(starts: Sequence[Start]) -> list[ForkServerProcess]:
    """Start processes side by side."""
    processes = [forks.Process(target=run, args=(start,), daemon=True) for start in starts]
    for process in processes:
        process.start()
    return processes


def exit_codes(processes: Sequence[ForkServerProcess]) -> list[int | None]:
    """Wait for their ends; negative for a signal, None for one that does not end."""
    for process in processes:
        process.join(patience(ENDS_WITHIN_SECONDS) + 5)
    return [process.exitcode for process in processes]


def ended(starts: Sequence[Start]) -> list[int | None]:
    """Run processes side by side to their ends."""
    return exit_codes(begun(starts))


def batched(names: Sequence[str]) -> list[Sequence[str]]:
    """So many at a time as are run side by side."""
    return [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]


def apply_all(cluster: Cluster, namespace: str, names: Sequence[str]) -> None:
    """Apply resources as a user does, in one go."""
    items = [subscription(name) for name in names]
    Objects.of(cluster, namespace).apply({"kind": "List", "items": items})


def told(starts: Sequence[Start]) -> str:
    """What the processes wrote, for whoever has to find out why."""
    return "\n".join(
        f"{start.key.name} ({start.kill or start.stop}):\n{start.log.read_text()}"
        for start in starts
    )


def tokens_booked(start: Start) -> list[str]:
    """Tokens of the orders that bought something, by what the cloud says; the account is not needed
    afterwards."""
    booked = start.account.control.purchases()
    start.account.control.reset()
    return [each["tags"][ORDER_TAG] for each in booked]


def good_ones(cluster: Cluster, namespace: str, booked: dict[str, list[str]]) -> set[str]:
    """Names of those that were bought once, by an order that says so and no other, and are
    Ready."""
    objects = Objects.of(cluster, namespace)
    orders, ready = objects.list(ORDERS), _ready_ones(objects.list(WORKSPACES))
    return {
        name
        for name, tokens in booked.items()
        if len(tokens) == 1 and tokens == _tokens_of(orders, name)
    } & ready


def _tokens_of(orders: Sequence[dict[str, Any]], name: str) -> list[str]:
    """Tokens of a resource's orders that are said to have bought something."""
    own = [order for order in orders if order["spec"]["workspaceRef"]["name"] == name]
    return [
        each["spec"]["token"] for each in own if each["status"]["state"] in ("Placed", "Fulfilled")
    ]


def _ready_ones(workspaces: Sequence[dict[str, Any]]) -> set[str]:
    """Names of those whose condition Ready is True."""
    return {
        str(workspace["metadata"]["name"])
        for workspace in workspaces
        for condition in workspace["status"]["conditions"]
        if (condition["type"], condition["status"]) == ("Ready", "True")
    }
