"""The credentials are canaries: whatever happens, they are in nothing that anybody can read."""

import logging

import pytest

from tests.scenario.manifests import subscription
from tests.scenario.test_letting_go import DOWN
from tests.scenario.world import World, has_reason

EVERYTHING = "flinkworkspaces,flinkworkspaceorders,configmaps,events"


async def test_credentials_are_told_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Bought, throttled, refused, unreachable: neither status, orders, outputs, events nor log
    lines hold them."""
    caplog.set_level(logging.DEBUG)
    control, account = world.account.control, world.account
    await world.apply(subscription(outputs={"configMapName": "ids"}))
    control.faults([{"service": "foasconsole", "fault": "throttle", "times": 2}])
    await world.settle("w")
    control.faults([DOWN])
    await world.one_pass("w")
    control.faults([])
    control.state({"accessKeys": [{"id": account.access_key_id, "secret": "another"}]})
    await world.apply(subscription("v"))
    await world.settle("v", until=has_reason("CredentialsRefused"))

    shown = world.local.kubectl(
        "get", EVERYTHING, f"--namespace={world.namespace}", "--output=json"
    )
    for text in (shown, caplog.text, *map(str, world.cluster.shown)):
        assert account.access_key_secret not in text
    assert account.access_key_id not in shown
    assert all(what in shown for what in ("OrderPlaced", "CredentialsRefused", "instanceId"))
