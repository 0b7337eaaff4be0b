"""Workspaces that can be bought in the emulator's default account."""

from typing import Any

from tests.scenario.manifests import SUBSCRIPTION, Manifest
from tests.scenario.manifests import pay_as_you_go as anywhere


def pay_as_you_go(name: str, **spec: Any) -> Manifest:  # noqa: ANN401 - any field of the spec
    """In the network and bucket that the emulator starts with."""
    place = {
        "network": {"vpcId": "vpc-emulator-hangzhou", "vSwitchIds": ["vsw-emulator-hangzhou-i"]},
        "storage": {"oss": {"bucket": "flink-emulator-hangzhou"}},
    }
    return anywhere(name, **{**place, **spec})


def subscription(name: str, **spec: Any) -> Manifest:  # noqa: ANN401 - any field of the spec
    """The same, paid in advance."""
    return pay_as_you_go(name, **{**SUBSCRIPTION, **spec})
