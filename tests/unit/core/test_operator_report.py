"""The operator's report: all that people need who have no key of the cloud, bounded, and without a
secret."""

import json
from dataclasses import replace
from typing import Any

from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.identity import Caller, Key, WantedName
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.operator_report import (
    MOST,
    MOST_BYTES,
    ActionEvidence,
    OperatorFacts,
    Process,
    Surveyed,
    SurveyFailure,
    text_of,
)
from flink_workspace_operator.core.orphans import Findings, Orphan, Purchase, find_unowned
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.builders import ACCOUNT, ID, NOW, OWNER, REGION, a_listing, a_workspace, an_instance

LARGEST_CONFIG_MAP = 1024 * 1024
ARN = f"acs:ram::{ACCOUNT}:user/flink-operator"
MANAGED = Settings(
    **{**ALLOWED, "adoption_namespaces": ("team",), "identity_namespaces": ("team", "team-c")}
)
PROCESS = Process(
    "0.1.0", "pod-1", "cluster-1", MANAGED, {"sts": "sts.example"}, (("HTTPS_PROXY", "proxy:3128"),)
)
BOUGHT = Purchase(
    Key("team", "demo-1"), OWNER.key, ACCOUNT, REGION, "demo", ID, price="CNY 1200.00 for 1 month"
)
UNTAGGED = an_instance("sc-hand", order=None, name="by-hand")


def findings(*unowned: SeenInstance, orphans: tuple[Orphan, ...] = (), **more: Any) -> Findings:  # noqa: ANN401 - any field of findings
    return Findings(
        orphans,
        frozenset({(ACCOUNT, REGION)}),
        caller=Caller(ACCOUNT, ARN),
        unowned=unowned,
        **more,
    )


def facts(found: Findings | None = None, **more: Any) -> OperatorFacts:  # noqa: ANN401 - any field of facts
    surveyed = Surveyed(found or findings(), NOW)
    return replace(OperatorFacts(PROCESS, surveyed, None, (), 0), **more)


def told(given: OperatorFacts) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(text_of(given))
    return report


def test_an_orphan_is_told_with_what_it_costs() -> None:
    """Since when, how it is billed, and the price of the newest order that bought it."""
    instance = an_instance()
    orphan = Orphan("Orphan", ACCOUNT, REGION, "demo", (instance.instance_id,), "team/demo")
    found = findings(
        orphans=(orphan,), found={instance.instance_id: instance}, purchases={ID: BOUGHT}
    )
    [shown] = told(facts(found))["survey"]["orphans"]
    assert (shown["kind"], shown["markedAs"]) == ("Orphan", "team/demo")
    [paid] = shown["instances"]
    assert paid["instanceId"] == instance.instance_id
    assert paid["createTime"] == "2026-11-23T08:59:00Z"
    assert paid["chargeType"] == "Subscription"
    assert (paid["lastOrder"], paid["lastAmount"]) == ("team/demo-1", "CNY 1200.00 for 1 month")


def test_what_no_order_bought_has_no_amount() -> None:
    """Nothing is guessed."""
    orphan = Orphan("DuplicateName", ACCOUNT, REGION, "by-hand", ("sc-hand",))
    [shown] = told(facts(findings(orphans=(orphan,), found={"sc-hand": UNTAGGED})))["survey"][
        "orphans"
    ]
    assert {"lastOrder", "lastAmount"} & shown["instances"][0].keys() == set()


def test_an_importable_instance_is_told_with_all_that_its_resource_says() -> None:
    """Ownership tags are told as an owner, and not as tags."""
    instance = an_instance(
        "sc-theirs", name="Big", tags={CLUSTER_TAG: "other", WORKSPACE_TAG: "a/b", "team": "data"},
        architecture="ARM", monitoring="CloudMonitor", resource_group_id="rg-1", v_switch_ids=("vsw-1", "vsw-2"),
    )  # fmt: skip
    [shown] = told(facts(findings(instance)))["survey"]["importable"]
    assert shown["owner"] == {"cluster": "other", "workspace": "a/b"}
    assert shown["tags"] == [{"key": "team", "value": "data"}]
    assert (shown["architecture"], shown["monitoring"], shown["resourceGroupId"]) == (
        "ARM",
        "CloudMonitor",
        "rg-1",
    )
    assert (shown["name"], shown["cu"], shown["vSwitchIds"]) == ("Big", 10, ["vsw-1", "vsw-2"])


