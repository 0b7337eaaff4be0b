"""How much memory the operator needs, by the kernel's account."""

import pytest

from tests.node.installation import Installation, until
from tests.node.manifests import pay_as_you_go

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

NUMBER = 200
READY_SECONDS = 240
MEBI = 1 << 20
LIMIT = 512 * MEBI


def test_two_hundred_workspaces_stay_far_below_the_limit(installation: Installation, namespace: str) -> None:
    """All are bought, the leader never holds half of its limit, and nobody was killed for want of memory."""
    leader = installation.settle()
    names = [f"many-{number:03}" for number in range(NUMBER)]
    installation.apply(namespace, *map(pay_as_you_go, names))
    until("all are Ready", lambda: ready(installation, namespace) == set(names), READY_SECONDS)
    peak = installation.peak_memory(leader)
    print(f"\n{NUMBER} workspaces: at most {peak / MEBI:.0f} MiB of {LIMIT / MEBI:.0f}")  # noqa: T201
    assert peak < LIMIT / 2
    [pod] = [each for each in installation.pods() if each["metadata"]["name"] == leader]
    assert pod["spec"]["containers"][0]["resources"]["limits"]["memory"] == "512Mi"
    assert all(status["restartCount"] == 0 for status in pod["status"]["containerStatuses"])


def ready(installation: Installation, namespace: str) -> set[str]:
    """The names of all workspaces that are Ready."""
    return {
        each["metadata"]["name"]
        for each in installation.get("flinkworkspaces", namespace=namespace)
        if ("Ready", "True")
        in [(condition["type"], condition["status"]) for condition in each.get("status", {}).get("conditions", [])]
    }
