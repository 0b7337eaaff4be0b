"""What the command makes of the operator's report: the resource that adopts an instance, and the
list of checks."""

import json
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.election_lease import ELECTION_LEASE
from flink_workspace_operator.api import names as operator_names
from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.operator_report import ActionEvidence, SurveyFailure, text_of
from flink_workspace_operator.settings import Settings
from kubectl_flink import names
from kubectl_flink.checking import Cluster, Lease, check
from kubectl_flink.importing import Import, NotImportable, import_of
from kubectl_flink.operator_report import NotReadable, OperatorReport, report_in
from kubectl_flink.report import Mark
from tests.builders import NOW, an_instance
from tests.unit.core.test_operator_report import PROCESS, facts, findings

LEASE = Lease(
    {"spec": {"holderIdentity": "pod-1", "renewTime": NOW.isoformat(), "leaseDurationSeconds": 15}}
)
SERVED = Cluster(names.KINDS, LEASE)


def read(**more: Any) -> OperatorReport:  # noqa: ANN401 - any of the operator's facts
    """The report as it is published and read."""
    return report_in({"data": {REPORT_KEY: text_of(facts(**more))}})


def imported(namespace: str | None = None, **said: Any) -> Import | NotImportable:  # noqa: ANN401 - any field of an instance
    """The resource of an instance that was bought by hand, and differs from the usual in some
    fields."""
    report = read(found=findings(an_instance("sc-1", order=None, **{"name": "by-hand", **said})))
    return import_of(report.importable[0], report, namespace, "default")


def made(**said: Any) -> Import:  # noqa: ANN401 - any field of an instance
    found = imported(**said)
    assert isinstance(found, Import), found
    return found


def test_names_are_those_of_the_operator() -> None:
    """The ConfigMap, the Lease, the namespace and the kinds."""
    assert (names.REPORT, names.REPORT_KEY, names.ELECTION_LEASE) == (
        REPORT_NAME,
        REPORT_KEY,
        ELECTION_LEASE,
    )
    assert Settings.model_fields["namespace"].default == names.OPERATOR_NAMESPACE
    assert FlinkWorkspace.__name__ in names.KINDS
    assert names.GROUP == operator_names.GROUP


def test_it_adopts_by_the_id_and_so_never_buys() -> None:
    """Whatever the cloud says: also if the instance is gone when it is applied."""
    spec = made().manifest["spec"]
    assert spec["adoption"] == {"policy": "ByInstanceId", "instanceId": "sc-1"}
    assert spec["subscription"] == {"initialTerm": {"count": 1, "unit": "Month"}}
    assert spec["resources"] == {"cu": 10}
    assert "workspaceName" not in spec


def test_a_name_with_capitals_is_kept_beside_a_name_that_kubernetes_takes() -> None:
    """The cloud once took them."""
    manifest = made(name="Old-One").manifest
    assert manifest["metadata"] == {"name": "old-one"}
    assert manifest["spec"]["workspaceName"] == "Old-One"


def test_what_is_billed_by_use_has_neither_a_term_nor_a_size() -> None:
    """The rules of the resource refuse them."""
    found = made(charge_type="PayAsYouGo")
    assert {"subscription", "resources"} & found.manifest["spec"].keys() == set()
    assert found.remarks == ()


def test_tags_that_a_resource_cannot_have_are_named() -> None:
    """Those of the cloud, too long ones, and those that cannot be seen."""
    found = made(tags={"team": "data", "acs:x": "1", "long": "v" * 65, "a\nb": ""})
    assert found.manifest["spec"]["tags"] == [{"key": "team", "value": "data"}]
    [_, remark] = found.remarks
    assert remark.startswith("tags that a FlinkWorkspace can't have: ")
    assert "\n" not in remark
    assert {"acs:x", "long", "a b"} == set(remark.partition(": ")[2].split(", "))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "no_such-name"}, "is not one that a FlinkWorkspace can have"),
        ({"charge_type": "FREE"}, "its charge type is FREE"),
        ({"vpc_id": None}, "does not show its VPC"),
        ({"v_switch_ids": ()}, "does not show its vSwitches"),
        ({"bucket": None}, "shows no OSS bucket"),
        ({"cu": None}, "does not show its size"),
    ],
)
def test_what_cannot_be_described_is_refused(said: dict[str, Any], words: str) -> None:
    """Nothing is made up."""
    found = imported(**said)
    assert isinstance(found, NotImportable)
    assert words in found.words


