"""The control interface ``/_emulator/...``, for tests and for people who try things out.

Each call takes ``?account=``; without it reads cover all accounts and writes go to the default
account. Settings, faults and the clock belong to one account each. Bad bodies are refused with 400
and one sentence under ``error``.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from flink_cloud_emulator import calls, seed, snapshot
from flink_cloud_emulator.accounts import DEFAULT_ACCOUNT, Account, Cloud
from flink_cloud_emulator.changes import Changes
from flink_cloud_emulator.clock import machine_now
from flink_cloud_emulator.faults import Rule
from flink_cloud_emulator.settings import Camel, Seconds, Settings

_RULES: TypeAdapter[list[Rule]] = TypeAdapter(list[Rule])
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Advance(Camel):
    advance_seconds: Seconds


def add_routes(app: web.Application, cloud: Cloud) -> None:
    """Put the control interface in front of the cloud."""
    control = _Control(cloud)
    app.router.add_routes(
        [
            web.get("/_emulator/purchases", control.purchases),
            web.get("/_emulator/calls", control.calls),
            web.get("/_emulator/settings", control.settings),
            web.patch("/_emulator/settings", control.change_settings),
            web.get("/_emulator/faults", control.faults),
            web.put("/_emulator/faults", control.replace_faults),
            web.get("/_emulator/clock", control.clock),
            web.post("/_emulator/clock", control.advance_clock),
            web.get("/_emulator/state", control.state),
            web.put("/_emulator/state", control.change_state),
            web.post("/_emulator/reset", control.reset),
            web.route("*", "/_emulator{path:.*}", control.unknown),
        ]
    )


@web.middleware
async def explain_errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer bad control calls with a sentence; never with a stack trace."""
    if not request.path.startswith("/_emulator"):
        return await handler(request)
    try:
        return await handler(request)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return web.json_response({"error": f"{where or 'body'}: {first['msg']}"}, status=400)
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)


class _Control:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def purchases(self, request: web.Request) -> web.Response:
        booked = [purchase for account in self._read(request) for purchase in account.bss.purchases]
        return web.json_response(
            [purchase.as_json() for purchase in sorted(booked, key=lambda each: each.time)]
        )

    async def calls(self, request: web.Request) -> web.Response:
        logs = [account.calls for account in self._read(request)]
        if "account" not in request.query:
            logs.append(self._cloud.stray_calls)
        return web.json_response(calls.as_json(logs))

    async def settings(self, request: web.Request) -> web.Response:
        """One account's settings; without ``account`` the default one's, and all under
        ``accounts``.
        """
        shown: dict[str, Any] = {
            account.id: account.settings.model_dump(by_alias=True)
            for account in self._read(request)
        }
        if "account" in request.query:
            return web.json_response(shown[request.query["account"]])
        return web.json_response({**shown.get(DEFAULT_ACCOUNT, {}), "accounts": shown})

    async def change_settings(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if not isinstance(body, dict):
            raise ValueError("the body must be an object of settings")
        account = self._write(request)
        account.settings = Settings.read({**account.settings.model_dump(by_alias=True), **body})
        return web.json_response(account.settings.model_dump(by_alias=True))

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response(
            {account.id: account.faults.as_json() for account in self._read(request)}
        )

    async def replace_faults(self, request: web.Request) -> web.Response:
        """The list of rules, bare or under ``rules``, replaces the account's rules."""
        body = await _body(request)
        rules = _RULES.validate_python(
            body["rules"] if isinstance(body, dict) and "rules" in body else body,
            by_alias=True,
            by_name=False,
        )
        account = self._write(request)
        account.faults.replace(rules)
        return web.json_response(account.faults.as_json())

    async def clock(self, request: web.Request) -> web.Response:
        return web.json_response(
            {account.id: account.clock.now().isoformat() for account in self._read(request)}
        )

    async def advance_clock(self, request: web.Request) -> web.Response:
        """Move one account's clock. It may take up to a second, see ``_next_second``."""
        by = timedelta(seconds=_Advance.read(await _body(request)).advance_seconds)
        account = self._write(request)
        if account.clock.offset + by > timedelta(
            seconds=account.settings.signature_validity_seconds
        ):
            await _next_second()
        account.clock.advance(by)
        account.settle()
        return web.json_response({"account": account.id, "now": account.clock.now().isoformat()})

    async def state(self, request: web.Request) -> web.Response:
        return web.json_response(
            {account.id: snapshot.describe(account) for account in self._read(request)}
        )

    async def change_state(self, request: web.Request) -> web.Response:
        changes = Changes.read(await _body(request))
        account = self._write(request)
        seed.apply(changes, account, self._cloud)
        return web.json_response(snapshot.describe(account))

    async def reset(self, request: web.Request) -> web.Response:
        chosen = request.query.get("account")
        for account_id in [chosen] if chosen else list(self._cloud.accounts):
            self._cloud.close(account_id)
        if chosen in (None, DEFAULT_ACCOUNT):
            seed.open_default_account(self._cloud)
        if chosen is None:
            self._cloud.stray_calls = calls.CallLog()
        return web.json_response({"reset": chosen or "all"})

    async def unknown(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"error": f"there is no {request.method} {request.path}"}, status=404
        )

    def _read(self, request: web.Request) -> list[Account]:
        chosen = request.query.get("account")
        if chosen is None:
            found = list(self._cloud.accounts.values())
        else:
            found = [self._cloud.accounts.get(chosen) or Account(chosen)]
        for account in found:
            account.settle()
        return found

    def _write(self, request: web.Request) -> Account:
        account_id = request.query.get("account", DEFAULT_ACCOUNT)
        if not (account_id.isdecimal() and 12 <= len(account_id) <= 16):
            raise ValueError("account must be a number of 12 to 16 digits")
        account = self._cloud.account(account_id)
        account.settle()
        return account


async def _next_second() -> None:
    """Wait for the machine's next whole second.

    Dates in requests have whole seconds, so only then a request that was signed before the clock
    moved can be told from one that was signed after it.
    """
    await asyncio.sleep(1 - machine_now().microsecond / 1_000_000)


async def _body(request: web.Request) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from None
