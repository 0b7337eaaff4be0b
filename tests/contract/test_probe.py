"""The command `probe` against the emulator: everything is asked, nothing is changed, and nothing is
given away."""

import pytest

from flink_workspace_operator.adapters.alibaba import prober, products
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.probes import PROBES
from flink_workspace_operator.cli import main
from flink_workspace_operator.open_questions import QUESTIONS
from tests.emulator.valid_calls import prepare
from tests.emulator_fixture import EmulatedAccount


@pytest.fixture
def environment(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's settings, and the key of a RAM user."""
    user = prepare(account)
    monkeypatch.setenv("FLINK_OPERATOR_ENDPOINT", account.url)
    monkeypatch.setattr(
        "alibabacloud_credentials.utils.auth_util.environment_access_key_id", user.id
    )
    monkeypatch.setattr(
        "alibabacloud_credentials.utils.auth_util.environment_access_key_secret", user.secret
    )


def sections(report: str) -> dict[str, list[str]]:
    """What was told of each question."""
    parts = [part.splitlines() for part in report.split("\n### ")[1:]]
    return {lines[0]: [line[2:] for line in lines if line.startswith("- ")] for lines in parts}


@pytest.mark.usefixtures("environment")
def test_every_free_question_is_asked(
    account: EmulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """And answered; the plan comes before the first call."""
    before = account.control.state(), account.control.purchases()
    assert main(["probe"]) == 0
    report = capsys.readouterr().out
    told = sections(report)
    assert list(told) == [each.key for each in QUESTIONS if each.cost == "Free"]
    assert all(told.values())
    assert told["SignatureValidity"][:2] == [
        "14 minutes old: answered",
        "16 minutes old: InvalidTimeStamp.Expired (SignatureExpired)",
    ]
    assert told["NonceMemory"] == [
        "the same call twice: answered, then SignatureNonceUsed (SignatureReplayed)"
    ]
    assert told["PriceOfManagement"] == ["a price contains 2.00 CU besides those that are ordered"]
    assert told["StateWords"] == ["ClusterStatus: RUNNING 2", "OrderState: NORMAL 2"]
    plan = report.split("## Report")[0]
    assert [line.split(":")[0][2:] for line in plan.splitlines() if line.startswith("- ")] == list(
        told
    )
    assert (account.control.state(), account.control.purchases()) == before


@pytest.mark.usefixtures("environment")
def test_the_report_gives_nothing_away(
    account: EmulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """No key, account, id or name of what there is."""
    main(["probe"])
    report = capsys.readouterr().out
    state = account.control.state()
    named = [each[what] for each in state["workspaces"] for what in ("instanceId",)]
    named += [each["orderId"] for each in account.control.purchases()]
    named += [
        account.id,
        account.vpc,
        account.bucket,
        "subscription:",
        "by-use",
        *(key["id"] for key in state["accessKeys"]),
    ]
    assert [
        each for each in (*named, "secret") if each in report.replace("without secrets", "")
    ] == []


@pytest.mark.usefixtures("environment")
def test_only_the_plan_is_told_where_nothing_else_is_wanted(
    account: EmulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--plan`, no call is made."""
    assert main(["probe", "--plan"]) == 0
    assert "## Report" not in capsys.readouterr().out
    assert account.control.calls() == []


@pytest.mark.usefixtures("environment")
def test_missing_permissions_are_named(
    account: EmulatedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the cloud calls them; every question goes on without what it may not ask."""
    account.control.state({"deniedActions": ["stream:*", "ram:*", "vpc:*", "bssapi:*"]})
    assert main(["probe"]) == 0
    told = sections(capsys.readouterr().out)
    assert len(told) == len(PROBES)
    assert told["PermissionNames"] == [
        "missing: bssapi:InquiryPriceRefundInstance, bssapi:QueryAvailableInstances, bssapi:QueryOrders, ram:GetRole,"
        " stream:DescribeVvpInstances, stream:QueryCreateInstancePrice, vpc:DescribeVSwitches"
    ]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "wrong-types", "not-json"])
def test_answers_that_make_no_sense_are_told_as_such(
    account: EmulatedAccount, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """And end nothing."""
    rules = [
        {"service": service, "fault": "garbage", "kind": kind}
        for service in ("foasconsole", "ram", "vpc", "bss")
    ]
    account.control.faults(rules)
    assert main(["probe"]) == 0
    assert len(sections(capsys.readouterr().out)) == len(PROBES)


def test_without_a_key_nothing_is_asked(
    account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and fails."""
    monkeypatch.setenv("FLINK_OPERATOR_ENDPOINT", account.url)
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_util.environment_access_key_id", None)
    assert main(["probe"]) == 1
    assert "cannot ask: no access key is configured" in capsys.readouterr().out


async def test_nothing_else_than_reads_can_be_asked(cloud: AlibabaCloud) -> None:
    """Whoever adds a question can't make a change by mistake."""
    asking = cloud.prober("cn-hangzhou")
    for api in (products.CREATE_INSTANCE, products.TAG_RESOURCES, products.CREATE_ROLE):
        with pytest.raises(ValueError, match="is no read"):
            await asking.ask(api, {})
    assert all(
        api.action.startswith(("Describe", "Get", "List", "Query", "Inquiry"))
        for api in prober.READS
    )
