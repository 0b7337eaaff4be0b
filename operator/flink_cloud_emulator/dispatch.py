"""The way of a request through the emulated cloud, with the places where faults strike."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

from aiohttp import web

from flink_cloud_emulator.accounts import Cloud, Deferred
from flink_cloud_emulator.bss.service import SERVICE as BSS
from flink_cloud_emulator.calls import CallRecord
from flink_cloud_emulator.clock import machine_now
from flink_cloud_emulator.faults import Rule
from flink_cloud_emulator.foasconsole.service import SERVICE as FOASCONSOLE
from flink_cloud_emulator.garbage import garble, html_page
from flink_cloud_emulator.http import Arrival, CloudError, Door, Incoming, Outgoing
from flink_cloud_emulator.oss.door import OssDoor
from flink_cloud_emulator.ram.actions import SERVICE as RAM
from flink_cloud_emulator.rpc_door import RpcDoor
from flink_cloud_emulator.sts.service import SERVICE as STS
from flink_cloud_emulator.vpc.actions import SERVICE as VPC

SERVICES = (FOASCONSOLE, STS, BSS, RAM, VPC)
_LOG = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 0.05


class Lost(Exception):
    """The client gets no answer: the connection is cut at once, or only when the client goes
    away.
    """

    def __init__(self, *, hang: bool) -> None:
        super().__init__()
        self.hang = hang


class Dispatcher:
    """Serves every request that is not for the control interface."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._rpc: Door = RpcDoor(SERVICES)
        self._oss: Door = OssDoor()
        self.stopping = asyncio.Event()
        """Set when the server stops: lets hanging requests go."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        incoming = await _read(request)
        door = self._rpc if RpcDoor.expects(incoming) else self._oss
        arrival = door.recognise(incoming, self._cloud, _new_request_id())
        account = arrival.account
        rule = account.faults.take(arrival.service, arrival.action) if account else None
        try:
            outgoing = await self._serve(door, arrival, rule)
        except Lost as lost:
            self._log(arrival, rule, None)
            await self._lose(request, hang=lost.hang)
            return web.Response()
        self._log(arrival, rule, outgoing)
        if rule is not None and rule.fault == "deliver-twice":
            second = await self._deliver_again(door, arrival, rule)
            arrival, outgoing = second if rule.answer == "second" else (arrival, outgoing)
        now = account.clock.now() if account else machine_now()
        return _response(outgoing, arrival.request_id, now)

    async def _deliver_again(
        self, door: Door, first: Arrival, rule: Rule
    ) -> tuple[Arrival, Outgoing]:
        """Deliver the same bytes once more; returns the second arrival and its answer."""
        arrival = door.recognise(first.incoming, self._cloud, _new_request_id())
        outgoing = await self._serve(door, arrival, None)
        self._log(arrival, rule, outgoing)
        return arrival, outgoing

    async def _serve(self, door: Door, arrival: Arrival, rule: Rule | None) -> Outgoing:
        try:
            await _before_gateway(rule)
            if arrival.account is not None:
                arrival.account.settle()
            door.admit(arrival, self._cloud)
            if (answer := _at_gateway(door, arrival, rule)) is not None:
                return answer
            door.authorise(arrival)
            if rule is not None and rule.fault == "commit-late":
                return _commit_late(door, arrival, rule)
            now = arrival.account.clock.now() if arrival.account else machine_now()
            answer = door.process(arrival, now)
        except Lost:
            raise
        except CloudError as error:
            answer = door.refuse(arrival, error)
        except (
            Exception
        ) as error:  # a defect of the emulator: logged, and told like one of the cloud
            _LOG.exception("%s.%s", arrival.service, arrival.action)
            answer = door.refuse(
                arrival, CloudError(500, "InternalError", f"The emulator failed: {error!r}")
            )
        return _after_commit(door, arrival, rule, answer)

    async def _lose(self, request: web.Request, *, hang: bool) -> None:
        while hang and request.transport is not None and not self.stopping.is_set():  # noqa: ASYNC110 - aiohttp has no event for it
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        if request.transport is not None:
            request.transport.abort()

    def _log(self, arrival: Arrival, rule: Rule | None, outgoing: Outgoing | None) -> None:
        account = arrival.account
        log = account.calls if account else self._cloud.stray_calls
        log.add(
            CallRecord(
                time=account.clock.now() if account else machine_now(),
                account=account.id if account else None,
                service=arrival.service,
                action=arrival.action,
                status=outgoing.status if outgoing else None,
                code=outgoing.code if outgoing else None,
                fault=rule.fault if rule else None,
                request_id=arrival.request_id,
                parameters=arrival.parameters,
                signed_date=arrival.incoming.headers.get("x-acs-date"),
                nonce=arrival.incoming.headers.get("x-acs-signature-nonce"),
                caller=arrival.key.caller if arrival.key else None,
            )
        )


def _new_request_id() -> str:
    return str(uuid.uuid4()).upper()


async def _read(request: web.Request) -> Incoming:
    return Incoming(
        method=request.method,
        path=request.rel_url.raw_path,
        query=tuple(request.rel_url.query.items()),
        headers=request.headers,
        body=await request.read(),
    )


def _response(outgoing: Outgoing, request_id: str, now: datetime) -> web.Response:
    headers = {
        "x-acs-request-id": request_id,
        **outgoing.headers,
        "Date": format_datetime(now, usegmt=True),
    }
    return web.Response(status=outgoing.status, body=outgoing.body, headers=headers)


async def _before_gateway(rule: Rule | None) -> None:
    if rule is None:
        return
    if rule.fault == "delay":
        await asyncio.sleep(rule.ms / 1000)
    if rule.fault in ("drop-before", "hang-before"):
        raise Lost(hang=rule.fault == "hang-before")


def _at_gateway(door: Door, arrival: Arrival, rule: Rule | None) -> Outgoing | None:
    if rule is None:
        return None
    if rule.fault == "reject":
        return _refuse(door, arrival, rule, "InvalidParameter")
    if rule.fault == "throttle":
        return _throttle(door, arrival, rule)
    if rule.fault == "server-error":
        return _server_error(door, arrival, rule)
    return None


def _refuse(door: Door, arrival: Arrival, rule: Rule, code: str) -> Outgoing:
    error = CloudError(
        rule.http_status or 400, rule.code or code, rule.message or "Refused by a fault."
    )
    return door.refuse(arrival, error)


def _throttle(door: Door, arrival: Arrival, rule: Rule) -> Outgoing:
    code = rule.code or ("Throttling" if rule.retry_after_ms else "Throttling.User")
    answer = door.refuse(
        arrival,
        CloudError(rule.http_status or 400, code, "Request was denied due to user flow control."),
    )
    if rule.retry_after_ms is None:
        return answer
    headers: Mapping[str, str] = {**answer.headers, "x-acs-retry-after": str(rule.retry_after_ms)}
    return Outgoing(answer.status, answer.body, headers, answer.code)


def _server_error(door: Door, arrival: Arrival, rule: Rule) -> Outgoing:
    status = rule.http_status or (
        502 if rule.html else 503 if rule.fault == "server-error" else 500
    )
    if rule.html:
        return html_page(status)
    code = rule.code or ("ServiceUnavailable" if status == 503 else "InternalError")
    return door.refuse(
        arrival,
        CloudError(
            status, code, rule.message or "The request has failed due to a temporary failure."
        ),
    )


def _commit_late(door: Door, arrival: Arrival, rule: Rule) -> Outgoing:
    account = arrival.account
    if account is not None:
        due = account.clock.now() + timedelta(seconds=account.settings.commit_delay_seconds)
        account.deferred.append(Deferred(due, lambda now: _commit(door, arrival, now)))
    if rule.http_status is None:
        raise Lost(hang=False)
    return _server_error(door, arrival, rule)


def _commit(door: Door, arrival: Arrival, now: datetime) -> None:
    try:
        door.process(arrival, now)
    except CloudError:
        return  # nobody is left to be told


def _after_commit(door: Door, arrival: Arrival, rule: Rule | None, answer: Outgoing) -> Outgoing:
    if rule is None:
        return answer
    if rule.fault in ("drop-after-commit", "hang-after-commit"):
        raise Lost(hang=rule.fault == "hang-after-commit")
    if rule.fault == "error-after-commit":
        return _server_error(door, arrival, rule)
    if rule.fault == "refuse-after-commit":
        return _refuse(door, arrival, rule, "Throttling.User")
    if rule.fault == "redirect":
        return _redirect(arrival.incoming, rule.http_status or 307)
    if rule.fault == "garbage":
        return garble(answer, rule.kind)
    return answer


def _redirect(incoming: Incoming, status: int) -> Outgoing:
    query = f"?{urlencode(incoming.query)}" if incoming.query else ""
    return Outgoing(
        status, headers={"Location": f"http://{incoming.headers['Host']}{incoming.path}{query}"}
    )
