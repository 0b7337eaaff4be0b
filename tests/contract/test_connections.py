"""Questions share connections, a purchase has its own, and the event loop stands still for
neither."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from flink_local.certificates import Authority
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.connections import AT_ONCE
from flink_workspace_operator.adapters.alibaba.transport import unusable_variables
from flink_workspace_operator.api.names import DIRECTORIES
from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.secret import AccessKey
from flink_workspace_operator.runtime.garbage import set_aside_all
from flink_workspace_operator.settings import Settings
from tests.contract.calls import prepare
from tests.contract.clients import OWNER, TOKEN, network, open_cloud, purchase, static_keys, target
from tests.contract.servers import forward, serving, tls_of
from tests.contract.test_proxies import SERVICES
from tests.contract.test_transport import failure_of
from tests.emulator_fixture import ROLE, EmulatedAccount, emulating, open_account
from tests.loop_watch import watching_turns

FRESH: Final = timedelta(0)
LONGEST_TURN: Final = 0.05
LOOKS: Final = 16
"""As many as there are workers."""


@dataclass
class Door:
    """Stands before the emulator, and counts who comes in."""

    leads_to: str
    connections: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await forward(reader, writer, self.leads_to)


@pytest.fixture
async def door(account: EmulatedAccount) -> AsyncIterator[tuple[Door, AlibabaCloud]]:
    """The door, and the port that goes through it."""
    counted = Door(account.endpoint)
    async with serving(counted.handle) as address:
        cloud = open_cloud(account, endpoint=f"http://{address}", read_timeout_seconds=15)
        yield counted, cloud
        await cloud.close()


async def test_one_after_the_other_takes_one_connection(
    door: tuple[Door, AlibabaCloud], account: EmulatedAccount
) -> None:
    """Of whichever service and SDK."""
    counted, cloud = door
    prepare(account)
    account.control.state(
        {"buckets": [{"name": account.bucket, "region": account.region, "keys": ["a/"]}]}
    )
    for ask in SERVICES.values():
        await ask(cloud, account)
    assert counted.connections == 1


async def test_many_at_once_take_no_more_than_are_kept(
    door: tuple[Door, AlibabaCloud], account: EmulatedAccount
) -> None:
    """So a wave of questions does not cost a handshake each."""
    counted, cloud = door
    await asyncio.gather(
        *(cloud.describe_network(account.region, network(account)) for _ in range(100))
    )
    assert counted.connections <= AT_ONCE


async def test_a_purchase_has_a_connection_of_its_own(
    door: tuple[Door, AlibabaCloud], account: EmulatedAccount
) -> None:
    """A new one, although one is kept: that may be closed by the cloud just then."""
    counted, cloud = door
    prepare(account)
    await cloud.identify()
    assert counted.connections == 1
    assert isinstance(await cloud.place(purchase(account)), Bought)
    await cloud.list_regions()
    assert counted.connections == 2


async def test_identities_share_no_connection(
    door: tuple[Door, AlibabaCloud], account: EmulatedAccount
) -> None:
    """Whoever answers on a connection may remember who asked."""
    counted, cloud = door
    other = await cloud.signed_with(
        AccessKey(account.access_key_id, account.access_key_secret, None)
    )
    for each in (cloud, other, cloud, other):
        await each.list_regions()
    assert counted.connections == 2


@asynccontextmanager
async def answering(*connections: int) -> AsyncIterator[tuple[list[str], AlibabaCloud]]:
    """A cloud that answers so many requests on each connection, and then reads one and closes it;
    and its requests."""
    requests, left = list[str](), list(connections)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers = left.pop(0)
        while head := await reader.read(65536):
            requests.append(head.decode().split(" ")[0])
            if not answers:
                break
            answers -= 1
            body = b'{"Regions": [{"Region": "cn-hangzhou"}], "AccountId": "1", "TotalCount": 0, "Instances": []}'
            head = (
                b"HTTP/1.1 200 OK\r\nDate: Mon, 30 Nov 2026 10:00:00 GMT\r\nContent-Length: %d\r\n\r\n"
                % len(body)
            )
            writer.write(head + body)
        writer.close()

    async with serving(handle) as here:
        cloud = AlibabaCloud(Settings(endpoint=f"http://{here}"), static_keys("key", "secret"))
        yield requests, cloud
        await cloud.close()


async def test_a_question_on_a_connection_that_breaks_is_not_repeated() -> None:
    """A kept connection is no reason to send anything twice; whoever asks later gets another
    one."""
    async with answering(1, 9) as (requests, cloud):
        await cloud.identify()
        failure = await failure_of(cloud.list_instances("cn-hangzhou", FRESH))
        assert (failure.code, failure.fate, requests) == (
            "ConnectionLost",
            "Unknown",
            ["POST", "GET"],
        )
        await cloud.list_instances("cn-hangzhou", FRESH)
    assert requests == ["POST", "GET", "GET"]


async def test_nothing_is_remembered_of_an_answer() -> None:
    """A cookie of one service is shown to none. By name: from an address no client would take
    one."""
    shown = list[str | None]()

    async def answer(request: web.Request) -> web.Response:
        shown.append(request.headers.get("Cookie"))
        return web.json_response(
            {"AccountId": "1", "Regions": [{"Region": "a"}]}, headers={"Set-Cookie": "who=me"}
        )

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", answer)
    server = TestServer(application)
    await server.start_server()
    cloud = AlibabaCloud(
        Settings(endpoint=f"http://localhost:{server.port}"), static_keys("key", "secret")
    )
    await cloud.list_regions()
    await cloud.close()
    await server.close()
    assert shown == [None, None]


async def test_closing_breaks_no_question(
    door: tuple[Door, AlibabaCloud], account: EmulatedAccount
) -> None:
    """A pass may be at work with a key that is one too many by now: its last question closes what
    it used."""
    counted, cloud = door
    asked = asyncio.create_task(cloud.describe_network(account.region, network(account)))
    while not counted.connections:  # noqa: ASYNC110 - the question is on its way
        await asyncio.sleep(0)
    await cloud.close()
    assert (await asked).vpc_exists
    assert cloud._connections._session is None
    await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
    assert cloud._connections._session is None


@pytest.fixture
def by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedAccount]:
    """An account of an emulator that answers by TLS, whose authority is trusted."""
    authority, ca_file = Authority.create(), tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    with emulating(tls_of(authority, tmp_path)) as emulator:
        account = open_account(emulator.url)
        yield replace(account, tls_url=emulator.tls_url)


@pytest.fixture
def started(by_tls: EmulatedAccount) -> Iterator[EmulatedAccount]:
    """The account, after what the process does before it begins."""
    assert list(unusable_variables(os.environ)) == []
    set_aside_all()
    yield by_tls
    gc.unfreeze()
    gc.freeze()


async def test_the_loop_does_not_stand_still(started: EmulatedAccount) -> None:
    """While all workers ask everything at once, by TLS and without a connection yet, in a region of
    two pages.

    Else nothing is renewed, and no wait is measured rightly.
    """
    account = started
    prepare(account)
    account.control.state({"workspaces": [{"name": f"by-hand-{number}"} for number in range(120)]})
    tags = tuple(OWNER.tags(TOKEN).items())
    cloud = open_cloud(account, endpoint=account.tls_url, emulator=True, read_timeout_seconds=60)
    async with watching_turns() as turns:
        await cloud.identify()
        for _ in range(2):
            looks = (
                cloud.look_up(target(account, f"name-{number}"), tags) for number in range(LOOKS)
            )
            roles = (cloud.find_role(ROLE) for _ in range(LOOKS))
            networks = (
                cloud.describe_network(account.region, network(account)) for _ in range(LOOKS)
            )
            buckets = (
                cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
                for _ in range(LOOKS)
            )
            await asyncio.gather(*looks, *roles, *networks, *buckets)
    await cloud.close()
    assert turns.longest < LONGEST_TURN
