"""The environment of our own programs: what the user has, without what could lead them to a real cloud or cluster."""

import os

from flink_local.manifests import REPOSITORY

_REAL_WORLD = ("ALIBABA_CLOUD_", "ALICLOUD_", "KUBERNETES_", "KUBECONFIG")


def python_environment() -> dict[str, str]:
    """The environment to run a Python program of this checkout in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_REAL_WORLD)}
    own = {"PYTHONPATH": str(REPOSITORY / "operator"), "PYTHONUNBUFFERED": "1"}
    loopback = "127.0.0.1,localhost"  # a proxy of the user's must not get what goes to this machine
    return {**kept, **own, "NO_PROXY": loopback, "no_proxy": loopback}
