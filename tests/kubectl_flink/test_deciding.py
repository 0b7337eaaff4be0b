"""Approving and denying, against a real API server, by those who may and by those who may not."""

import pytest

from flink_local.cluster import Cluster
from kubectl_flink.exits import Exit
from tests.kubectl_flink.conftest import put
from tests.kubectl_flink.typed import Typist, plain
from tests.objects import Objects, Wire
from tests.scenario.api.samples import ORDER, QUOTED

ASKED = {
    **QUOTED,
    "state": "AwaitingApproval",
    "asked": {"basis": "Term", "currency": "CNY", "amount": "1200.00"},
    "digest": f"sha256:{'1f' * 32}",
    "approval": {"required": True, "by": "spec.purchase.approval"},
}
SENTENCE = (
    "order w-1 buys 10 CU Subscription in cn-hangzhou, account 1234567890, for CNY 1200.00 for 1 month."
    " Load balancer, OSS and monitoring are billed in addition."
)


@pytest.fixture
def objects(cluster: Cluster, namespace: str) -> Objects:
    """A namespace of the test's own, with an order that waits for approval."""
    found = Objects.of(cluster, namespace)
    put(found, "being-created", "w")
    reference = {**ORDER["spec"]["workspaceRef"], "name": "w"}
    spec = {**ORDER["spec"], "workspaceRef": reference}
    found.create({**ORDER, "metadata": {"name": "w-1"}, "spec": spec})
    found.patch("flinkworkspaceorders/w-1/status", {"status": QUOTED})
    found.patch("flinkworkspaceorders/w-1/status", {"status": ASKED})
    return found


def decisions(objects: Objects) -> list[Wire]:
    """What was decided."""
    return objects.list("flinkpurchaseapprovals")


@pytest.mark.parametrize(
    ("verb", "decision", "said"),
    [
        ("approve", "Approved", "SPENDS MONEY: it is bought at once"),
        ("deny", "Denied", "not bought"),
    ],
)
def test_a_decision_is_about_what_is_shown(
    admin: Typist, objects: Objects, verb: str, decision: str, said: str
) -> None:
    """The order at the price that is asked, with the reason and the user's own name."""
    typed = (verb, "w", "-n", objects.namespace, "--reason=budget Q4")
    told = admin.in_terminal(*typed, typed="y\n", after="[y/N]", columns=600)
    assert told.code == 0, told.out
    assert SENTENCE in plain(told.out)
    assert said in plain(told.out)
    (made,) = decisions(objects)
    assert made["metadata"]["name"].startswith(f"w-1-{decision.lower()}-")
    assert made["spec"]["order"] == {"name": "w-1", "digest": ASKED["digest"]}
    assert (made["spec"]["decision"], made["spec"]["reason"]) == (decision, "budget Q4")
    assert made["spec"]["approver"]


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_only_yes_is_yes(admin: Typist, objects: Objects, answer: str) -> None:
    """Nothing is recorded otherwise."""
    typed = ("approve", "w", "-n", objects.namespace)
    assert admin.in_terminal(*typed, typed=answer, after="[y/N]").code == Exit.DECLINED
    assert admin.piped(*typed).code == Exit.DECLINED
    assert decisions(objects) == []


def test_an_approver_needs_no_more_than_the_role(cluster: Cluster, objects: Objects) -> None:
    """And gives his own name."""
    objects.bind("flink-purchase-approver", ("boss", objects.namespace))
    account = f"system:serviceaccount:{objects.namespace}:boss"
    said = Typist(cluster, (f"--as={account}",)).piped(
        "approve", "w", "-n", objects.namespace, "--yes"
    )
    assert said.code == 0, said.err
    (made,) = decisions(objects)
    assert made["spec"]["approver"] == account


def test_who_may_not_approve_reads_which_role_it_takes(cluster: Cluster, objects: Objects) -> None:
    """A buyer sees the order, and can't decide on it."""
    objects.bind("flink-workspace-editor", ("buyer", objects.namespace))
    account = f"system:serviceaccount:{objects.namespace}:buyer"
    said = Typist(cluster, (f"--as={account}",)).piped(
        "approve", "w", "-n", objects.namespace, "--yes"
    )
    assert said.code == Exit.NO_RIGHT
    assert f"ClusterRole flink-purchase-approver in namespace {objects.namespace}" in said.err
    assert decisions(objects) == []


def test_nothing_is_decided_at_another_price(admin: Typist, objects: Objects) -> None:
    """The price rose while the question stood there."""
    dearer = {"asked": {**ASKED["asked"], "amount": "9999.00"}, "digest": f"sha256:{'2e' * 32}"}

    with admin.asked("approve", "w", "-n", objects.namespace) as answer:
        objects.patch("flinkworkspaceorders/w-1/status", {"status": dearer})
        said = answer("y\n")
    assert said.code == Exit.REFUSED
    assert "the price or the order changed meanwhile; nothing was decided" in plain(said.out)
    assert decisions(objects) == []


def test_what_waits_for_nobody_is_not_decided(admin: Typist, objects: Objects) -> None:
    """The state is told instead; a decision is made once."""
    typed = ("approve", "w", "-n", objects.namespace, "--yes")
    assert admin.piped(*typed).code == 0
    for verb in ("approve", "deny"):
        again = admin.piped(verb, *typed[1:])
        assert (again.code, len(decisions(objects))) == (Exit.REFUSED, 1)
        assert "order w-1 is Approved already, by " in again.err
    objects.patch("flinkworkspaceorders/w-1/status", {"status": {"state": "Canceled"}})
    late = admin.piped(*typed)
    assert late.code == Exit.REFUSED
    assert "order w-1 is Canceled, and does not wait for approval" in late.err


def test_a_name_that_is_not_there_is_told(admin: Typist, objects: Objects) -> None:
    """With the one that was perhaps meant; and one without an order says so."""
    assert admin.piped("approve", "ww", "-n", objects.namespace).code == Exit.NOT_FOUND
    objects.patch("flinkworkspaces/w/status", {"status": {"order": None}})
    said = admin.piped("deny", "w", "-n", objects.namespace)
    assert said.code == Exit.REFUSED
    assert "no order was opened for it yet" in said.err


def test_an_approval_that_grew_too_old_is_renewed(admin: Typist, objects: Objects) -> None:
    """By another one of the same digest."""
    typed = ("approve", "w", "-n", objects.namespace, "--yes")
    assert admin.piped(*typed).code == 0
    expired = {
        "type": "Suspended",
        "status": "True",
        "reason": "ApprovalExpired",
        "message": "its approval is too old",
        "lastTransitionTime": "2026-12-01T00:00:00Z",
        "observedGeneration": 1,
    }
    objects.patch("flinkworkspaces/w/status", {"status": {"conditions": [expired]}})
    again = admin.piped(*typed)
    assert (again.code, len(decisions(objects))) == (0, 2), again.err


def test_the_price_of_an_hour_is_shown(admin: Typist, objects: Objects) -> None:
    """And one that is not known is said not to be."""
    for asked, said in (
        ({"basis": "Hour", "currency": "CNY", "amount": "0.57"}, "for CNY 0.57 per hour."),
        ({"basis": "Hour"}, "for a price that is not known."),
    ):
        objects.patch("flinkworkspaceorders/w-1/status", {"status": {"asked": None}})
        objects.patch("flinkworkspaceorders/w-1/status", {"status": {"asked": asked}})
        told = admin.piped("approve", "w", "-n", objects.namespace)
        assert told.code == Exit.DECLINED
        assert said in told.err
