"""How much memory the operator needs, by the kernel's account."""

import pytest

from tests.lab.e2e.installation import Installation
from tests.lab.e2e.manifests import pay_as_you_go

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

NUMBER = 200
READY_SECONDS = 480
MEBI = 1 << 20
LIMIT = 512 * MEBI


def test_two_hundred_workspaces_stay_far_below_the_limit(
    installation: Installation, namespace: str
) -> None:
    """All are bought, the leader never holds half of its limit, and nobody was killed for want of
    memory."""
    leader = installation.settle()
    names = [f"many-{number:03}" for number in range(NUMBER)]
    installation.apply(namespace, *map(pay_as_you_go, names))
    arguments = ("--for=condition=Ready", "flinkworkspaces", "--all", f"--namespace={namespace}")
    installation.kubectl("wait", *arguments, f"--timeout={READY_SECONDS}s", seconds=READY_SECONDS)
    peak = installation.peak_memory(leader)
    print(f"\n{NUMBER} workspaces: at most {peak / MEBI:.0f} MiB of {LIMIT / MEBI:.0f}")  # noqa: T201
    assert peak < LIMIT / 2
    [pod] = [each for each in installation.pods() if each["metadata"]["name"] == leader]
    assert pod["spec"]["containers"][0]["resources"]["limits"]["memory"] == "512Mi"
    assert all(status["restartCount"] == 0 for status in pod["status"]["containerStatuses"])
