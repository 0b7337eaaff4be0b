"""Whoever counts calls is told of each that the cloud gets, once, with its end."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.settings import Settings
from tests.contract.calls import CALLS, Call, prepare
from tests.contract.clients import open_cloud, static_keys
from tests.emulator_fixture import EmulatedAccount


@dataclass
class Told:
    """What an observer was told."""

    ends: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        self.ends.append(
            (call, *(("Answered", "OK") if failure is None else (failure.reason, failure.code)))
        )
        assert 0 < seconds < 60

    async def ask(self, account: EmulatedAccount, *calls: Call) -> None:
        cloud = open_cloud(account, self)
        try:
            for call in calls:
                with suppress(CloudFailure):
                    await call.ask(cloud, account)
        finally:
            await cloud.close()


@pytest.fixture
def told() -> Told:
    return Told()


async def test_every_call_counts_once(account: EmulatedAccount, told: Told) -> None:
    """As often as the cloud got it; that a directory is not there yet is an answer of its own."""
    prepare(account)
    await told.ask(account, *CALLS)
    got = {call: sum(by_status.values()) for call, by_status in account.control.counters().items()}
    assert Counter(call for call, _, _ in told.ends) == got
    assert {(call, result) for call, result, _ in told.ends if result != "Answered"} == {
        ("oss.HeadObject", "NotFound")
    }


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_a_refusal_counts_as_what_it_is(
    account: EmulatedAccount, told: Told, call: Call
) -> None:
    """By its meaning and its code."""
    prepare(account)
    rule = {
        "service": call.service,
        "action": call.action,
        "fault": "reject",
        "code": "NoPermission",
    }
    account.control.faults([{**rule, "httpStatus": 403}])
    await told.ask(account, call)
    assert (str(call), "PermissionMissing", "NoPermission") in told.ends


async def test_a_lost_answer_counts(account: EmulatedAccount, told: Told) -> None:
    """Although the cloud's own numbers do not show how it ended here."""
    account.control.faults([{"fault": "drop-before"}])
    await told.ask(account, CALLS[0])
    assert told.ends == [("sts.GetCallerIdentity", "Unreachable", "ConnectionLost")]


async def test_a_404_without_a_document_counts_as_not_found(told: Told) -> None:
    """All that OSS may answer to HEAD; it means that the directory is not there yet."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"x-oss-request-id": "1", "ETag": "e"}
        return web.Response(status=404 if request.method == "HEAD" else 200, headers=headers)

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", answer)
    server = TestServer(application)
    await server.start_server()
    cloud = AlibabaCloud(
        Settings(endpoint=f"http://127.0.0.1:{server.port}"), static_keys("key", "secret"), told
    )
    try:
        assert await cloud.create_directory("cn-hangzhou", "bucket", "logs/")
    finally:
        await cloud.close()
        await server.close()
    assert told.ends == [
        ("oss.HeadObject", "NotFound", "NoSuchKey"),
        ("oss.PutObject", "Answered", "OK"),
    ]
