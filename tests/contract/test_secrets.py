"""DescribeInstances can answer with an access key of the account. It must end there."""

import asyncio
import logging
import traceback
from datetime import timedelta

import pytest

from flink_cloud_emulator.foasconsole.answer import SECRET_IN_ANSWER
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import CloudFailure
from tests.contract.clients import NAME
from tests.emulator_fixture import EmulatedAccount

FRESH = timedelta(0)


async def test_the_secret_is_in_no_value(
    cloud: AlibabaCloud, account: EmulatedAccount, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in what is returned nor in what is logged, at any level."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    account.control.state({"workspaces": [{"name": NAME}]})
    listing = await cloud.list_instances(account.region, FRESH)
    assert SECRET_IN_ANSWER not in repr(listing) + caplog.text
    assert NAME in repr(listing)


@pytest.mark.parametrize("kind", ["truncated", "wrong-types", "not-json", "html", "empty"])
async def test_the_secret_is_in_no_failure(
    cloud: AlibabaCloud,
    account: EmulatedAccount,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    """Not even in the trace of exceptions behind it: the SDK's own carries the text of the
    answer."""
    caplog.set_level(logging.DEBUG)
    account.control.state({"workspaces": [{"name": f"{NAME}-{number}"} for number in range(4)]})
    account.control.faults([{"action": "DescribeInstances", "fault": "garbage", "kind": kind}])
    with pytest.raises(CloudFailure) as caught:
        await cloud.list_instances(account.region, FRESH)
    whole = [
        *traceback.format_exception(caught.value),
        repr(caught.value),
        str(caught.value),
        caplog.text,
    ]
    whole += capfd.readouterr()
    assert caught.value.__context__ is None
    assert not [text for text in whole if SECRET_IN_ANSWER in text]


async def test_a_failure_tells_codes_and_no_messages(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """A message of the cloud's can hold anything."""
    account.control.faults([{"fault": "reject", "code": "Some.Code", "message": SECRET_IN_ANSWER}])
    for question in (cloud.identify(), cloud.describe_bucket(account.region, account.bucket, ())):
        with pytest.raises(CloudFailure) as caught:
            await question
        shown = "".join([*traceback.format_exception(caught.value), repr(caught.value)])
        assert SECRET_IN_ANSWER not in shown
        assert caught.value.code == "Some.Code"
        assert caught.value.request_id
