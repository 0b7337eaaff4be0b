"""Buckets and directories."""

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.api.names import DIRECTORIES
from flink_workspace_operator.core.facts.failures import NotFound, PermissionMissing, ServerError
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    BucketElsewhere,
    OssNotActivated,
)
from tests.emulator_fixture import EmulatedAccount


async def test_directories_are_found_and_made(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Making is fine when done twice, and tells which time it was made."""
    assert await cloud.create_directory(account.region, account.bucket, "logs/")
    assert not await cloud.create_directory(account.region, account.bucket, "logs/")
    seen = await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
    assert seen == Bucket(account.bucket, frozenset({"logs/"}))
    assert len(account.control.calls("oss.PutObject")) == 1


async def test_a_directory_that_appears_meanwhile_is_fine(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """OSS refuses to write over it, which is what was wanted."""
    account.control.state(
        {"buckets": [{"name": account.bucket, "region": account.region, "keys": ["logs/"]}]}
    )
    account.control.faults(
        [{"action": "HeadObject", "fault": "reject", "code": "NoSuchKey", "httpStatus": 404}]
    )
    await cloud.create_directory(account.region, account.bucket, "logs/")
    assert [call["code"] for call in account.control.calls("oss.PutObject")] == [
        "FileAlreadyExists"
    ]


async def test_a_versioned_bucket_gets_no_second_version(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """OSS ignores the header that forbids writing over there, so it is looked for first."""
    bucket = {
        "name": account.bucket,
        "region": account.region,
        "versioning": "Enabled",
        "keys": ["logs/"],
    }
    account.control.state({"buckets": [bucket]})
    await cloud.create_directory(account.region, account.bucket, "logs/")
    assert account.control.calls("oss.PutObject") == []


async def test_a_missing_bucket_is_absent(cloud: AlibabaCloud, account: EmulatedAccount) -> None:
    """That is an answer."""
    assert await cloud.describe_bucket(account.region, "no-such-bucket", DIRECTORIES) == Absent()
    with pytest.raises(NotFound):
        await cloud.create_directory(account.region, "no-such-bucket", "logs/")


async def test_a_bucket_elsewhere_tells_where(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """OSS names the endpoint in its refusal."""
    account.control.state({"buckets": [{"name": "far-away", "region": "cn-beijing"}]})
    seen = await cloud.describe_bucket(account.region, "far-away", DIRECTORIES)
    assert seen == BucketElsewhere("far-away", "cn-beijing")


async def test_an_account_without_oss_is_told(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """It has to be opened once in the console."""
    account.control.state({"ossOpened": False})
    assert (
        await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
        == OssNotActivated()
    )


@pytest.mark.parametrize("action", ["oss:GetBucketInfo", "oss:GetObject"])
async def test_a_missing_right_to_look_names_the_action(
    cloud: AlibabaCloud, account: EmulatedAccount, action: str
) -> None:
    """OSS does not name it; the call does. A directory that may not be looked at is not a missing
    one."""
    account.control.state({"deniedActions": [action]})
    with pytest.raises(PermissionMissing) as missing:
        await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
    assert missing.value.action == action


async def test_a_missing_right_to_write_names_the_action(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """So that a person knows what to grant."""
    account.control.state({"deniedActions": ["oss:PutObject"]})
    with pytest.raises(PermissionMissing) as missing:
        await cloud.create_directory(account.region, account.bucket, "logs/")
    assert missing.value.action == "oss:PutObject"


async def test_nothing_is_tried_again_by_itself(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The SDK's own retries are off: the pass decides when."""
    account.control.faults([{"service": "oss", "fault": "server-error"}])
    with pytest.raises(ServerError):
        await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)
    assert len(account.control.calls("oss.GetBucketInfo")) == 1