def test_what_is_known_of_the_process_is_told() -> None:
    """Identity, rights, the way to the cloud, and the clock."""
    evidence = (
        ActionEvidence("ram:GetRole", "Denied", NOW),
        ActionEvidence("oss:PutObject", "NotTried", None),
    )
    shown = told(facts(actions=evidence, seconds_ahead=-7))
    assert shown["identity"] == {"accountId": ACCOUNT, "arn": ARN}
    assert shown["actions"] == [
        {"action": "ram:GetRole", "verdict": "Denied", "since": "2026-11-23T09:00:00Z"},
        {"action": "oss:PutObject", "verdict": "NotTried"},
    ]
    assert shown["connection"]["clockAheadSeconds"] == -7
    assert shown["connection"]["proxies"] == [{"variable": "HTTPS_PROXY", "address": "proxy:3128"}]


def test_a_failed_survey_is_told_beside_the_last_one_that_was_made() -> None:
    """And a region that could not be listed is named: nothing is known there."""
    down = Unreachable("foasconsole.DescribeInstances", "NoConnection")
    shown = told(
        facts(
            findings(unread={(ACCOUNT, "cn-beijing"): down}),
            failure=SurveyFailure(NOW, "the cloud is down"),
        )
    )
    assert shown["surveyFailure"] == {"since": "2026-11-23T09:00:00Z", "why": "the cloud is down"}
    assert shown["survey"]["time"] == "2026-11-23T09:00:00Z"
    [missing] = shown["survey"]["unread"]
    assert missing["region"] == "cn-beijing"
    assert "did not answer" in missing["why"]


def test_many_are_cut_and_counted() -> None:
    """At most so many, however small each is."""
    many = [
        an_instance(f"sc-{number}", order=None, name=f"n-{number}") for number in range(MOST + 7)
    ]
    survey = told(facts(findings(*many)))["survey"]
    assert (len(survey["importable"]), survey["importableLeftOut"]) == (MOST, 7)
    assert survey["orphansLeftOut"] == 0


def test_the_largest_report_fits_into_a_config_map() -> None:
    """Whatever the account holds: names and tags as long as the cloud can send them, in every
    script."""
    tags = {f"{number:03}{'键' * 500}": "值" * 500 for number in range(40)}
    words: dict[str, Any] = {
        "name": "名" * 256,
        "vpc_id": "v" * 5000,
        "bucket": "b" * 5000,
        "v_switch_ids": ("s" * 5000,) * 40,
    }
    huge = {
        f"sc-{number}": an_instance(f"sc-{number}", tags=tags, **words) for number in range(300)
    }
    twins = tuple(
        Orphan("DuplicateName", ACCOUNT, REGION, f"n{number}", tuple(huge)) for number in range(300)
    )
    text = text_of(facts(findings(*huge.values(), orphans=twins, found=huge)))
    survey = json.loads(text)["survey"]
    assert 2 * MOST_BYTES < LARGEST_CONFIG_MAP
    assert len(text.encode()) < LARGEST_CONFIG_MAP
    assert len(survey["importable"]) + survey["importableLeftOut"] == 300
    assert len(survey["orphans"]) + survey["orphansLeftOut"] == 300


def test_equal_facts_give_the_same_text() -> None:
    """So it is written on a change only."""
    assert text_of(facts(findings(UNTAGGED))) == text_of(facts(findings(UNTAGGED)))


def test_what_nobody_owns_can_be_imported() -> None:
    """Untagged ones, those of other clusters, and our own without a resource; not what a resource
    owns, by its tags or by its status, and not what another operator of this cluster may own."""
    wanted = WantedName(OWNER.key, REGION, a_workspace().workspace_name)
    owned, bound = an_instance(), an_instance("sc-bound", order=None, name="bound")
    theirs = an_instance(
        "sc-theirs", tags={CLUSTER_TAG: "other", WORKSPACE_TAG: "a/b"}, name="theirs"
    )
    elsewhere = an_instance("sc-b", owner=replace(OWNER, key=Key("b", "demo")), name="elsewhere")
    listings = {(ACCOUNT, REGION): a_listing(owned, bound, theirs, elsewhere, UNTAGGED)}
    found = find_unowned(listings, (wanted,), OWNER.cluster_id, {"sc-bound"}, ("team",))
    assert [each.instance_id for each in found] == ["sc-hand", "sc-theirs"]
    everywhere = find_unowned(listings, (), OWNER.cluster_id, set())
    assert {each.instance_id for each in everywhere} == {
        "sc-hand",
        "sc-theirs",
        "sc-b",
        "sc-bound",
        "sc_flink-1",
    }
