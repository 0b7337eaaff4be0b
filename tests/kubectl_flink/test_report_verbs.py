"""`orphans`, `import`, `check` against a real API server: in a terminal and piped, with the rights
of the page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.operator_report import ActionEvidence, text_of
from flink_workspace_operator.core.orphans import Findings, Orphan
from kubectl_flink.exits import Exit
from tests.builders import ACCOUNT, NOW, REGION, an_instance
from tests.kubectl_flink.typed import COLOUR, Typist, plain, unfolded
from tests.namespaces import Namespaces
from tests.objects import Objects
from tests.unit.core.test_operator_report import BOUGHT, facts, findings

ORPHAN_ID = "sc_flinkserverless_public_cn-617cf20e80a"
BY_HAND = an_instance("sc_flinkserverless_public_cn-9f0000000ff", order=None, name="by-hand")
DENIED = ActionEvidence("ram:GetRole", "Denied", NOW)


def survey() -> Findings:
    orphan = an_instance(ORPHAN_ID)
    finding = Orphan("Orphan", ACCOUNT, REGION, "demo", (ORPHAN_ID,), "team/demo")
    return findings(BY_HAND, orphan, orphans=(finding,), found={ORPHAN_ID: orphan},
                    purchases={ORPHAN_ID: BOUGHT})  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where an operator published its report, and somebody who may read it and nothing else."""

    namespace: str
    reader: Typist

    @property
    def flag(self) -> str:
        return f"--operator-namespace={self.namespace}"


def publish(objects: Objects, text: str) -> None:
    objects.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": REPORT_NAME},
                   "data": {REPORT_KEY: text}})  # fmt: skip


@pytest.fixture(scope="session")
def place(namespaces: Namespaces) -> Iterator[Place]:
    """With the Role that is installed, in a namespace of its own."""
    with namespaces.fresh() as name:
        objects = Objects.of(namespaces.cluster, name)
        publish(objects, text_of(facts(survey(), actions=(DENIED,))))
        documents = yaml.safe_load_all((REPOSITORY / "deploy/base/roles.yaml").read_text())
        [role] = [each for each in documents if each["kind"] == "Role"]
        objects.create({**role, "metadata": {"name": role["metadata"]["name"]}})
        objects.bind(role["metadata"]["name"], ("reader", name), kind="Role")
        yield Place(
            name, Typist(namespaces.cluster, (f"--as=system:serviceaccount:{name}:reader",))
        )


def test_orphans_are_a_table(place: Place) -> None:
    """Piped: nothing cut or coloured; with since when, the amount, and what to type."""
    said = place.reader.piped("orphans", place.flag)
    assert said.code == Exit.FOUND, said.err
    head, row = said.out.splitlines()
    assert head.split()[:5] == ["INSTANCE", "NAME", "ACCOUNT", "REGION", "CHARGE"]
    for words in (ORPHAN_ID, ACCOUNT, "2026-11-23 08:59 UTC", "CNY 1200.00 for 1 month", "team/demo",
                  f"kubectl flink import {ORPHAN_ID}"):  # fmt: skip
        assert words in row
    assert "survey: " in said.err
    assert "(2026-11-23 09:00 UTC)" in said.err
    as_json = json.loads(place.reader.piped("orphans", place.flag, "-o", "json").out)
    assert as_json["orphans"][0]["lastAmount"] == "CNY 1200.00 for 1 month"
    assert as_json == yaml.safe_load(place.reader.piped("orphans", place.flag, "-o", "yaml").out)


@pytest.mark.parametrize("columns", [40, 80, 220])
@pytest.mark.parametrize("verb", ["orphans", "check"])
def test_in_a_terminal_nothing_is_lost(place: Place, verb: str, columns: int) -> None:
    """As wide as the terminal; ids and actions are folded, never cut."""
    said = place.reader.in_terminal(verb, place.flag, columns=columns)
    assert said.code == Exit.FOUND
    assert COLOUR.search(said.out)
    shown = [line for line in plain(said.out).splitlines() if not line.startswith("survey")]
    assert max(map(len, shown)) <= max(columns, 1) or verb == "orphans"
    assert (ORPHAN_ID if verb == "orphans" else "ram:GetRole") in unfolded(said.out)


