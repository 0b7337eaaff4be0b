"""Faults on RAM, VPC and OSS, as the official SDKs see them."""

from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import ParseError

import alibabacloud_oss_v2 as oss
import pytest
from alibabacloud_oss_v2.aio import AsyncClient
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_tea_openapi.exceptions import (
    AlibabaCloudException,
    ServerException,
    ThrottlingException,
)
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient
from darabonba.exceptions import UnretryableException

from tests.emulator.clients import oss_config, rpc_config
from tests.emulator_fixture import EmulatedAccount

SHORT_MS = 300
Call = Callable[[EmulatedAccount], Awaitable[object]]


async def list_policies(account: EmulatedAccount) -> object:
    request = ram.ListPoliciesForRoleRequest(role_name="Flink")
    return await RamClient(rpc_config(account, SHORT_MS)).list_policies_for_role_async(request)


async def describe_vpcs(account: EmulatedAccount) -> object:
    request = vpc.DescribeVpcsRequest(region_id=account.region)
    return await VpcClient(rpc_config(account, SHORT_MS)).describe_vpcs_async(request)


async def get_bucket_info(account: EmulatedAccount) -> object:
    return await _ask_oss(
        account, lambda client: client.get_bucket_info(oss.GetBucketInfoRequest(account.bucket))
    )


async def head_object(account: EmulatedAccount) -> object:
    return await _ask_oss(
        account, lambda client: client.head_object(oss.HeadObjectRequest(account.bucket, "logs/"))
    )


async def put_object(account: EmulatedAccount) -> object:
    request = oss.PutObjectRequest(account.bucket, "logs/", body=b"")
    return await _ask_oss(account, lambda client: client.put_object(request))


async def _ask_oss(
    account: EmulatedAccount, ask: Callable[[AsyncClient], Awaitable[object]]
) -> object:
    config = oss_config(account)
    config.readwrite_timeout = SHORT_MS / 1000
    async with AsyncClient(config) as client:
        return await ask(client)


RPC_CALLS = [
    pytest.param(list_policies, "ram", "ListPoliciesForRole", id="ListPoliciesForRole"),
    pytest.param(describe_vpcs, "vpc", "DescribeVpcs", id="DescribeVpcs"),
]
OSS_CALLS = [
    pytest.param(get_bucket_info, "GetBucketInfo", id="GetBucketInfo"),
    pytest.param(head_object, "HeadObject", id="HeadObject"),
    pytest.param(put_object, "PutObject", id="PutObject"),
]


@pytest.fixture
def ready(account: EmulatedAccount) -> EmulatedAccount:
    """An account in which every call of this module succeeds."""
    bucket = {"name": account.bucket, "region": account.region, "keys": ["logs/"]}
    account.control.state({"roles": [{"name": "Flink"}], "buckets": [bucket]})
    return account


def order(account: EmulatedAccount, service: str, action: str, fault: str, **more: object) -> None:
    account.control.faults(
        [{"service": service, "action": action, "fault": fault, "times": 1, **more}]
    )


async def oss_error(call: Awaitable[object]) -> Exception:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        await call
    error: Exception = caught.value.unwrap()
    return error


@pytest.mark.parametrize(("call", "service", "action"), RPC_CALLS)
async def test_rpc_rejections(
    ready: EmulatedAccount, call: Call, service: str, action: str
) -> None:
    """`reject` shows the ordered code and status, once; then the call works again."""
    order(ready, service, action, "reject", code="Forbidden.RAM", httpStatus=403)
    with pytest.raises(AlibabaCloudException) as caught:
        await call(ready)
    assert (caught.value.status_code, caught.value.code) == (403, "Forbidden.RAM")
    await call(ready)
    assert ready.control.counters()[f"{service}.{action}"] == {"403": 1, "200": 1}


