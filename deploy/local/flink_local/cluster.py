"""A running cluster as its users see it: a kubeconfig, kubectl, and identities of
ServiceAccounts."""

import base64
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flink_local.certificates import Pair, write_private
from flink_local.failures import LocalFailure

KUBECTL_SECONDS = 60.0
LONGEST_ERROR = 3000


@dataclass(frozen=True)
class Cluster:
    """A kubeconfig with the rights of an administrator, and the kubectl that fits the server."""

    kubeconfig: Path
    kubectl_program: Path

    @property
    def url(self) -> str:
        """Where the API server listens."""
        return str(_only_cluster(self.kubeconfig)["server"])

    @property
    def environment(self) -> dict[str, str]:
        """The environment to run kubectl in: this cluster, and no cache of the user's own kubectl
        is touched."""
        cache = self.kubeconfig.parent / "kubectl-cache"
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": str(cache)}

    def kubectl(
        self, *arguments: str | Path, stdin: str | None = None, seconds: float = KUBECTL_SECONDS
    ) -> str:
        """Run kubectl and give its standard output; raises LocalFailure with what it said."""
        command = [str(self.kubectl_program), *map(str, arguments)]
        try:
            done = subprocess.run(
                command,
                input=stdin,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise LocalFailure(
                f"kubectl {' '.join(command[1:])} took longer than {seconds:.0f} s"
            ) from late
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip())[:LONGEST_ERROR]
            raise LocalFailure(f"kubectl {' '.join(command[1:])}:\n{said}")
        return done.stdout

    def kubeconfig_for(
        self, service_account: str, namespace: str, path: Path, *, seconds: int = 3600
    ) -> Path:
        """Write a kubeconfig at `path` with the rights of a ServiceAccount, by TokenRequest, and
        give its path.

        The token lives `seconds` (600 at least) and stands in a file of its own, `<path>.token`;
        calling this again replaces the token, which is how a running process gets a fresh one."""
        token = self.kubectl(
            "create", "token", service_account, "--namespace", namespace, f"--duration={seconds}s"
        )
        token_file = path.with_name(f"{path.name}.token").resolve()
        fresh = write_private(token_file.with_suffix(".new"), token.strip().encode())
        fresh.replace(token_file)
        authority = base64.b64decode(_only_cluster(self.kubeconfig)["certificate-authority-data"])
        return write_kubeconfig(
            path, self.url, authority, {"tokenFile": str(token_file)}, namespace
        )


def certificate_user(pair: Pair) -> dict[str, str]:
    """A kubeconfig user who shows a client certificate."""
    return {"client-certificate-data": _text(pair.certificate), "client-key-data": _text(pair.key)}


def write_kubeconfig(
    path: Path, url: str, authority: bytes, user: dict[str, str], namespace: str = "default"
) -> Path:
    """Write a kubeconfig with one context, readable by its owner only."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "local",
        "contexts": [
            {
                "name": "local",
                "context": {"cluster": "local", "user": "local", "namespace": namespace},
            }
        ],
        "clusters": [
            {
                "name": "local",
                "cluster": {"server": url, "certificate-authority-data": _text(authority)},
            }
        ],
        "users": [{"name": "local", "user": user}],
    }
    return write_private(path, yaml.safe_dump(content, sort_keys=False).encode())


def _only_cluster(kubeconfig: Path) -> dict[str, Any]:
    cluster: dict[str, Any] = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]
    return cluster


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
