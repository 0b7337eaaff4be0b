"""Each fault does what it says, and the ledger tells what was booked."""

import time

import pytest
from alibabacloud_tea_openapi.exceptions import (
    ClientException,
    ServerException,
    ThrottlingException,
)
from darabonba.exceptions import UnretryableException

from tests.emulator.sdk import STS, Sdk
from tests.emulator_fixture import EmulatedAccount, grant_role

BOOKED_BUT_NOT_TOLD = [
    {"fault": "drop-after-commit"},
    {"fault": "hang-after-commit"},
    {"fault": "error-after-commit"},
    {"fault": "error-after-commit", "html": True},
    {"fault": "refuse-after-commit"},
    {"fault": "redirect"},
    {"fault": "deliver-twice"},
    {"fault": "garbage", "kind": "html"},
    {"fault": "garbage", "kind": "truncated"},
    {"fault": "garbage", "kind": "empty"},
    {"fault": "garbage", "kind": "not-json"},
]
NOT_BOOKED = [
    {"fault": "drop-before"},
    {"fault": "hang-before"},
    {"fault": "server-error"},
    {"fault": "server-error", "html": True, "httpStatus": 502},
    {"fault": "reject", "code": "Whatever", "httpStatus": 409},
    {"fault": "throttle"},
]
FAILURES = (ClientException, ServerException, UnretryableException)


@pytest.fixture
def sdk(account: EmulatedAccount) -> Sdk:
    """A client of an account that may buy."""
    grant_role(account)
    return Sdk(account)


def _name(rule: dict[str, object]) -> str:
    return "-".join(str(value) for value in rule.values())


@pytest.mark.parametrize("rule", BOOKED_BUT_NOT_TOLD, ids=_name)
async def test_booked_but_not_told(
    account: EmulatedAccount, sdk: Sdk, rule: dict[str, object]
) -> None:
    """The client sees a failure, the order is booked all the same, and the next call is fine."""
    account.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "times": 1, **rule}]
    )
    with pytest.raises(FAILURES):
        await sdk.create("a")
    assert [order["name"] for order in account.control.purchases()] == ["a"]
    await sdk.create("b")


@pytest.mark.parametrize("rule", NOT_BOOKED, ids=_name)
async def test_not_booked(account: EmulatedAccount, sdk: Sdk, rule: dict[str, object]) -> None:
    """The client sees a failure and nothing was bought."""
    account.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "times": 1, **rule}]
    )
    with pytest.raises(FAILURES):
        await sdk.create("a")
    assert account.control.purchases() == []
    await sdk.create("a")


@pytest.mark.parametrize(
    "rule", [*BOOKED_BUT_NOT_TOLD, *NOT_BOOKED, {"fault": "commit-late"}], ids=_name
)
async def test_reads_can_fail_every_way(account: EmulatedAccount, rule: dict[str, object]) -> None:
    """Every fault strikes reads, of every product, too.

    aiohttp repeats a GET by itself, once, when its connection is cut; so the rule stays armed.
    """
    account.control.faults([rule])
    with pytest.raises(FAILURES):
        await Sdk(account).instances()
    with pytest.raises(FAILURES):
        await Sdk(account).call("GetCallerIdentity", version=STS)
    assert account.control.struck()[0] >= 2


