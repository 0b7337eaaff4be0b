"""The access key's secret is a canary: whatever happens, it is in nothing that anybody can read."""

import json
import secrets
from collections.abc import Iterator

import pytest

from flink_local.manifests import NAMESPACE
from tests.lab.e2e.installation import EMULATOR, OPERATOR, OUTPUTS, Installation, until
from tests.lab.e2e.manifests import pay_as_you_go

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

CREDENTIALS = "flink-cloud-emulator-credentials"
KEY_ID, SECRET = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
SECONDS = 120
EVERYTHING = (
    "flinkworkspaces,flinkworkspaceorders,configmaps,events,leases,pods,replicasets,deployments"
)


@pytest.fixture
def canary(installation: Installation) -> Iterator[str]:
    """A secret that the cloud knows for a key of its own, and that the operator has by its
    Secret."""
    value, before = (
        f"canary{secrets.token_hex(16)}",
        installation.get("secret", CREDENTIALS)[0]["data"],
    )
    installation.emulator("PUT", "state", {"accessKeys": [{"id": "canaryKey", "secret": value}]})
    give(installation, {"stringData": {KEY_ID: "canaryKey", SECRET: value}})
    yield value
    installation.emulator("PUT", "faults", [])
    give(installation, {"data": before})


def give(installation: Installation, content: dict[str, dict[str, str]]) -> None:
    """Change the credentials, and start the operator anew with them."""
    patch = f"--patch={json.dumps(content)}"
    installation.kubectl("patch", "secret", CREDENTIALS, f"--namespace={NAMESPACE}", patch)
    installation.kubectl("rollout", "restart", f"--namespace={NAMESPACE}", f"deployment/{OPERATOR}")
    installation.settle()


def test_the_canary_is_told_nowhere(
    installation: Installation, namespace: str, canary: str
) -> None:
    """Bought, throttled, garbled, refused: no log, event, status, order, output or metric of the
    cluster holds it."""
    installation.emulator(
        "PUT", "faults", [{"fault": "throttle", "times": 2}, {"fault": "garbage", "times": 2}]
    )
    installation.bind(namespace, OUTPUTS, f"--clusterrole={OUTPUTS}")
    installation.apply(namespace, pay_as_you_go("canary", outputs={"configMapName": "ids"}))
    until("it is Ready", lambda: installation.is_ready(namespace, "canary"), SECONDS)
    installation.emulator(
        "PUT", "state", {"accessKeys": [{"id": "canaryKey", "secret": "another"}]}
    )
    installation.apply(namespace, pay_as_you_go("refused"))
    until("the keys are refused", lambda: is_refused(installation, namespace), SECONDS)

    told = shown(installation)
    assert [where for where, text in told.items() if canary in text] == []
    assert all(
        word in told["objects"] for word in ("OrderPlaced", "CredentialsRefused", "instanceId")
    )
    assert "flink_operator" in told[f"metrics of {installation.leader()}"]


def is_refused(installation: Installation, namespace: str) -> bool:
    """Whether the second one says why it can't be bought."""
    return any(
        reason == "CredentialsRefused"
        for _, reason in installation.conditions(namespace, "refused").values()
    )


def shown(installation: Installation) -> dict[str, str]:
    """All that people may read who may not read Secrets."""
    told = {"objects": installation.kubectl("get", EVERYTHING, "--all-namespaces", "--output=json")}
    told["described"] = installation.kubectl(
        "describe", "flinkworkspaces,flinkworkspaceorders", "--all-namespaces"
    )
    told["emulator"] = installation.kubectl(
        "logs", f"--namespace={NAMESPACE}", f"deployment/{EMULATOR}"
    )
    for pod in installation.pods():
        name = pod["metadata"]["name"]
        told[f"log of {name}"] = installation.kubectl("logs", f"--namespace={NAMESPACE}", name)
        told[f"metrics of {name}"] = installation.metrics(name)
    told["requests"] = installation.audit.log.read_text()
    return told