def test_what_this_cluster_bought_gets_its_former_resource_back() -> None:
    """By namespace and name of its tags, unless another namespace is asked for."""
    tags = {CLUSTER_TAG: PROCESS.cluster_id, WORKSPACE_TAG: "team/former"}
    found = made(name="demo", tags=tags)
    assert found.manifest["metadata"] == {"name": "former", "namespace": "team"}
    assert found.manifest["spec"]["workspaceName"] == "demo"
    assert found.warnings == ()
    assert made(namespace="other", tags=tags).manifest["metadata"]["namespace"] == "other"


def test_what_another_cluster_owns_is_warned_of() -> None:
    """Two operators that both think it theirs would be worse than an orphan."""
    [warning] = made(namespace="team", tags={CLUSTER_TAG: "other", WORKSPACE_TAG: "a/b"}).warnings
    assert "belongs to a/b of cluster other" in warning


@pytest.mark.parametrize(
    ("namespace", "lists"),
    [("team", []), ("team-c", ["ADOPTION"]), ("team-b", ["ADOPTION", "IDENTITY"])],
)
def test_a_namespace_that_the_operator_does_not_serve_is_warned_of(
    namespace: str, lists: list[str]
) -> None:
    """The operator would say AdoptionNotAllowed, or IdentityNotAllowed."""
    warnings = made(namespace=namespace).warnings
    assert len(warnings) == len(lists)
    for warning, name in zip(warnings, lists, strict=True):
        assert f"namespace {namespace}: " in warning
        assert f"FLINK_OPERATOR_{name}_NAMESPACES" in warning


def checks(
    cluster: Cluster = SERVED,
    later: timedelta = timedelta(),
    **more: Any,  # noqa: ANN401 - any value
) -> dict[str, tuple[Mark, str]]:
    return {
        each.name: (each.mark, each.message) for each in check(read(**more), cluster, NOW + later)
    }


def test_all_is_well() -> None:
    """Then nothing is bad."""
    shown = checks(actions=(ActionEvidence("ram:GetRole", "Proven", NOW),))
    assert {name for name, (mark, _) in shown.items() if mark is Mark.BAD} == set()
    assert shown["proven"] == (Mark.GOOD, "ram:GetRole")
    assert shown["identity"][1].startswith("acs:ram::")
    assert shown["leader"] == (Mark.GOOD, "pod-1")


def test_each_denied_action_is_named() -> None:
    """With what helps; what was not tried is not taken for proven."""
    evidence = (
        ActionEvidence("ram:GetRole", "Denied", NOW),
        ActionEvidence("oss:PutObject", "NotTried", None),
    )
    shown = checks(actions=evidence)
    assert shown["denied"][0] is Mark.BAD
    assert shown["denied"][1].startswith("ram:GetRole since 2026-11-23 09:00 UTC: grant it")
    assert shown["not tried"] == (Mark.UNKNOWN, "oss:PutObject")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("survey", {"failure": SurveyFailure(NOW, "the cloud is down")}),
        ("survey", {"later": timedelta(hours=3)}),
        ("leader", {"later": timedelta(minutes=1)}),
        ("leader", {"cluster": Cluster(names.KINDS, Lease({"spec": {}}))}),
        ("definitions", {"cluster": Cluster((), LEASE)}),
        ("clock", {"seconds_ahead": -70}),
    ],
)
def test_what_is_wrong_is_bad(name: str, given: dict[str, Any]) -> None:
    """Each by itself."""
    assert checks(**given)[name][0] is Mark.BAD


def test_what_cannot_be_read_is_not_known() -> None:
    """Whoever reads the report need not read the Lease."""
    shown = checks(Cluster(None, Lease(None, "no right to read its Lease")))
    assert shown["leader"][0] is shown["definitions"][0] is Mark.UNKNOWN


@pytest.mark.parametrize(
    "data", [None, {}, {REPORT_KEY: "{"}, {REPORT_KEY: "[]"}, {REPORT_KEY: json.dumps({"a": 1})}]
)
def test_what_is_no_report_is_said_to_be_none(data: object) -> None:
    """Somebody may have edited it."""
    with pytest.raises(NotReadable):
        report_in({"data": data})