def test_import_prints_what_kubectl_takes(place: Place, cluster: Cluster) -> None:
    """The API server would take it; YAML and JSON say the same."""
    said = place.reader.piped("import", BY_HAND.instance_id, place.flag, "-n", place.namespace)
    assert said.code == 0, said.err
    assert "FLINK_OPERATOR_ADOPTION_NAMESPACES" in said.err
    assert said.out.startswith("# subscription.initialTerm: ")
    manifest = yaml.safe_load(said.out)
    as_json = place.reader.piped(
        "import", BY_HAND.instance_id, place.flag, "-n", place.namespace, "-o", "json"
    )
    assert json.loads(as_json.out) == manifest
    Objects.of(cluster, place.namespace).apply({**manifest, "metadata": {"name": "by-hand"}})
    in_terminal = place.reader.in_terminal("import", BY_HAND.instance_id, place.flag, columns=40)
    assert in_terminal.code == 0
    assert BY_HAND.instance_id in in_terminal.out


def test_an_instance_that_is_not_there(place: Place) -> None:
    """What was perhaps meant is named."""
    said = place.reader.piped("import", BY_HAND.instance_id[:-1], place.flag)
    assert (said.code, said.out) == (6, "")
    assert f"did you mean {BY_HAND.instance_id}" in said.err


def test_an_instance_that_may_be_where_nobody_could_look(cluster: Cluster, namespace: str) -> None:
    """The regions are named: that it is not there is not known."""
    unread = {(ACCOUNT, "cn-beijing"): Unreachable("foasconsole.DescribeInstances", "NoConnection")}
    publish(Objects.of(cluster, namespace), text_of(facts(findings(unread=unread))))
    said = Typist(cluster).piped("import", "sc-1", f"--operator-namespace={namespace}")
    assert (said.code, said.out) == (6, "")
    assert "cn-beijing could not be listed" in said.err


def test_check_tells_each_aspect(place: Place) -> None:
    """What the reader may not read is not known, and says so."""
    said = place.reader.piped("check", place.flag)
    assert said.code == Exit.FOUND, said.err
    for words in ("ram:GetRole since 2026-11-23", "user/flink-operator", "no right to read its Lease", "proxy:3128",
                  "FlinkWorkspace, FlinkWorkspaceOrder in flink.alicloud.dev/v1alpha1"):  # fmt: skip
        assert words in said.out
    marks = {
        each["name"]: each["mark"]
        for each in json.loads(place.reader.piped("check", place.flag, "-o", "json").out)["checks"]
    }
    assert marks["identity"] == "good"


@pytest.mark.parametrize(
    "verb", [("orphans",), ("import", "sc-1"), ("check",)], ids=lambda verb: verb[0]
)
def test_each_failure_has_a_word_and_a_code(
    cluster: Cluster, place: Place, verb: tuple[str, ...]
) -> None:
    """No report, no right, no report in it, a namespace that does not fit: never a trace."""
    admin = Typist(cluster)
    nobody = replace(place.reader, flags=("--as=nobody",))
    told = [
        admin.piped(*verb, "--operator-namespace=default"),
        nobody.piped(*verb, place.flag),
        admin.piped(*verb, place.flag, "--server=https://127.0.0.1:1"),
        admin.piped(*verb, place.flag, "-n", "a", "-n", "b"),
    ]
    assert [each.code for each in told] == [6, 4, 3, 2]
    assert [each.out for each in told] == [""] * 4
    assert "--operator-namespace" in told[0].err
    assert "flink-workspace-report-reader" in told[1].err
    assert not [each for each in told if "Traceback" in each.err]


@pytest.mark.parametrize("text", ["{", "[]", '{"connection": {}}'])
def test_a_report_that_somebody_edited(cluster: Cluster, namespace: str, text: str) -> None:
    """It is said to be none, or knows nothing; the operator writes it anew."""
    publish(Objects.of(cluster, namespace), text)
    for verb in (("orphans",), ("check",), ("import", "sc-1")):
        said = Typist(cluster).piped(*verb, f"--operator-namespace={namespace}")
        assert said.code in (Exit.FAILED, Exit.NOT_FOUND, Exit.FOUND, Exit.DONE)
        assert "Traceback" not in said.err


def test_a_survey_without_orphans_is_code_0(cluster: Cluster, namespace: str) -> None:
    """So a script can ask; without any survey nothing is known, which is no 0."""
    objects, admin = Objects.of(cluster, namespace), Typist(cluster)
    publish(objects, text_of(facts(findings(BY_HAND))))
    flag = f"--operator-namespace={namespace}"
    none = admin.piped("orphans", flag)
    assert (none.code, none.out) == (0, "")
    assert "no orphans" in none.err
    publish(objects, text_of(facts(surveyed=None)))
    assert admin.piped("orphans", flag).code == Exit.FAILED
