"""What is applied to the cluster before the operator runs: its resource definitions, its rights and
the warnings."""

from pathlib import Path

from flink_local.cluster import Cluster

REPOSITORY = Path(__file__).parents[3]
NAMESPACE = "flink-workspace-operator"
SERVICE_ACCOUNT = "flink-workspace-operator"
_APPLIED = ("namespace.yaml", "serviceaccount.yaml", "rbac.yaml", "roles.yaml", "warnings.yaml")
"""Of deploy/base. Not the Deployment: there is no node to run it, the operator is a process of this
machine."""


def install(cluster: Cluster) -> None:
    """Apply `crds/`, the rights and the warnings of `deploy/base`, and wait until the new kinds are
    served."""
    base = REPOSITORY / "deploy" / "base"
    definitions = [f"--filename={file}" for file in sorted((REPOSITORY / "crds").glob("*.yaml"))]
    cluster.kubectl(
        "apply", "--server-side", *definitions, *(f"--filename={base / name}" for name in _APPLIED)
    )
    if definitions:
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", *definitions)
        # For about a second more, the API server refuses lists with a selector, as the operator's:
        # 429, "storage is (re)initializing". kubectl waits and repeats.
        kinds = ",".join(file.stem for file in sorted((REPOSITORY / "crds").glob("*.yaml")))
        cluster.kubectl("get", kinds, "--all-namespaces", "--selector=none=none")
