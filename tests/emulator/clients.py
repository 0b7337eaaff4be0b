"""Official SDK clients that talk to the emulator in the name of a test's account."""

from collections.abc import Awaitable

import alibabacloud_oss_v2 as oss
import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config

from tests.emulator_fixture import EmulatedAccount


def rpc_config(account: EmulatedAccount, read_timeout_ms: int = 10_000) -> Config:
    """Settings for any client of the RPC protocol."""
    return Config(
        access_key_id=account.access_key_id,
        access_key_secret=account.access_key_secret,
        endpoint=account.endpoint,
        protocol="HTTP",
        region_id="cn-hangzhou",
        read_timeout=read_timeout_ms,
    )


def oss_config(
    account: EmulatedAccount, region: str = "cn-hangzhou", attempts: int = 1
) -> oss.config.Config:
    """Settings for an OSS client of one region; without retries unless asked for."""
    config = oss.config.load_default()
    config.region = region
    config.endpoint = account.url
    config.use_path_style = True
    config.retry_max_attempts = attempts
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        account.access_key_id, account.access_key_secret
    )
    return config


async def refusal(call: Awaitable[object]) -> tuple[int, str]:
    """HTTP status and code of a call of the RPC protocol that must fail."""
    with pytest.raises(AlibabaCloudException) as caught:
        await call
    return caught.value.status_code, caught.value.code
