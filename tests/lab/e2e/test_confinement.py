"""The Pods run with nothing but what they need."""

import base64
import json

import pytest

from flink_local.failures import LocalFailure
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from tests.lab.e2e.installation import Installation

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

WHO_AM_I = """
import getpass, json, os, pathlib
status = dict(line.split(":\\t") for line in pathlib.Path("/proc/self/status").read_text().splitlines())
def writable(folder):
    try:
        pathlib.Path(folder, "x").write_text("x")
    except OSError as error:
        return error.strerror
    return True
print(json.dumps({
    "ids": [os.getuid(), os.getgid()], "user": getpass.getuser(),
    "capabilities": int(status["CapEff"], 16), "bounding": int(status["CapBnd"], 16),
    "no new privileges": status["NoNewPrivs"], "seccomp": status["Seccomp"],
    "root": writable("/"), "app": writable("/app"), "tmp": writable("/tmp"),
}))
"""
READ_TOKEN = "print(open('/var/run/secrets/kubernetes.io/serviceaccount/token').read())"
TOKEN_LIVES_SECONDS = 3700


def test_the_namespace_takes_no_loose_pod(installation: Installation) -> None:
    """Pod Security is enforced there at `restricted`: a Pod without a securityContext is
    refused."""
    with pytest.raises(LocalFailure, match='violates PodSecurity "restricted'):
        installation.kubectl(
            "run", "loose", "--image=flink-workspace-operator:dev", f"--namespace={NAMESPACE}"
        )


def test_it_has_no_privilege(installation: Installation) -> None:
    """No user of the machine, no capability, none to be got, system calls filtered, nothing
    writable but /tmp."""
    found = json.loads(installation.run(installation.settle(), WHO_AM_I))
    assert found == {
        "ids": [65532, 65532],
        "user": "operator",
        "capabilities": 0,
        "bounding": 0,
        "no new privileges": "1",
        "seccomp": "2",
        "root": "Read-only file system",
        "app": "Read-only file system",
        "tmp": True,
    }


def test_there_is_no_shell(installation: Installation) -> None:
    """Nor anything else to be run but the interpreter."""
    with pytest.raises(LocalFailure, match="no such file or directory"):
        installation.kubectl(
            "exec", f"--namespace={NAMESPACE}", installation.settle(), "--", "/bin/sh", "-c", "true"
        )


def test_its_token_is_its_own(installation: Installation) -> None:
    """The ServiceAccount's, bound to this Pod, and good for about an hour."""
    leader = installation.settle()
    payload = installation.run(leader, READ_TOKEN).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["sub"] == f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}"
    assert claims["kubernetes.io"]["pod"]["name"] == leader
    assert claims["exp"] - claims["iat"] < TOKEN_LIVES_SECONDS


def test_the_emulator_has_no_token(installation: Installation) -> None:
    """It needs nothing of the cluster."""
    with pytest.raises(LocalFailure, match="FileNotFoundError"):
        installation.run("deployment/flink-cloud-emulator", READ_TOKEN)
