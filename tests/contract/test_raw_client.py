"""The emulator against a client of its own kind, and its answers against the official SDKs'
models."""

from collections.abc import Callable

import alibabacloud_bssopenapi20171214.models as bss
import alibabacloud_foasconsole20211028.models as foasconsole
import alibabacloud_ram20150501.models as ram
import alibabacloud_sts20150401.models as sts
import alibabacloud_vpc20160428.models as vpc
import pytest

from tests.emulator.sdk import purchase
from tests.emulator.valid_calls import ACTIONS, prepare, valid_call
from tests.emulator_fixture import EmulatedAccount, grant_role
from tests.raw_client import Answer, Call, Key, call_v1, call_v3
from tests.sdk_models import differences

FLINK = "2021-10-28"
Sign = Callable[[str, Key, Call], Answer]
SIGNATURES = pytest.mark.parametrize("send", [call_v3, call_v1], ids=["version 3", "version 1.0"])


def key_of(account: EmulatedAccount) -> Key:
    return Key(account.access_key_id, account.access_key_secret)


def bought(account: EmulatedAccount, name: str = "a") -> str:
    """Buy a workspace, the parameters in a form; gives its instance id."""
    grant_role(account)
    account.control.settings(provisioningSeconds=0)
    form = [(each, str(value)) for each, value in purchase(account, name).items()]
    answer = call_v3(account.endpoint, key_of(account), Call(FLINK, "CreateInstance", form=form))
    assert answer.status == 200, answer
    return str(answer.body["OrderInfo"]["InstanceId"])


def tagging(
    account: EmulatedAccount, instance_id: str, tags: dict[str, str]
) -> list[tuple[str, str]]:
    pairs = [
        ("RegionId", account.region),
        ("ResourceType", "vvpinstance"),
        ("ResourceId.1", instance_id),
    ]
    for number, (key, value) in enumerate(tags.items(), start=1):
        pairs += [(f"Tag.{number}.Key", key), (f"Tag.{number}.Value", value)]
    return pairs


@SIGNATURES
@pytest.mark.parametrize("place", ["query", "form"])
def test_a_list_of_more_than_ten_is_signed_by_name(
    account: EmulatedAccount, send: Sign, place: str
) -> None:
    """`Tag.10.Key` comes before `Tag.2.Key`, in the query and in a form; text of any script, and
    empty values."""
    instance_id = bought(account)
    tags = {f"key-{number}": f"值 {number} *~'()&=+%" for number in range(1, 14)} | {"empty": ""}
    pairs = tagging(account, instance_id, tags)
    call = (
        Call(FLINK, "TagResources", query=pairs)
        if place == "query"
        else Call(FLINK, "TagResources", form=pairs)
    )
    assert send(account.endpoint, key_of(account), call).status == 200
    (seen,) = account.control.state()["workspaces"]
    assert seen["tags"] == tags


@SIGNATURES
@pytest.mark.parametrize(
    "text", ["", "a b", "中文 Ünïcödé", "*~'()-_.", "a=b&c=d", "%20", "+", "/?#[]@"]
)
def test_any_text_in_a_query_is_signed_alike(
    account: EmulatedAccount, send: Sign, text: str
) -> None:
    """By GET, which has nothing but a query."""
    call = Call(
        FLINK, "DescribeInstances", "GET", [("Region", account.region), ("InstanceName", text)]
    )
    answer = send(account.endpoint, key_of(account), call)
    assert (answer.status, answer.body.get("TotalCount")) == (200, 0)


@SIGNATURES
def test_parameters_may_be_in_query_and_form(account: EmulatedAccount, send: Sign) -> None:
    """As other clients of the real cloud send them; and twice, if they are equal."""
    instance_id = bought(account)
    pairs = tagging(account, instance_id, {"k": "v"})
    call = Call(FLINK, "TagResources", query=pairs[:3], form=pairs[2:])
    assert send(account.endpoint, key_of(account), call).status == 200


MODELS = {"foasconsole": foasconsole, "sts": sts, "vpc": vpc, "ram": ram, "bss": bss}


def test_answers_are_as_the_sdks_models_have_them(account: EmulatedAccount) -> None:
    """Members and types, of each action; lists have an entry. AssumeRoleWithOIDC has a test of its
    own."""
    user = prepare(account)
    found = []
    for product, action in [
        (product, action) for product, actions in ACTIONS.items() for action in actions
    ]:
        answer = call_v3(account.endpoint, user, valid_call(account, product, action))
        assert answer.status == 200, answer
        found += differences(answer.body, MODELS[product], f"{action}ResponseBody")
    assert "\n".join(found) == ""
