"""Calls as clients really make them: the generic call of the official SDK."""

from collections.abc import Mapping
from typing import Any

from alibabacloud_tea_openapi import models
from alibabacloud_tea_openapi.client import Client
from darabonba.runtime import RuntimeOptions

from tests.emulator_fixture import EmulatedAccount

FOASCONSOLE, STS, BSS = "2021-10-28", "2015-04-01", "2017-12-14"
READ_TIMEOUT_MS = 1500


class Sdk:
    """One account's client of the Flink console; other products by their version."""

    def __init__(
        self, account: EmulatedAccount, secret: str | None = None, key: str | None = None
    ) -> None:
        self._account = account
        self._client = Client(
            models.Config(
                access_key_id=key or account.access_key_id,
                access_key_secret=secret or account.access_key_secret,
                endpoint=account.endpoint,
                protocol="HTTP",
                region_id=account.region,
            )
        )

    async def call(
        self,
        action: str,
        parameters: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **how: str,
    ) -> dict[str, Any]:
        """The whole answer: body, headers, statusCode. ``how``: version, method."""
        method = how.get("method", "GET" if action.startswith("Describe") else "POST")
        params = models.Params(
            action=action,
            version=how.get("version", FOASCONSOLE),
            protocol="HTTPS",
            pathname="/",
            method=method,
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        place = "query" if method == "GET" or "Tag" in action else "body"
        request = models.OpenApiRequest(
            **{place: dict(parameters or {})}, headers=dict(headers or {})
        )
        runtime = RuntimeOptions(read_timeout=READ_TIMEOUT_MS, connect_timeout=READ_TIMEOUT_MS)
        answer: dict[str, Any] = await self._client.call_api_async(params, request, runtime)
        return answer

    async def instances(self, **filters: object) -> dict[str, Any]:
        """The body of DescribeInstances in the account's region."""
        answer = await self.call(
            "DescribeInstances",
            {
                "Region": self._account.region,
                **{name: str(value) for name, value in filters.items()},
            },
        )
        body: dict[str, Any] = answer["body"]
        return body

    async def create(self, name: str, **changes: object) -> dict[str, Any]:
        """The body of CreateInstance with parameters that are fine but for ``changes``; None leaves
        one out."""
        body: dict[str, Any] = (
            await self.call("CreateInstance", purchase(self._account, name, **changes))
        )["body"]
        return body


def purchase(account: EmulatedAccount, name: str, **changes: object) -> dict[str, object]:
    """Parameters of a CreateInstance that succeeds."""
    parameters: dict[str, object] = {
        "Region": account.region,
        "InstanceName": name,
        "ChargeType": "PRE",
        "VpcId": account.vpc,
        "VSwitchIds": f'["{account.v_switches[0]}"]',
        "Storage": f'{{"Oss":{{"Bucket":"{account.bucket}"}}}}',
        "ResourceSpec": '{"Cpu":10,"MemoryGB":40}',
        "PricingCycle": "Month",
        "Duration": 1,
        "AutoRenew": False,
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}
