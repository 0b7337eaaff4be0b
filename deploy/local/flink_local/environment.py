"""The environment of our own programs: what the user has, without what could lead them to a real
cloud or cluster."""

import os

from flink_local.manifests import REPOSITORY

_REAL_WORLD = ("ALIBABA_CLOUD_", "ALICLOUD_", "KUBERNETES_", "KUBECONFIG")
_WAYS_OUT = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
)


def is_way_out(name: str) -> bool:
    """True of variables for proxies and authorities, in capitals or not: our programs stay on this
    machine."""
    return name.upper() in _WAYS_OUT


def python_environment() -> dict[str, str]:
    """The environment to run a Python program of this checkout in."""
    left_out = {name for name in os.environ if name.startswith(_REAL_WORLD) or is_way_out(name)}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONPATH": str(REPOSITORY / "operator"), "PYTHONUNBUFFERED": "1"}
