"""What the gateway checks before a product sees a call."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.emulator.sdk import STS, Sdk, purchase
from tests.emulator_fixture import EmulatedAccount, grant_role


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_the_official_sdk_is_understood(account: EmulatedAccount) -> None:
    """A call signed by the SDK is accepted, and the account behind the key is the caller."""
    answer = await Sdk(account).call("GetCallerIdentity", version=STS)
    assert answer["body"]["AccountId"] == account.id


@pytest.mark.parametrize("text", ["plain", "a b+c&d=e/f", "Ünïcödé 中文 *'()~", "%20%"])
async def test_any_text_survives_the_signature(account: EmulatedAccount, text: str) -> None:
    """Parameters are signed and decoded alike, whatever characters they have, in query and body."""
    sdk = Sdk(account)
    assert (await sdk.instances(InstanceName=text))["TotalCount"] == 0
    with pytest.raises(ClientException) as refused:
        await sdk.create(text)
    assert refused.value.code in ("InvalidParameter", "RoleNotAuthorized")
    assert (
        account.control.calls("foasconsole.CreateInstance")[0]["parameters"]["InstanceName"] == text
    )


async def test_wrong_secret_is_refused(account: EmulatedAccount) -> None:
    """A signature made with another secret does not match."""
    with pytest.raises(ClientException) as refused:
        await Sdk(account, secret="wrong").instances()
    assert (refused.value.code, refused.value.status_code) == ("SignatureDoesNotMatch", 400)


async def test_unknown_key_is_refused(account: EmulatedAccount) -> None:
    """A key that belongs to no account is not found."""
    with pytest.raises(ClientException) as refused:
        await Sdk(account, key="nobody").instances()
    assert (refused.value.code, refused.value.status_code) == ("InvalidAccessKeyId.NotFound", 404)


async def test_inactive_key_is_refused(account: EmulatedAccount) -> None:
    """A disabled key is told apart from an unknown one."""
    account.control.state(
        {"accessKeys": [{"id": account.access_key_id, "secret": "s", "active": False}]}
    )
    with pytest.raises(ClientException) as refused:
        await Sdk(account, secret="s").instances()
    assert refused.value.code == "InvalidAccessKeyId.Inactive"


async def test_old_date_is_refused(account: EmulatedAccount) -> None:
    """A call is valid for 15 minutes around its date and not longer."""
    sdk, now = Sdk(account), datetime.now(UTC)
    for minutes in (-14, 14):
        await sdk.call(
            "GetCallerIdentity",
            version=STS,
            headers={"x-acs-date": _stamp(now + timedelta(minutes=minutes))},
        )
    for minutes in (-16, 16):
        with pytest.raises(ClientException) as refused:
            await sdk.call(
                "GetCallerIdentity",
                version=STS,
                headers={"x-acs-date": _stamp(now + timedelta(minutes=minutes))},
            )
        assert refused.value.code == "InvalidTimeStamp.Expired"


async def test_advancing_the_clock_outdates_what_was_signed_before(
    account: EmulatedAccount,
) -> None:
    """After the clock moved, a date from before is expired, both that of the machine and that of
    the cloud."""
    sdk = Sdk(account)
    before = {"x-acs-date": _stamp(datetime.now(UTC))}
    account.control.advance(16 * 60)
    with pytest.raises(ClientException) as refused:
        await sdk.call("GetCallerIdentity", version=STS, headers=before)
    assert refused.value.code == "InvalidTimeStamp.Expired"
    cloud_time = parsedate_to_datetime(
        (await sdk.call("GetCallerIdentity", version=STS))["headers"]["date"]
    )
    account.control.advance(16 * 60)
    with pytest.raises(ClientException) as refused:
        await sdk.call("GetCallerIdentity", version=STS, headers={"x-acs-date": _stamp(cloud_time)})
    assert refused.value.code == "InvalidTimeStamp.Expired"


async def test_clock_moves_for_one_account_only(account: EmulatedAccount, emulator: str) -> None:
    """The Date of answers follows the account's clock, and the SDK, which signs with the machine's,
    still works."""
    account.control.advance(3600)
    date = parsedate_to_datetime(
        (await Sdk(account).call("GetCallerIdentity", version=STS))["headers"]["date"]
    )
    assert timedelta(minutes=59) < date - datetime.now(UTC) < timedelta(minutes=61)


async def test_nonce_is_accepted_once(account: EmulatedAccount) -> None:
    """The same nonce is refused until the gateway has forgotten it, by the account's clock."""
    sdk, nonce = Sdk(account), {"x-acs-signature-nonce": f"nonce-of-{account.id}"}
    await sdk.call("GetCallerIdentity", version=STS, headers=nonce)
    with pytest.raises(ClientException) as refused:
        await sdk.call("GetCallerIdentity", version=STS, headers=nonce)
    assert (refused.value.code, refused.value.status_code) == ("SignatureNonceUsed", 400)
    account.control.advance(31 * 60)
    await sdk.call("GetCallerIdentity", version=STS, headers=nonce)


async def test_a_refused_call_uses_its_nonce_up(account: EmulatedAccount) -> None:
    """A call refused for its parameters, a permission or a fault at the gateway cannot be repeated
    either."""
    sdk = Sdk(account)
    account.control.faults([{"action": "QueryAccountBalance", "fault": "throttle"}])
    account.control.state({"deniedActions": ["stream:DescribeVvpInstances"]})
    for action in ("CreateInstance", "DescribeInstances", "DeleteInstance"):
        nonce = {"x-acs-signature-nonce": f"{action}-{account.id}"}
        codes = []
        for _ in range(2):
            with pytest.raises(ClientException) as refused:
                await sdk.call(action, headers=nonce)
            codes.append(refused.value.code)
        assert codes[0] != "SignatureNonceUsed"
        assert codes[1] == "SignatureNonceUsed"


async def test_denied_action_names_itself(account: EmulatedAccount) -> None:
    """Without permission the answer is 403 and names the RAM action that is missing."""
    grant_role(account)
    account.control.state({"deniedActions": ["stream:Create*"]})
    with pytest.raises(ClientException) as refused:
        await Sdk(account).call("CreateInstance", purchase(account, "a"))
    assert (refused.value.code, refused.value.status_code) == ("NoPermission", 403)
    assert refused.value.access_denied_detail["AuthAction"] == "stream:CreateVvpInstance"
    assert account.control.purchases() == []


async def test_unknown_action_is_refused(account: EmulatedAccount) -> None:
    """An action or version that no product has is not found."""
    for version in (STS, "1999-01-01"):
        with pytest.raises(ClientException) as refused:
            await Sdk(account).call("Nothing", version=version)
        assert (refused.value.code, refused.value.status_code) == ("InvalidAction.NotFound", 404)
