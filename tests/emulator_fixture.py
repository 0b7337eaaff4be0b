"""The emulated cloud for tests: one process per test worker, one account per test."""

import asyncio
import json
import secrets
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import patience

if TYPE_CHECKING:
    from flink_cloud_emulator.server import Running

ROLE = "AliyunStreamAsiDefaultRole"
TWO_PAGES = 150
"""Instances of others in a region: a page of the list has 100, and a new one stands on the second."""


@dataclass(frozen=True)
class EmulatorControl:
    """The control interface of one account. Raises urllib.error.HTTPError where the emulator
    refuses."""

    url: str
    account: str

    def purchases(self) -> list[dict[str, Any]]:
        """The booked orders, oldest first."""
        found: list[dict[str, Any]] = self._call("GET", "purchases")
        return found

    def calls(self, name: str | None = None) -> list[dict[str, Any]]:
        """The latest calls, oldest first; of one ``service.Action`` if a name is given."""
        found: list[dict[str, Any]] = self._call("GET", "calls")["calls"]
        return [call for call in found if name in (None, f"{call['service']}.{call['action']}")]

    def counters(self) -> dict[str, dict[str, int]]:
        """How often each ``service.Action`` ended with each status; ``lost`` where no answer was
        sent."""
        counters: dict[str, dict[str, int]] = self._call("GET", "calls")["counters"]
        return counters

    def settings(self, **changes: object) -> dict[str, Any]:
        """Change settings (their camelCase names) and return them all."""
        settings: dict[str, Any] = self._call("PATCH", "settings", changes)
        return settings

    def faults(self, rules: Sequence[Mapping[str, object]]) -> None:
        """Replace the rules of the account; an empty list ends all faults."""
        self._call("PUT", "faults", rules)

    def struck(self) -> list[int]:
        """How often each rule has struck."""
        return [rule["struck"] for rule in self._call("GET", "faults")[self.account]]

    def advance(self, seconds: float) -> None:
        """Move the account's clock forward."""
        self._call("POST", "clock", {"advanceSeconds": seconds})

    def now(self) -> datetime:
        """The account's clock."""
        return datetime.fromisoformat(self._call("GET", "clock")[self.account])

    def state(self, changes: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Change what exists, and return what exists then."""
        state: dict[str, Any] = self._call("PUT", "state", changes or {})
        return state

    def reset(self) -> None:
        """Forget the account."""
        self._call("POST", "reset", {})

    def _call(self, method: str, what: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        address = f"{self.url}/_emulator/{what}?account={self.account}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data=data, method=method)  # noqa: S310 - our own process
        with urllib.request.urlopen(request, timeout=patience(10)) as answer:  # noqa: S310 - our own process
            return json.load(answer)


@dataclass(frozen=True)
class EmulatedAccount:
    """An account with a network and a bucket in cn-hangzhou, and nothing else: no role, nothing
    bought."""

    control: EmulatorControl
    access_key_id: str
    access_key_secret: str
    region: str = "cn-hangzhou"
    vpc: str = "vpc-1"
    v_switches: tuple[str, str] = ("vsw-i-1", "vsw-i-2")
    """Both in zone cn-hangzhou-i."""
    other_zone_v_switch: str = "vsw-j-1"
    bucket: str = "bucket-1"
    tls_url: str | None = None
    """The emulator's URL by TLS, where it answers so."""

    @property
    def id(self) -> str:
        return self.control.account

    @property
    def url(self) -> str:
        return self.control.url

    @property
    def endpoint(self) -> str:
        """``host:port``, as the SDKs want it together with ``protocol='HTTP'``."""
        return self.control.url.removeprefix("http://")


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The URL of an emulator that lives as long as this test worker."""
    with emulating() as running:
        yield running.url


@contextmanager
def emulating(tls: ssl.SSLContext | None = None) -> "Iterator[Running]":
    """An emulator in a thread, so that it never lives longer than this process; with `tls` by TLS
    as well."""
    # takes half a second, and many runs of single tests need none
    from flink_cloud_emulator.server import start

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()
    running = asyncio.run_coroutine_threadsafe(start(tls=tls), loop).result(patience(20))
    yield running
    asyncio.run_coroutine_threadsafe(running.stop(), loop).result(patience(20))
    loop.call_soon_threadsafe(loop.stop)
    thread.join(patience(20))
    loop.close()


@pytest.fixture
def account(emulator: str) -> Iterator[EmulatedAccount]:
    """A fresh account with its own key pair; forgotten after the test."""
    opened = open_account(emulator)
    yield opened
    opened.control.reset()


def open_account(url: str) -> EmulatedAccount:
    """Open an account with a network and a bucket. The caller resets it."""
    # Random, because claims of all test workers are in one namespace and are named after the
    # account.
    number = f"{secrets.randbelow(10**10):0>10}"
    control = EmulatorControl(url, f"20{number}")
    opened = EmulatedAccount(
        control, access_key_id=f"key{number}", access_key_secret=f"secret-of-key-{number}"
    )
    control.state(
        {
            "accessKeys": [{"id": opened.access_key_id, "secret": opened.access_key_secret}],
            "vpcs": [{"id": opened.vpc, "region": opened.region}],
            "vSwitches": [
                _v_switch(opened, opened.v_switches[0], "i"),
                _v_switch(opened, opened.v_switches[1], "i"),
                _v_switch(opened, opened.other_zone_v_switch, "j"),
            ],
            "buckets": [{"name": opened.bucket, "region": opened.region}],
        }
    )
    return opened


def grant_role(account: EmulatedAccount) -> None:
    """Make the role without which nothing is sold."""
    account.control.state(
        {"roles": [{"name": ROLE, "policies": ["AliyunStreamAsiDefaultRolePolicy"]}]}
    )


def fill_region(control: EmulatorControl, number: int) -> None:
    """Others have so many instances there, bought long ago: a list of the region shows them first."""
    long_ago = {"chargeType": "POST", "createdAt": "2026-01-01T00:00:00Z"}
    control.state(
        {"workspaces": [{"name": f"others-{each}", **long_ago} for each in range(number)]}
    )


def _v_switch(account: EmulatedAccount, v_switch_id: str, zone: str) -> dict[str, object]:
    zone_id = f"{account.region}-{zone}"
    return {
        "id": v_switch_id,
        "vpcId": account.vpc,
        "region": account.region,
        "zoneId": zone_id,
        "availableIps": 250,
    }
