"""The control interface: what it refuses, and that accounts are apart."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from flink_local.certificates import Authority
from tests.emulator.sdk import Sdk
from tests.emulator_fixture import EmulatedAccount, EmulatorControl, grant_role, open_account
from tests.patience import patience

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "state", "{"),
        ("PUT", "state", "[]"),
        ("PUT", "state", '{"vpc": []}'),
        ("PUT", "state", '{"access_keys": []}'),
        ("PUT", "state", '{"vpcs": [{"id": "v"}]}'),
        ("PUT", "state", "[" * 100_000),
        ("PATCH", "settings", "7"),
        ("PATCH", "settings", '{"provisioningSecond": 1}'),
        ("PATCH", "settings", '{"provisioningSeconds": "soon"}'),
        ("PATCH", "settings", '{"provisioningSeconds": NaN}'),
        ("PATCH", "settings", '{"uniqueNames": "sometimes"}'),
        ("PUT", "faults", '{"fault": "reject"}'),
        ("PUT", "faults", '[{"fault": "explode"}]'),
        ("PUT", "faults", '[{"fault": "reject", "time": 1}]'),
        ("POST", "clock", "{}"),
        ("POST", "clock", '{"advanceSeconds": -1}'),
        ("POST", "clock", '{"advanceSeconds": 1e300}'),
        ("POST", "clock", ""),
    ],
)
async def test_bad_bodies_are_explained(
    account: EmulatedAccount, method: str, path: str, body: str
) -> None:
    """400 and one sentence, and nothing has changed."""
    address = f"{account.url}/_emulator/{path}?account={account.id}"
    before = account.control.state()
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, address, data=body) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["error"]
    assert account.control.state() == before


@pytest.mark.parametrize("number", ["", "12", "x" * 12, "1" * 17])
def test_account_numbers_are_checked(emulator: str, number: str) -> None:
    """An account id has 12 to 16 digits."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        EmulatorControl(emulator, number).state({})
    assert refused.value.code == 400


def test_a_key_belongs_to_one_account(account: EmulatedAccount, emulator: str) -> None:
    """A key id that another account has is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        EmulatorControl(emulator, "999999999999").state(
            {"accessKeys": [{"id": account.access_key_id, "secret": "s"}]}
        )
    assert refused.value.code == 400


async def test_accounts_are_apart(account: EmulatedAccount, emulator: str) -> None:
    """What one account buys, sets or breaks, another does not see."""
    other = open_account(emulator)
    for each in (account, other):
        grant_role(each)
    account.control.settings(creationFails=True)
    account.control.faults([{"action": "DescribeInstances", "fault": "reject"}])
    await Sdk(account).create("a")
    await Sdk(other).create("a")
    assert (await Sdk(other).instances())["TotalCount"] == 1
    assert len(other.control.purchases()) == len(account.control.purchases()) == 1
    assert other.control.settings()["creationFails"] is False
    other.control.reset()
    assert other.control.state()["workspaces"] == []
    assert len(account.control.purchases()) == 1


async def test_state_merges(account: EmulatedAccount) -> None:
    """Named things are added or replaced, removed by name; what is not mentioned stays."""
    workspaces = account.control.state(
        {"workspaces": [{"name": "a"}, {"name": "b", "status": "DISABLE"}]}
    )["workspaces"]
    assert {each["name"]: each["status"] for each in workspaces} == {"a": "RUNNING", "b": "DISABLE"}
    left = account.control.state({"removeWorkspaces": [workspaces[0]["instanceId"]], "balance": 5})
    assert [each["name"] for each in left["workspaces"]] == ["b"]
    assert left["balance"] == 5
    assert [each["name"] for each in left["buckets"]] == [account.bucket]


async def test_nothing_shows_secrets(account: EmulatedAccount) -> None:
    """Neither state nor calls carry a secret, not even one that was sent as a parameter."""
    await Sdk(account).instances(SecurityToken="hidden-token")
    shown = str(account.control.state()) + str(account.control.calls())
    assert account.access_key_secret not in shown
    assert "hidden-token" not in shown


def test_reads_without_account_cover_all(account: EmulatedAccount, emulator: str) -> None:
    """Without an account in the address, reads answer for every account."""
    with urllib.request.urlopen(f"{emulator}/_emulator/state", timeout=patience(10)) as answer:  # noqa: S310 - our own emulator
        text = answer.read().decode()
    assert account.id in text
    assert "1000000000000001" in text


def test_the_program(tmp_path: Path) -> None:
    """``python -m flink_cloud_emulator`` writes its URL when it answers, and ends on SIGTERM."""
    with _running(tmp_path / "url") as (url,):
        state = EmulatorControl(url, "1000000000000001").state()
        assert "flink-emulator-hangzhou" in [bucket["name"] for bucket in state["buckets"]]


def test_the_program_by_tls(tmp_path: Path) -> None:
    """It is the same cloud behind both of its URLs."""
    authority, file = Authority.create(), tmp_path / "server.pem"
    pair = authority.server()
    file.write_bytes(pair.certificate + pair.key)
    trusting = ssl.create_default_context(cadata=authority.pem.decode())
    with _running(tmp_path / "url", "--tls", str(file)) as (url, by_tls):
        EmulatorControl(url, "1000000000000001").advance(3600)
        asked = f"{by_tls}/_emulator/clock"
        with urllib.request.urlopen(asked, timeout=patience(10), context=trusting) as answer:  # noqa: S310 - our own emulator
            clock = datetime.fromisoformat(json.load(answer)["1000000000000001"])
    assert clock > datetime.now(UTC) + timedelta(minutes=50)


@contextmanager
def _running(url_file: Path, *arguments: str) -> Iterator[list[str]]:
    """The program, and the URLs that it writes."""
    command = [
        sys.executable,
        "-m",
        "flink_cloud_emulator",
        "--port",
        "0",
        "--url-file",
        str(url_file),
        *arguments,
    ]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT / "operator")}
    ) as process:
        try:
            _wait_for(url_file)
            yield url_file.read_text().split()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(START_SECONDS) == 0


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was not written"
        threading.Event().wait(0.05)
