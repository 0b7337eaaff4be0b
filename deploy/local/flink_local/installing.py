"""The ways to install a trial, in the commands that people type; `make kind` and the tests on the
node run them."""

import os
import shutil
import subprocess
from typing import Final

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_local.helm import HELM
from flink_local.manifests import REPOSITORY

SECONDS: Final = 300

WAYS: Final = {
    "kustomize": """
kubectl apply --kustomize=deploy/overlays/trial
""",
    "helm": """
kubectl create namespace flink-workspace-operator
kubectl label namespace flink-workspace-operator pod-security.kubernetes.io/enforce=restricted
helm install flink-workspace-operator deploy/helm/flink-workspace-operator --namespace=flink-workspace-operator \\
    --set=emulator.enabled=true --set=image.repository=flink-workspace-operator --set=image.tag=dev
""",
    "install.yaml": """
sed 's|registry.example.com/flink-workspace-operator:0.1.0|flink-workspace-operator:dev|' deploy/install.yaml \\
    | kubectl apply --filename=-
sed 's|image: flink-cloud-emulator|&:dev|' deploy/overlays/trial/emulator.yaml | kubectl apply --filename=-
kubectl apply --filename=deploy/overlays/trial/credentials.yaml
kubectl --namespace=flink-workspace-operator set env deployment/flink-workspace-operator \\
    --from=secret/flink-cloud-emulator-credentials
kubectl --namespace=flink-workspace-operator set env deployment/flink-workspace-operator \\
    FLINK_OPERATOR_ENDPOINT=http://flink-cloud-emulator:8080 FLINK_OPERATOR_EMULATOR=true FLINK_OPERATOR_IDENTITY=key \\
    'FLINK_OPERATOR_IDENTITY_NAMESPACES=["*"]'
""",
}


def run_commands(cluster: Cluster, commands: str) -> None:
    """Run them in the checkout, with kubectl and Helm for this cluster; raises LocalFailure with
    what they said."""
    path = f"{cluster.kubectl_program.parent}:{HELM.built.directory}:{os.environ['PATH']}"
    shell = shutil.which("bash") or "bash"
    done = subprocess.run(
        [shell], input=f"set -euo pipefail\n{commands}", cwd=REPOSITORY, env={**cluster.environment, "PATH": path},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise LocalFailure(f"{commands.strip()}\n{done.stderr.strip()}")
