"""The one call that spends money."""

from datetime import UTC, datetime, timedelta

import pytest
from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Fate,
    Garbled,
    ParametersRefused,
    PermissionMissing,
    ServerError,
    SignatureExpired,
    SignatureReplayed,
    Throttled,
    Unexplained,
    UnpaidOrder,
    Unreachable,
)
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused
from flink_workspace_operator.core.facts.observed import Answer, Bought, NotBought
from flink_workspace_operator.settings import Settings
from tests.contract.clients import NAME, OWNER, TOKEN, parameters, pay_as_you_go, purchase, target
from tests.emulator_fixture import EmulatedAccount, grant_role

CREATE = "foasconsole.CreateInstance"


def failure_of(answer: Answer) -> CloudFailure:
    """Why nothing was bought."""
    assert isinstance(answer, NotBought)
    return answer.failure


async def test_what_is_bought_is_what_was_described(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Every parameter arrives, with ownership tags beside the user's."""
    grant_role(account)
    wanted = parameters(
        account,
        subscription={
            "initial_term": {"count": 2, "unit": "Year"},
            "renewal": {"mode": "Automatic"},
        },
        monitoring="CloudMonitor",
        architecture="ARM",
        resource_group_id="rg-1",
        tags=[{"key": "team", "value": "数据"}],
    )
    answer = await cloud.place(purchase(account, block=wanted))
    assert isinstance(answer, Bought)
    (booked,) = account.control.purchases()
    assert (answer.instance_id, answer.order_id) == (booked["instanceId"], str(booked["orderId"]))
    assert answer.request_id == booked["requestId"]
    sent = account.control.calls(CREATE)[0]["parameters"]
    assert {name: sent[name] for name in sent if name != "Tag"} == {
        "Region": account.region,
        "InstanceName": NAME,
        "ChargeType": "PRE",
        "VpcId": account.vpc,
        "VSwitchIds": f'["{account.v_switches[0]}"]',
        "Storage": f'{{"Oss":{{"Bucket":"{account.bucket}"}}}}',
        "ArchitectureType": "ARM",
        "ResourceSpec": '{"Cpu":10,"MemoryGB":40}',
        "PricingCycle": "Year",
        "Duration": "2",
        "AutoRenew": "True",
        "MonitorType": "TAIHAO",
        "ResourceGroupId": "rg-1",
    }
    (seen,) = (await cloud.list_instances(account.region, timedelta(0))).instances
    assert seen.tags == {"team": "数据", **OWNER.tags(TOKEN)}


async def test_what_is_billed_by_use_has_no_size_and_no_term(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """PayAsYouGo sends neither."""
    grant_role(account)
    answer = await cloud.place(purchase(account, block=pay_as_you_go(account)))
    assert isinstance(answer, Bought)
    sent = account.control.calls(CREATE)[0]["parameters"]
    assert sent["ChargeType"] == "POST"
    assert not sent.keys() & {"ResourceSpec", "PricingCycle", "Duration", "AutoRenew"}


async def test_the_call_is_signed_as_fixed_beforehand(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """With the intent's time to the second, and its nonce."""
    signed = datetime.now(UTC) - timedelta(minutes=3)
    await cloud.place(purchase(account, signed_at=signed, nonce="fixed-nonce-1"))
    (call,) = account.control.calls(CREATE)
    assert (call["date"], call["nonce"]) == (signed.strftime("%Y-%m-%dT%H:%M:%SZ"), "fixed-nonce-1")


async def test_a_late_call_is_refused(cloud: AlibabaCloud, account: EmulatedAccount) -> None:
    """The gateway's guard against a process that slept."""
    grant_role(account)
    old = datetime.now(UTC) - timedelta(minutes=16)
    failure = failure_of(await cloud.place(purchase(account, signed_at=old)))
    assert isinstance(failure, SignatureExpired)
    assert failure.fate == "CopyRefused"
    assert account.control.purchases() == []


async def test_a_second_copy_is_refused_and_proves_nothing(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Its first copy may have bought, and here it did."""
    grant_role(account)
    assert isinstance(await cloud.place(purchase(account)), Bought)
    other = purchase(account, target=target(account, "another-name"))
    failure = failure_of(await cloud.place(other))
    assert isinstance(failure, SignatureReplayed)
    assert failure.fate == "Unknown"
    assert len(account.control.purchases()) == 1


@pytest.mark.parametrize("style", ["http", "success-false"])
async def test_business_refusals_prove_nothing(
    cloud: AlibabaCloud, account: EmulatedAccount, style: str
) -> None:
    """In both styles: an order that is refused for money may be paid days later."""
    account.control.settings(failureStyle=style)
    seen = []
    for number, prepare in enumerate(("role", "balance", "unpaid", "bucket", "name")):
        change: dict[str, dict[str, object]] = {
            "role": {},
            "balance": {"balance": 0},
            "unpaid": {"balance": 1_000_000, "unpaidOrders": [{"orderId": "1"}]},
            "bucket": {"unpaidOrders": [], "removeBuckets": [account.bucket]},
            "name": {
                "buckets": [{"name": account.bucket, "region": account.region}],
                "workspaces": [{"name": NAME}],
            },
        }
        account.control.state(change[prepare])
        seen.append(
            failure_of(await cloud.place(purchase(account, nonce=f"{account.id}-{number}")))
        )
        grant_role(account)
    assert [failure.reason for failure in seen] == [
        "RoleNotAuthorised",
        "BalanceTooLow",
        "UnpaidOrder",
        "ParametersRefused",
        "NameTaken",
    ]
    assert {failure.fate for failure in seen} == {"Unknown"}
    assert account.control.purchases() == []


@pytest.mark.parametrize(
    ("code", "status", "failure", "fate"),
    [
        ("Throttling.User", 400, Throttled, "CopyRefused"),
        ("throttling", 429, Throttled, "CopyRefused"),
        ("Throttling", 503, Throttled, "Unknown"),
        ("NoPermission", 403, PermissionMissing, "CopyRefused"),
        ("InvalidAccessKeyId.Inactive", 400, CredentialsRefused, "CopyRefused"),
        ("InvalidSecurityToken.Expired", 400, CredentialsRefused, "CopyRefused"),
        ("MissingSecurityToken", 400, CredentialsRefused, "CopyRefused"),
        ("SignatureDoesNotMatch", 400, CredentialsRefused, "CopyRefused"),
        ("MissingParameter", 400, ParametersRefused, "CallRefused"),
        ("MissingVpcId", 400, ParametersRefused, "CallRefused"),
        ("InvalidTimeStamp.Format", 400, Unexplained, "CallRefused"),
        ("UnsupportedHTTPMethod", 400, Unexplained, "CallRefused"),
        ("InvalidParameter", 400, ParametersRefused, "CallRefused"),
        ("InvalidParameter", 500, ServerError, "Unknown"),
        ("InvalidVpcId.NotFound", 404, ParametersRefused, "Unknown"),
        ("ORDER.INST_HAS_UNPAID_ORDER", 400, UnpaidOrder, "Unknown"),
        ("998001", 400, ServerError, "Unknown"),
        ("Never.Seen", 400, Unexplained, "Unknown"),
    ],
)
async def test_only_codes_of_the_gateway_refuse_a_call(
    cloud: AlibabaCloud,
    account: EmulatedAccount,
    code: str,
    status: int,
    failure: type[CloudFailure],
    fate: Fate,
) -> None:
    """And those only with HTTP 4xx."""
    rule = {"action": "CreateInstance", "fault": "reject", "code": code, "httpStatus": status}
    account.control.faults([rule])
    refused = failure_of(await cloud.place(purchase(account)))
    assert (type(refused), refused.fate, refused.code) == (failure, fate, code)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "drop-after-commit"},
        {"fault": "throttle"},
        {"fault": "reject", "code": "InvalidParameter"},
    ],
)
async def test_what_became_of_the_question_before_is_not_the_fate_of_the_purchase(
    cloud: AlibabaCloud, account: EmulatedAccount, fault: dict[str, object]
) -> None:
    """Whose account the key is of is asked before; without an answer nothing is sent."""
    account.control.faults([{"action": "GetCallerIdentity", **fault}])
    failure = failure_of(await cloud.place(purchase(account)))
    assert (failure.call, failure.fate) == ("sts.GetCallerIdentity", "NothingSent")
    assert account.control.calls(CREATE) == []


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"fault": "drop-before"}, Unreachable),
        ({"fault": "drop-after-commit"}, Unreachable),
        ({"fault": "error-after-commit"}, ServerError),
        ({"fault": "error-after-commit", "html": True}, Garbled),
        ({"fault": "commit-late"}, Unreachable),
        ({"fault": "garbage", "kind": "truncated"}, Garbled),
        ({"fault": "garbage", "kind": "wrong-types"}, Garbled),
    ],
)
async def test_a_lost_answer_proves_nothing_and_the_call_is_not_repeated(
    cloud: AlibabaCloud,
    account: EmulatedAccount,
    fault: dict[str, object],
    failure: type[CloudFailure],
) -> None:
    """Exactly one call arrives, whatever happened to it."""
    grant_role(account)
    account.control.faults([{"action": "CreateInstance", **fault}])
    lost = failure_of(await cloud.place(purchase(account)))
    assert isinstance(lost, failure)
    assert lost.fate == "Unknown"
    assert len(account.control.calls(CREATE)) == 1


@pytest.mark.parametrize(
    ("fault", "failure", "fate", "copies"),
    [
        ({"fault": "refuse-after-commit"}, Throttled, "CopyRefused", 1),
        ({"fault": "deliver-twice"}, SignatureReplayed, "Unknown", 2),
        ({"fault": "redirect"}, Garbled, "Unknown", 1),
    ],
)
async def test_a_refused_copy_is_not_the_fate_of_the_call(
    cloud: AlibabaCloud,
    account: EmulatedAccount,
    fault: dict[str, object],
    failure: type[CloudFailure],
    fate: Fate,
    copies: int,
) -> None:
    """Another copy of it was accepted; none of them was sent by us."""
    grant_role(account)
    account.control.faults([{"action": "CreateInstance", **fault}])
    refused = failure_of(await cloud.place(purchase(account)))
    assert (type(refused), refused.fate) == (failure, fate)
    assert len(account.control.calls(CREATE)) == copies
    assert len(account.control.purchases()) == 1


async def test_a_slow_purchase_is_waited_for(account: EmulatedAccount, cloud: AlibabaCloud) -> None:
    """Longer than any read."""
    grant_role(account)
    account.control.faults([{"action": "CreateInstance", "fault": "delay", "ms": 1500}])
    assert isinstance(await cloud.place(purchase(account)), Bought)


async def test_without_a_key_nothing_is_sent(account: EmulatedAccount) -> None:
    """There is nothing to sign with."""
    cloud = AlibabaCloud(
        Settings(endpoint=account.url),
        Client(Config(type="credentials_uri", credentials_uri="http://127.0.0.1:9/key")),
    )
    failure = failure_of(await cloud.place(purchase(account)))
    assert isinstance(failure, CredentialsRefused)
    assert failure.fate == "NothingSent"
    await cloud.close()
