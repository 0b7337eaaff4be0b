"""Pods come and go while something is bought: it is bought once, and its answer is not lost where
it need not be."""

import os
import signal
from collections.abc import Iterator

import pytest

from flink_local.manifests import NAMESPACE
from tests.lab.e2e.installation import OPERATOR, Installation, until
from tests.lab.e2e.manifests import pay_as_you_go
from tests.lab.e2e.purchase import delay_purchase, is_sent

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

READY_SECONDS = 120
STARTS_SECONDS = 60
LEADS_SECONDS = 45
"""The Lease (15 s) runs out, and somebody looks."""
ROLLOUT_DELAY_MS = 55_000
"""Longer than a new Pod takes to be Ready, so that the leader is told to stop while the cloud has
not answered yet; and shorter than FLINK_OPERATOR_PURCHASE_TIMEOUT_SECONDS."""
GOES_FIRST = "controller.kubernetes.io/pod-deletion-cost=-1"
KILL_DELAY_MS = 8_000


@pytest.fixture(autouse=True)
def _unhindered(installation: Installation) -> Iterator[None]:
    """Afterwards the cloud answers at once again, and both Pods are there."""
    yield
    installation.emulator("PUT", "faults", [])
    installation.settle()


def being_bought(installation: Installation, namespace: str, name: str, milliseconds: int) -> str:
    """Apply a workspace whose purchase the cloud keeps waiting, once it is sent; gives the Pod that
    has sent it."""
    delay_purchase(installation, milliseconds)
    leader = installation.settle()
    installation.apply(namespace, pay_as_you_go(name))
    until("the purchase is sent", lambda: is_sent(installation), STARTS_SECONDS)
    assert installation.purchases(name) == []
    return leader


def test_a_rolling_update_waits_for_the_answer(installation: Installation, namespace: str) -> None:
    """The leader is told to stop while a purchase is in flight: it stays until it has written down
    the answer."""
    leader = being_bought(installation, namespace, "rolled", ROLLOUT_DELAY_MS)
    installation.kubectl("annotate", "pod", leader, f"--namespace={NAMESPACE}", GOES_FIRST)
    installation.kubectl("rollout", "restart", f"--namespace={NAMESPACE}", f"deployment/{OPERATOR}")
    until("the leader is told to stop", lambda: leader not in names(installation), STARTS_SECONDS)
    assert installation.purchases("rolled") == []
    until("it is Ready", lambda: installation.is_ready(namespace, "rolled"), READY_SECONDS)
    assert len(installation.purchases("rolled")) == 1
    assert installation.order(namespace, "rolled-1")["evidence"] == "Answer"
    assert installation.settle() != leader


def test_a_killed_leader_is_replaced(installation: Installation, namespace: str) -> None:
    """Removed by force while a purchase is in flight: the other one leads, finds what was bought,
    and buys nothing."""
    leader = being_bought(installation, namespace, "orphaned", KILL_DELAY_MS)
    process = installation.process(leader)
    installation.kubectl(
        "delete", "pod", leader, f"--namespace={NAMESPACE}", "--grace-period=0", "--force"
    )
    os.kill(process, signal.SIGKILL)
    until("another one leads", installation.leader, LEADS_SECONDS)
    until("it is Ready", lambda: installation.is_ready(namespace, "orphaned"), READY_SECONDS)
    assert len(installation.purchases("orphaned")) == 1
    assert installation.order(namespace, "orphaned-1")["evidence"] != "Answer"


def test_a_crashed_container_starts_again(installation: Installation, namespace: str) -> None:
    """Killed from outside, as by the kernel for want of memory: the other one leads, and the
    kubelet starts it anew."""
    leader = installation.settle()
    os.kill(installation.process(leader), signal.SIGKILL)
    until("the other one leads", lambda: installation.leader() not in ("", leader), LEADS_SECONDS)
    installation.apply(namespace, pay_as_you_go("afterwards"))
    until("it is Ready", lambda: installation.is_ready(namespace, "afterwards"), READY_SECONDS)
    until("the container runs again", lambda: restarted(installation, leader), READY_SECONDS)


def test_a_hanging_leader_is_replaced(installation: Installation, namespace: str) -> None:
    """Stopped, it answers no probe and no longer leads; awake again, it does not buy, and starts
    anew."""
    leader = installation.settle()
    process = installation.process(leader)
    os.kill(process, signal.SIGSTOP)
    try:
        until(
            "the other one leads", lambda: installation.leader() not in ("", leader), LEADS_SECONDS
        )
        installation.apply(namespace, pay_as_you_go("meanwhile"))
        until("it is Ready", lambda: installation.is_ready(namespace, "meanwhile"), READY_SECONDS)
    finally:
        os.kill(process, signal.SIGCONT)
    until("the container runs again", lambda: restarted(installation, leader), READY_SECONDS)
    assert len(installation.purchases("meanwhile")) == 1


def names(installation: Installation) -> list[str]:
    """Of the Pods that are not told to stop."""
    return [each["metadata"]["name"] for each in installation.pods()]


def restarted(installation: Installation, pod: str) -> bool:
    """Whether a Pod's container was started again, and is Ready."""
    [status] = [
        status
        for each in installation.pods()
        if each["metadata"]["name"] == pod
        for status in each["status"]["containerStatuses"]
    ]
    return bool(status["ready"]) and status["restartCount"] > 0
