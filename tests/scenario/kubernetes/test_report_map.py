"""The report in its ConfigMap: with exactly the rights that are installed, and without a secret."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import yaml
from kubernetes.aio import client

from flink_cloud_emulator.foasconsole.answer import SECRET_IN_ANSWER
from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, REPOSITORY, SERVICE_ACCOUNT
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.own_calls import OwnCalls
from flink_workspace_operator.adapters.alibaba.products import hosts
from flink_workspace_operator.adapters.kubernetes.report_map import ReportMap
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.operator_report import OperatorFacts, Process, Surveyed, text_of
from flink_workspace_operator.survey import survey
from tests.control_plane import operator_kubeconfig
from tests.objects import Objects
from tests.patience import until
from tests.scenario.test_adoption import buy_by_hand
from tests.scenario.test_letting_go import bought
from tests.scenario.world import World, configuration_in, credentials_of


@pytest.fixture
async def api(cluster: Cluster) -> AsyncIterator[client.ApiClient]:
    """The API server with the operator's rights."""
    async with client.ApiClient(await configuration_in(operator_kubeconfig(cluster))) as made:
        yield made


def stored(objects: Objects) -> dict[str, object]:
    found: dict[str, object] = objects.get(f"configmaps/{REPORT_NAME}")
    return found


def give_the_right_of_the_own_namespace(objects: Objects) -> None:
    """In another one: operators of other tests publish in that one."""
    documents = yaml.safe_load_all((REPOSITORY / "deploy/base/rbac.yaml").read_text())
    [role] = [each for each in documents if each["kind"] == "Role"]
    rules = [rule for rule in role["rules"] if rule["resources"] == ["configmaps"]]
    objects.create({**role, "metadata": {"name": "reports"}, "rules": rules})
    objects.create(
        binding(
            "reports", {"kind": "ServiceAccount", "name": SERVICE_ACCOUNT, "namespace": NAMESPACE}
        )
    )
    until(
        lambda: may(
            objects, f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}", "patch", REPORT_NAME
        )
    )


def binding(role: str, subject: dict[str, str], name: str = "reports") -> dict[str, object]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
        "subjects": [subject],
    }


def may(objects: Objects, person: str, verb: str, name: str | None) -> bool:
    """Whether somebody may do this with a ConfigMap, as the API server says."""
    attributes = {
        "namespace": objects.namespace,
        "resource": "configmaps",
        "verb": verb,
        "name": name,
    }
    review = {"spec": {"user": person, "resourceAttributes": attributes}}
    told = objects.connection.ask(
        "POST", "apis/authorization.k8s.io/v1/subjectaccessreviews", review
    )
    return bool(told["status"]["allowed"])


async def test_it_is_created_replaced_and_written_over(
    cluster: Cluster, api: client.ApiClient, namespace: str
) -> None:
    """With the rights that are installed. What somebody edited, also as binary data, is written
    over as a whole."""
    objects, reports = Objects.of(cluster, namespace), ReportMap(client.CoreV1Api(api), namespace)
    give_the_right_of_the_own_namespace(objects)
    await reports.write("one")
    assert stored(objects)["data"] == {REPORT_KEY: "one"}
    objects.patch(
        f"configmaps/{REPORT_NAME}",
        {"data": None, "binaryData": {REPORT_KEY: "AAAA", "more": "AAAA"}},
    )
    await reports.write("two")
    assert (stored(objects)["data"], stored(objects).get("binaryData")) == (
        {REPORT_KEY: "two"},
        None,
    )


async def test_it_is_the_only_one_that_may_be_made(
    cluster: Cluster, api: client.ApiClient, namespace: str
) -> None:
    """Neither in other namespaces, nor by another name in its own."""
    with pytest.raises(ClusterRefused, match="cannot"):
        await ReportMap(client.CoreV1Api(api), namespace).write("one")
    operator = Objects.of(cluster, NAMESPACE).by((SERVICE_ACCOUNT, NAMESPACE))
    assert not operator.may("create", "configmaps")
    assert not operator.may("list", "configmaps")


def test_who_may_read_it_reads_nothing_else(cluster: Cluster, namespace: str) -> None:
    """The role gives one name: no list, no other ConfigMap, no writing."""
    objects = Objects.of(cluster, NAMESPACE)
    person = f"reader-of-{namespace}"
    user = {"kind": "User", "name": person, "apiGroup": "rbac.authorization.k8s.io"}
    objects.create(binding("flink-workspace-report-reader", user, person))
    try:
        asked = (
            ("get", REPORT_NAME),
            ("list", None),
            ("patch", REPORT_NAME),
            ("get", "kube-root-ca.crt"),
        )
        until(lambda: may(objects, person, *asked[0]))
        told = [may(objects, person, verb, name) for verb, name in asked]
        assert told == [True, False, False, False]
    finally:
        objects.delete(f"rolebindings/{person}")


async def test_a_survey_gives_the_report_and_no_secret_is_in_it(world: World) -> None:
    """Of the account as the official SDKs see it: identity, rights that were used, an orphan with
    its amount, and what was bought manually with all fields. The cloud's answers hold keys; no word
    of them is kept."""
    own_calls = OwnCalls(lambda: datetime.now(UTC))
    await bought(world)
    world.objects.delete("flinkworkspaces/w")
    for _ in range(4):
        await world.one_pass("w")
    by_hand = buy_by_hand(
        world, instanceId="sc-by-hand", name="Old-One", tags={"team": "data"}, architecture="ARM"
    )
    cloud = AlibabaCloud(world.settings, credentials_of(world.account), only_own=own_calls)
    try:
        found = await survey(cloud, world.cluster, world.cluster_id, (world.namespace,))
    finally:
        await cloud.close()
    process = Process("0.1.0", "me", world.cluster_id, world.settings, hosts(world.account.url), ())
    facts = OperatorFacts(process, Surveyed(found, datetime.now(UTC)), None, own_calls.actions, 0)
    text = text_of(facts)
    report = json.loads(text)
    assert report["identity"]["arn"].startswith(f"acs:ram::{report['identity']['accountId']}:")
    assert {each["action"] for each in report["actions"] if each["verdict"] == "Proven"} == {
        "stream:DescribeVvpInstances"
    }
    [orphan] = report["survey"]["orphans"]
    assert orphan["markedAs"] == f"{world.namespace}/w"
    assert orphan["instances"][0]["lastOrder"] == f"{world.namespace}/w-1"
    assert orphan["instances"][0]["lastAmount"] == "pay-as-you-go"
    [imported] = [each for each in report["survey"]["importable"] if each["instanceId"] == by_hand]
    assert (imported["name"], imported["tags"]) == ("Old-One", [{"key": "team", "value": "data"}])
    assert (imported["architecture"], imported["vSwitchIds"]) == ("ARM", ["vsw-i-1", "vsw-i-2"])
    secrets = (SECRET_IN_ANSWER, world.account.access_key_secret, world.account.access_key_id)
    assert not [each for each in secrets if each in text]