async def test_a_call_may_be_refused_although_it_was_done(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """By default as if another copy of it had been throttled."""
    account.control.faults(
        [
            {"action": "CreateInstance", "fault": "refuse-after-commit", "times": 1},
            {
                "action": "CreateInstance",
                "fault": "refuse-after-commit",
                "code": "NoPermission",
                "httpStatus": 403,
            },
        ]
    )
    seen = []
    for name in ("a", "b"):
        with pytest.raises(ClientException) as refused:
            await sdk.create(name)
        seen.append((refused.value.status_code, refused.value.code))
    assert seen == [(400, "Throttling.User"), (403, "NoPermission")]
    assert [order["name"] for order in account.control.purchases()] == ["a", "b"]


async def test_a_call_may_arrive_twice(account: EmulatedAccount, sdk: Sdk) -> None:
    """The gateway knows the nonce of the second copy; either answer may be the one that comes
    back."""
    rule = {"action": "CreateInstance", "fault": "deliver-twice", "times": 1}
    account.control.faults([rule, {**rule, "answer": "first"}])
    with pytest.raises(ClientException) as refused:
        await sdk.create("a")
    assert refused.value.code == "SignatureNonceUsed"
    await sdk.create("b")
    assert [order["name"] for order in account.control.purchases()] == ["a", "b"]
    copies = [(call["status"], call["code"], call["fault"]) for call in account.control.calls()]
    assert (
        copies == [(200, None, "deliver-twice"), (400, "SignatureNonceUsed", "deliver-twice")] * 2
    )
    assert account.control.struck() == [1, 1]


async def test_a_copy_is_bought_where_the_gateway_has_forgotten_the_nonce(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """It is the nonce alone that keeps a second copy from being a second purchase."""
    account.control.settings(nonceMemorySeconds=0, uniqueNames="off")
    account.control.faults([{"action": "CreateInstance", "fault": "deliver-twice", "times": 1}])
    await sdk.create("a")
    assert [order["name"] for order in account.control.purchases()] == ["a", "a"]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_makes_the_sdk_send_twice(
    account: EmulatedAccount, sdk: Sdk, status: int
) -> None:
    """It leads to the same address, so whoever follows it sends the same bytes again."""
    account.control.faults(
        [{"action": "CreateInstance", "fault": "redirect", "httpStatus": status, "times": 1}]
    )
    with pytest.raises(ClientException) as refused:
        await sdk.create("a")
    assert refused.value.code == "SignatureNonceUsed"
    assert [call["status"] for call in account.control.calls()] == [status, 400]
    assert len(account.control.purchases()) == 1


async def test_a_redirected_read_comes_back_to_the_same_address(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """With its query."""
    account.control.faults([{"action": "DescribeInstances", "fault": "redirect", "times": 1}])
    with pytest.raises(ClientException) as refused:
        await sdk.instances(InstanceName="a b")
    assert refused.value.code == "SignatureNonceUsed"
    first, second = account.control.calls()
    assert first["parameters"] == second["parameters"]


async def test_wrong_types_keep_the_keys(account: EmulatedAccount) -> None:
    """The answer is JSON with the right keys and values of other types."""
    account.control.faults([{"fault": "garbage", "kind": "wrong-types"}])
    body = await Sdk(account).instances()
    assert isinstance(body["Instances"], str)
    assert isinstance(body["TotalCount"], dict)


async def test_late_commit(account: EmulatedAccount, sdk: Sdk) -> None:
    """The answer is lost at once; the order is booked when the cloud's clock says so, with that
    time."""
    account.control.settings(commitDelaySeconds=200)
    account.control.faults([{"action": "CreateInstance", "fault": "commit-late", "times": 1}])
    with pytest.raises(UnretryableException):
        await sdk.create("late")
    account.control.advance(195)
    assert account.control.purchases() == []
    assert (await sdk.instances())["TotalCount"] == 0
    account.control.advance(10)
    assert (await sdk.instances(InstanceName="late"))["TotalCount"] == 1
    assert [order["name"] for order in account.control.purchases()] == ["late"]


async def test_a_late_commit_can_lose_the_race_for_its_name(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """Names are checked when the order is booked, not when it was asked for."""
    account.control.settings(commitDelaySeconds=5)
    account.control.faults(
        [{"action": "CreateInstance", "fault": "commit-late", "times": 1, "httpStatus": 504}]
    )
    with pytest.raises(ServerException):
        await sdk.create("a")
    await sdk.create("a")
    account.control.advance(6)
    assert len(account.control.purchases()) == 1


async def test_a_dropped_call_keeps_its_nonce(account: EmulatedAccount) -> None:
    """What never reached the gateway was not remembered by it; what did was, even if its answer was
    lost."""
    sdk, nonce = Sdk(account), {"x-acs-signature-nonce": f"dropped-{account.id}"}
    account.control.faults(
        [{"fault": "drop-before", "times": 1}, {"fault": "drop-after-commit", "times": 1}]
    )
    for _ in range(2):
        with pytest.raises(UnretryableException):
            await sdk.call("GetCallerIdentity", version=STS, headers=nonce)
    with pytest.raises(ClientException) as refused:
        await sdk.call("GetCallerIdentity", version=STS, headers=nonce)
    assert refused.value.code == "SignatureNonceUsed"


async def test_throttling_with_a_time(account: EmulatedAccount) -> None:
    """With a time to wait the SDK raises its own class; without one the code tells."""
    account.control.faults(
        [{"fault": "throttle", "retryAfterMs": 1500, "times": 1}, {"fault": "throttle"}]
    )
    with pytest.raises(ThrottlingException) as refused:
        await Sdk(account).instances()
    assert refused.value.retry_after == 1500
    with pytest.raises(ClientException) as again:
        await Sdk(account).instances()
    assert again.value.code == "Throttling.User"


async def test_rules_count(account: EmulatedAccount) -> None:
    """``after`` lets calls pass, ``times`` ends the fault, probability 0 never strikes."""
    account.control.faults(
        [
            {"fault": "reject", "probability": 0},
            {"fault": "reject", "code": "Odd", "after": 1, "times": 1},
        ]
    )
    sdk = Sdk(account)
    await sdk.instances()
    with pytest.raises(ClientException):
        await sdk.instances()
    await sdk.instances()
    assert account.control.struck() == [0, 1]


async def test_delay(account: EmulatedAccount) -> None:
    """A delayed call takes that long."""
    account.control.faults([{"fault": "delay", "ms": 300}])
    started = time.monotonic()
    await Sdk(account).instances()
    assert time.monotonic() - started >= 0.3


async def test_lost_answers_are_counted(account: EmulatedAccount) -> None:
    """The call log has the call, its fault, and no status."""
    account.control.faults([{"fault": "drop-before", "times": 1}])
    with pytest.raises(UnretryableException):
        await Sdk(account).call("GetCallerIdentity", version=STS)
    (call,) = account.control.calls()
    assert (call["status"], call["fault"]) == (None, "drop-before")
    assert account.control.counters() == {"sts.GetCallerIdentity": {"lost": 1}}
