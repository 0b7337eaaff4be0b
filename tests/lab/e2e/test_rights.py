"""What the operator may do is what it does: its roles against the API server's audit log."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from flink_local.emulator import ACCESS_KEY_ID, ACCESS_KEY_SECRET
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_workspace_operator.api.names import API_VERSION
from tests.lab.e2e.installation import OUTPUTS, Installation, gone, until
from tests.lab.e2e.manifests import pay_as_you_go, subscription
from tests.lab.e2e.purchase import delay_purchase, is_sent

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

SECONDS = 90
TOUCHED_DELAY_MS = 10_000
IDS = "ids"
CREDENTIALS = "flink-workspace-operator-named-credentials"
AGAIN = "flink.alicloud.dev/reconcile-requested-at"
DECISION = "authorization.k8s.io/decision"
"""Authorization's own word. A code 403 is also what a write into a namespace gets that is being
deleted."""
SUBJECT = {"kind": "ServiceAccount", "name": SERVICE_ACCOUNT, "namespace": NAMESPACE}


class Right(NamedTuple):
    """One verb on one resource; the resource as roles name it, with its subresource."""

    group: str
    resource: str
    verb: str


def test_granted_is_used(installation: Installation, namespace: str) -> None:
    """After a whole life of workspaces, and with what the other tests did: no right that is not
    granted was asked for, none that is granted was not used."""
    live_a_whole_life(installation, namespace)
    requests = [
        each for each in installation.audit.requests() if each["stage"] == "ResponseComplete"
    ]
    refused = [right_of(each) for each in requests if each["annotations"][DECISION] == "forbid"]
    used = {right_of(each) for each in requests}
    granted = set(rights_granted(installation))
    assert refused == []
    assert granted - used == set()
    assert used - granted == set()


def live_a_whole_life(installation: Installation, namespace: str) -> None:
    """A new leader; outputs written, corrected, moved; one name wanted twice; keys from a Secret; a
    purchase that somebody approved under a cap; all deleted."""
    installation.kubectl(
        "rollout", "restart", f"--namespace={NAMESPACE}", "deployment", SERVICE_ACCOUNT
    )
    installation.settle()
    installation.bind(namespace, OUTPUTS, f"--clusterrole={OUTPUTS}")
    installation.apply(namespace, pay_as_you_go("whole", outputs={"configMapName": IDS}))
    until("it is Ready", lambda: installation.is_ready(namespace, "whole"), SECONDS)
    correct_outputs(installation, namespace)
    installation.apply(namespace, pay_as_you_go("whole", outputs={"configMapName": "others"}))
    until(
        "the former ConfigMap is gone",
        lambda: gone(installation, "configmap", IDS, namespace),
        SECONDS,
    )
    compete_for_a_name(installation, namespace)
    touch_an_order_in_flight(installation, namespace)
    pay_with_a_secret(installation, namespace)
    buy_under_a_policy(installation, namespace)
    installation.kubectl(
        "delete", "flinkworkspaces", "--all", f"--namespace={namespace}", "--timeout=90s"
    )


def correct_outputs(installation: Installation, namespace: str) -> None:
    """A hand edit, and a pass that is asked for."""
    edit = '{"data":{"instanceId":"wrong"}}'
    installation.kubectl(
        "patch", "configmap", IDS, f"--namespace={namespace}", "--type=merge", f"--patch={edit}"
    )
    installation.kubectl(
        "annotate", "flinkworkspace/whole", f"--namespace={namespace}", f"{AGAIN}=1", "--overwrite"
    )

    def corrected() -> bool:
        [found] = installation.get("configmap", IDS, namespace=namespace)
        return bool(found["data"]["instanceId"] != "wrong")

    until("it is corrected", corrected, SECONDS)


def compete_for_a_name(installation: Installation, namespace: str) -> None:
    """A second resource wants the first one's workspace, and waits for its claim."""
    installation.apply(namespace, pay_as_you_go("second", workspaceName="whole"))

    def is_told() -> bool:
        return installation.conditions(namespace, "second").get("Ready") == ("False", "NameTaken")

    until("the second is told", is_told, SECONDS)