@pytest.mark.parametrize(("call", "service", "action"), RPC_CALLS)
async def test_rpc_throttling(
    ready: EmulatedAccount, call: Call, service: str, action: str
) -> None:
    """With a time to wait it is a ThrottlingException."""
    order(ready, service, action, "throttle", retryAfterMs=1500)
    with pytest.raises(ThrottlingException) as caught:
        await call(ready)
    assert caught.value.retry_after == 1500


@pytest.mark.parametrize(("call", "service", "action"), RPC_CALLS)
async def test_rpc_server_errors(
    ready: EmulatedAccount, call: Call, service: str, action: str
) -> None:
    """JSON keeps code and status; of an HTML page the SDK keeps nothing."""
    order(ready, service, action, "server-error")
    with pytest.raises(ServerException) as caught:
        await call(ready)
    assert (caught.value.status_code, caught.value.code) == (503, "ServiceUnavailable")
    order(ready, service, action, "server-error", html=True)
    with pytest.raises(UnretryableException):
        await call(ready)


@pytest.mark.parametrize("fault", ["drop-before", "hang-before"])
@pytest.mark.parametrize(("call", "service", "action"), RPC_CALLS)
async def test_rpc_lost_answers(
    ready: EmulatedAccount, call: Call, service: str, action: str, fault: str
) -> None:
    """A cut connection and a time-out look alike to the SDK and are counted as lost."""
    order(ready, service, action, fault)
    with pytest.raises(UnretryableException):
        await call(ready)
    assert ready.control.struck() == [1]


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "not-json"])
@pytest.mark.parametrize(("call", "service", "action"), RPC_CALLS)
async def test_rpc_garbage(
    ready: EmulatedAccount, call: Call, service: str, action: str, kind: str
) -> None:
    """A body that is not JSON is no success."""
    order(ready, service, action, "garbage", kind=kind)
    with pytest.raises(UnretryableException):
        await call(ready)


@pytest.mark.parametrize(("call", "action"), OSS_CALLS)
async def test_oss_rejections(ready: EmulatedAccount, call: Call, action: str) -> None:
    """`reject` shows the ordered code and status, for HEAD too, once."""
    order(ready, "oss", action, "reject", code="AccessForbidden", httpStatus=403)
    error = await oss_error(call(ready))
    assert isinstance(error, oss.exceptions.ServiceError)
    assert (error.status_code, error.code) == (403, "AccessForbidden")
    await call(ready)
    assert ready.control.counters()[f"oss.{action}"] == {"403": 1, "200": 1}


@pytest.mark.parametrize(("fault", "status"), [("throttle", 429), ("server-error", 500)])
@pytest.mark.parametrize(("call", "action"), OSS_CALLS)
async def test_oss_server_errors(
    ready: EmulatedAccount, call: Call, action: str, fault: str, status: int
) -> None:
    """The status that was ordered arrives."""
    order(ready, "oss", action, fault, httpStatus=status)
    error = await oss_error(call(ready))
    assert isinstance(error, oss.exceptions.ServiceError)
    assert error.status_code == status


@pytest.mark.parametrize("fault", ["drop-before", "hang-before"])
@pytest.mark.parametrize(("call", "action"), OSS_CALLS)
async def test_oss_lost_answers(
    ready: EmulatedAccount, call: Call, action: str, fault: str
) -> None:
    """No answer is no service error. Twice, as aiohttp itself repeats a GET or HEAD whose
    connection was cut."""
    order(ready, "oss", action, fault, times=2)
    error = await oss_error(call(ready))
    assert not isinstance(error, oss.exceptions.ServiceError)


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "wrong-types"])
async def test_oss_garbage(ready: EmulatedAccount, kind: str) -> None:
    """A broken GetBucketInfo tells no location: the SDK fails (also with a bare ParseError), or
    shows no bucket."""
    order(ready, "oss", "GetBucketInfo", "garbage", kind=kind)
    try:
        answer = await get_bucket_info(ready)
    except (oss.exceptions.BaseError, ParseError):
        return
    assert isinstance(answer, oss.GetBucketInfoResult)
    assert answer.bucket_info is None
