"""Whatever goes wrong on the way: a failure, or the right value. Never an error of ours, and never
"there is none"."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Garbled,
    PermissionMissing,
    ServerError,
    Throttled,
    Unexplained,
    Unreachable,
)
from flink_workspace_operator.core.facts.observed import Listing, NotBought
from tests.contract.calls import CALLS, Call, prepare
from tests.contract.clients import open_cloud
from tests.emulator_fixture import open_account

ANY_DATE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Fault:
    """A fault of the emulator, and the failures that may come of it."""

    rule: Mapping[str, object]
    failures: tuple[type[CloudFailure], ...]
    harmless_to_writes: bool = False
    """A call whose answer is not read may go well."""

    def __str__(self) -> str:
        return "-".join(str(value) for value in self.rule.values())


FAULTS = (
    Fault({"fault": "drop-before"}, (Unreachable,)),
    Fault({"fault": "drop-after-commit"}, (Unreachable,)),
    Fault({"fault": "hang-before"}, (Unreachable,)),
    Fault({"fault": "hang-after-commit"}, (Unreachable,)),
    Fault({"fault": "commit-late"}, (Unreachable,)),
    Fault({"fault": "error-after-commit"}, (ServerError,)),
    Fault(
        {"fault": "refuse-after-commit", "code": "Something.New", "httpStatus": 400}, (Unexplained,)
    ),
    Fault({"fault": "redirect"}, (Garbled,)),
    Fault({"fault": "redirect", "httpStatus": 302}, (Garbled,)),
    Fault({"fault": "server-error"}, (ServerError,)),
    Fault({"fault": "server-error", "html": True}, (ServerError, Garbled)),
    Fault({"fault": "throttle"}, (Throttled,)),
    Fault({"fault": "throttle", "retryAfterMs": 2500}, (Throttled,)),
    Fault({"fault": "throttle", "httpStatus": 503}, (Throttled,)),
    Fault({"fault": "reject", "code": "NoPermission", "httpStatus": 403}, (PermissionMissing,)),
    Fault({"fault": "reject", "code": "Something.New", "httpStatus": 400}, (Unexplained,)),
    Fault({"fault": "garbage", "kind": "html"}, (Garbled,)),
    Fault({"fault": "garbage", "kind": "truncated"}, (Garbled,), harmless_to_writes=True),
    Fault({"fault": "garbage", "kind": "empty"}, (Garbled,), harmless_to_writes=True),
    Fault({"fault": "garbage", "kind": "not-json"}, (Garbled,), harmless_to_writes=True),
    Fault({"fault": "garbage", "kind": "wrong-types"}, (Garbled,), harmless_to_writes=True),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_fault_becomes_a_failure(emulator: str, fault: Fault) -> None:
    """Each call of the port, with each of its actions broken, ends in the failure that tells what
    happened."""
    wrong = await asyncio.gather(*(_break(emulator, call, fault) for call in CALLS))
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_a_slow_answer_is_as_good_as_a_quick_one(emulator: str, call: Call) -> None:
    """An answer within the time-out is taken, and asked again it is the same; a write is done
    once."""
    account = open_account(emulator)
    prepare(account)
    account.control.faults(
        [{"service": call.service, "action": call.action, "fault": "delay", "ms": 50}]
    )
    cloud = open_cloud(account)
    try:
        answer = await call.ask(cloud, account)
        assert not isinstance(answer, NotBought)
        if answer is True:
            assert await call.ask(cloud, account) is False
        elif call.action != "CreateInstance":
            assert _undated(await call.ask(cloud, account)) == _undated(answer)
    finally:
        await cloud.close()
        account.control.reset()


async def _break(emulator: str, call: Call, fault: Fault) -> str | None:
    """What is wrong with the outcome of a broken call; None if nothing is."""
    account = open_account(emulator)
    prepare(account)
    account.control.faults([{"service": call.service, "action": call.action, **fault.rule}])
    cloud = open_cloud(account, read_timeout_seconds=3)
    try:
        outcome = await call.ask(cloud, account)
    except CloudFailure as failure:
        outcome = failure
    except Exception as error:  # whatever else comes out is what this test looks for
        return f"{call}: {error!r}"
    finally:
        await cloud.close()
        struck = account.control.struck()
        account.control.reset()
    return _judge(call, fault, outcome, struck)


def _judge(call: Call, fault: Fault, outcome: object, struck: list[int]) -> str | None:
    failure = outcome.failure if isinstance(outcome, NotBought) else outcome
    if (
        call.written
        and fault.harmless_to_writes
        and not isinstance(failure, CloudFailure)
        and struck[0] > 0
    ):
        return None
    fits = isinstance(failure, fault.failures) and struck[0] > 0
    proves = isinstance(failure, CloudFailure) and failure.fate != "Unknown"
    if proves and fault.rule.get("httpStatus", 400) in (500, 502, 503):
        fits = False
    return None if fits else f"{call}: {outcome!r}, struck {struck}"


def _undated(answer: object) -> object:
    if isinstance(answer, Listing):
        return replace(answer, date=ANY_DATE)
    return (
        answer.model_copy(update={"quoted_at": ANY_DATE}) if isinstance(answer, Quote) else answer
    )