def touch_an_order_in_flight(installation: Installation, namespace: str) -> None:
    """Somebody annotates an order while its purchase is in flight: the answer is written over what
    came between."""
    delay_purchase(installation, TOUCHED_DELAY_MS)
    installation.apply(namespace, pay_as_you_go("touched"))
    until("the purchase is sent", lambda: is_sent(installation), SECONDS)
    installation.kubectl(
        "annotate", "flinkworkspaceorder/touched-1", f"--namespace={namespace}", "seen=yes"
    )
    until("it is Ready", lambda: installation.is_ready(namespace, "touched"), SECONDS)
    installation.emulator("PUT", "faults", [])


def pay_with_a_secret(installation: Installation, namespace: str) -> None:
    """The namespace lets the operator read one of its Secrets, and a resource names it."""
    installation.kubectl(
        "create", "role", CREDENTIALS, f"--namespace={namespace}", "--verb=get,patch", "--resource=secrets",
        "--resource-name=alicloud",
    )  # fmt: skip
    installation.bind(namespace, CREDENTIALS, f"--role={CREDENTIALS}")
    keys = {"accessKeyId": ACCESS_KEY_ID, "accessKeySecret": ACCESS_KEY_SECRET}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "alicloud"},
        "stringData": keys,
    }
    installation.apply(
        namespace, secret, pay_as_you_go("paid", credentials={"secretName": "alicloud"})
    )
    until("it is Ready", lambda: installation.is_ready(namespace, "paid"), SECONDS)


def buy_under_a_policy(installation: Installation, namespace: str) -> None:
    """One that asks for an approval, and caps the month."""
    labels = {"kubernetes.io/metadata.name": namespace}
    policy = {
        "apiVersion": API_VERSION,
        "kind": "FlinkPurchasePolicy",
        "metadata": {"name": namespace},
        "spec": {
            "match": {"namespaceSelector": {"matchLabels": labels}},
            "approval": {"required": "Always"},
            "spendCap": {"monthly": [{"currency": "CNY", "amount": "9999.00"}]},
        },
    }
    installation.apply(namespace, policy, subscription("limited"))

    def asked() -> str:
        found = installation.order(namespace, "limited-1")
        return str(found["digest"]) if found.get("state") == "AwaitingApproval" else ""

    digest = until("somebody is asked", asked, SECONDS)
    decision = {
        "apiVersion": API_VERSION,
        "kind": "FlinkPurchaseApproval",
        "metadata": {"name": "limited-1"},
        "spec": {"order": {"name": "limited-1", "digest": digest}, "decision": "Approved"},
    }
    installation.apply(namespace, decision)
    until("it is Ready", lambda: installation.is_ready(namespace, "limited"), SECONDS)
    installation.kubectl("delete", "flinkpurchasepolicy", namespace)


def right_of(request: dict[str, Any]) -> Right:
    """What had to be granted for a request."""
    about = request["objectRef"]
    resource = "/".join(filter(None, (about["resource"], about.get("subresource"))))
    return Right(about.get("apiGroup", ""), resource, request["verb"])


def rights_granted(installation: Installation) -> Iterator[Right]:
    """All that is bound to the operator's ServiceAccount, in single namespaces and in all of
    them."""
    for kind in ("rolebindings", "clusterrolebindings"):
        for binding in installation.get(kind, "--all-namespaces"):
            if SUBJECT in binding.get("subjects", []):
                role, where = binding["roleRef"], binding["metadata"].get("namespace", NAMESPACE)
                [found] = installation.get(role["kind"], role["name"], namespace=where)
                yield from rights_in(found["rules"])


def rights_in(rules: list[dict[str, Any]]) -> Iterator[Right]:
    """Each verb on each resource."""
    for rule in rules:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                yield from (Right(group, resource, verb) for verb in rule["verbs"])
