"""Workspaces that are wanted while operators are disturbed, and whether each of them was bought
once.

wanted = Purchases(cluster, account.control, namespace, 30)
wanted.apply()
... until wanted.all_ready()
assert wanted.bought_once()
"""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_workspace_operator.api.names import ORDER_TAG, ORDERS, RECONCILE_REQUESTED_AT, WORKSPACES
from tests.emulator_fixture import EmulatorControl
from tests.objects import Objects
from tests.patience import until
from tests.scenario.manifests import apply, pay_as_you_go

WINDOWS: dict[str, object] = {
    "signature_validity_seconds": 60,
    "longest_commit_seconds": 30,
    "longest_visibility_seconds": 60,
    "nonce_memory_seconds": 120,
    "refusal_backoff_seconds": 10,
    "purchase_timeout_seconds": 10,
    "drain_seconds": 15,
    "listing_max_age_seconds": 0.001,  # no shared listing outlives a moved clock
}
"""Settings of an operator under which an open outcome is settled after minutes of the moved
clock."""
GATEWAY = {
    "provisioningSeconds": 1,
    "uniqueNames": "off",
    "signatureValiditySeconds": 60,
    "nonceMemorySeconds": 120,
}
"""A cloud that is as these settings say, and where names do not protect from buying twice."""
STRIDE_SECONDS = 30
OPEN = {"Placing", "Uncertain", "NotPlaced"}
"""States of an order in which time has to pass, if nobody is at it any more."""

_stamps = count(1)


@dataclass(frozen=True)
class Purchases:
    """So many workspaces in a namespace."""

    cluster: Cluster
    control: EmulatorControl
    namespace: str
    number: int
    gateway: Mapping[str, object] = field(default_factory=lambda: GATEWAY)
    """How the cloud is, which has to fit the operator's settings."""
    _looks: list[set[str]] = field(default_factory=list)
    """The versions of all objects at each look."""

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return [f"w{number:02}" for number in range(self.number)]

    def apply(self) -> None:
        """Apply all of them in one go, to a cloud that is as the operator's settings say."""
        self.control.settings(**self.gateway)
        apply(
            self.cluster,
            self.namespace,
            {"apiVersion": "v1", "kind": "List", "items": [*map(pay_as_you_go, self.names)]},
        )

    def shown(self) -> list[dict[str, Any]]:
        """The workspaces and their orders; none while the API server is away."""
        with contextlib.suppress(LocalFailure):
            return [each for kind in (WORKSPACES, ORDERS) for each in self.objects.list(kind)]
        return []

    def all_ready(self) -> bool:
        """Whether all are; if not, and nothing moves, let the time pass that an order without
        evidence must wait."""
        shown = self.shown()
        self._looks.append({each["metadata"]["resourceVersion"] for each in shown})
        stands_still = self._looks[-2:-1] == self._looks[-1:]
        if stands_still and OPEN & {each.get("status", {}).get("state") for each in shown}:
            self.control.advance(STRIDE_SECONDS)
            self.wake()
        return ready(shown) == set(self.names)

    def bought_once(self) -> bool:
        """One purchase for each, and the ledger knows its token; no order says so that has none."""
        booked = self.control.purchases()
        tokens = Counter(each["tags"][ORDER_TAG] for each in booked)
        states = [
            (each["spec"]["token"], each["status"]["state"])
            for each in self.shown()
            if "token" in each["spec"]
        ]
        said = Counter(token for token, state in states if state in ("Placed", "Fulfilled"))
        return Counter(each["name"] for each in booked) == Counter(self.names) and tokens == said

    def delete(self) -> None:
        """Delete them, while an operator is there to let them go."""
        self.objects.delete(WORKSPACES)
        until(
            lambda: not self.objects.list(WORKSPACES),
            otherwise=lambda: f"still there: {self.shown()}",
        )

    @property
    def objects(self) -> Objects:
        """What is in the namespace."""
        return Objects.of(self.cluster, self.namespace)

    def wake(self, annotation: str = RECONCILE_REQUESTED_AT) -> None:
        """Have each of them looked at."""
        stamp = str(next(_stamps))
        with contextlib.suppress(LocalFailure):
            for name in self.names:
                self.objects.annotate(f"{WORKSPACES}/{name}", annotation, stamp)


def ready(shown: Sequence[dict[str, Any]]) -> set[str]:
    """The names of what is Ready."""
    return {each["metadata"]["name"] for each in shown if _is_ready(each)}


def _is_ready(resource: dict[str, Any]) -> bool:
    conditions = resource.get("status", {}).get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)
