"""Waiting, changing, the ledger, and the rights that the page names, against a real API server."""

import json
import re

import pytest

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.names import GROUP
from kubectl_flink.exits import Exit
from tests.kubectl_flink.conftest import put
from tests.kubectl_flink.typed import Typist, captured, plain
from tests.objects import RBAC, Objects
from tests.scenario.api.samples import ORDER, PLACED, PLACING, QUOTED, TIME

PAGE = (REPOSITORY / "docs/kubectl-flink.md").read_text()
RIGHTS = re.findall(r"^\| `(\w[\w-]*)(?: (NAME))?` \|[^|]*\| (.*) (\w+) \|$", PAGE, re.M)


@pytest.fixture
def objects(cluster: Cluster, namespace: str) -> Objects:
    return Objects.of(cluster, namespace)


@pytest.mark.parametrize(
    ("situation", "code"),
    [("running", 0), ("lost", 10), ("waiting-for-balance", 11), ("purchase-uncertain", 12)],
)
def test_wait_ends_with_the_verdict(admin: Typist, place: str, situation: str, code: int) -> None:
    """At once where it is decided, and with the deciding message."""
    said = admin.piped("wait", situation, "-n", place, "--timeout=2s")
    assert said.code == code
    told = {each["type"]: each["message"] for each in captured()[situation]["status"]["conditions"]}
    assert (told["Ready"] if code != 12 else "not decided within 2 s") in said.out
    assert ("\nnext: " in said.out) is (code in (Exit.STALLED, Exit.SUSPENDED))


def test_wait_tells_the_stages_of_the_cloud(admin: Typist, objects: Objects) -> None:
    """A line for each change, and the end when it is there."""
    put(objects, "being-created", "w")
    with admin.running("wait", "w", "-n", objects.namespace) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "order w-1 (CNY 3312.00 for 1 month) is being placed\n"
        stage = {"stage": "Deploy services", "percent": 60}
        objects.patch("flinkworkspaces/w/status", {"status": {"instance": {"provisioning": stage}}})
        assert process.stdout.readline() == "60% Deploy services\n"
        put(objects, "running", "w")
        assert "is Ready (Running)" in process.stdout.readline()
        assert process.wait() == 0


def test_wait_ends_when_the_resource_goes(admin: Typist, objects: Objects) -> None:
    """Whoever waits for it waits for nothing any more."""
    put(objects, "being-created", "w")
    with admin.running("wait", "w", "-n", objects.namespace) as process:
        assert process.stdout is not None
        process.stdout.readline()
        objects.delete("flinkworkspaces/w")
        assert f"{objects.namespace}/w is deleted\n" in process.stdout.readline()
        assert process.wait() == Exit.DELETED


def test_ctrl_c_ends_waiting_without_a_trace(admin: Typist, place: str) -> None:
    """In a terminal, with the bar on the screen."""
    said = admin.in_terminal("wait", "purchase-uncertain", "-n", place, typed="\x03", after="order")
    assert said.code == 130
    assert "Traceback" not in said.out


@pytest.mark.parametrize(
    ("answer", "code", "kept"), [("y\n", 0, "true"), ("n\n", 8, None), ("\n", 8, None)]
)
def test_a_change_asks_and_says_what_it_does_to_money(
    admin: Typist, objects: Objects, answer: str, code: int, kept: str | None
) -> None:
    """Only yes is yes."""
    put(objects, "running", "w")
    said = admin.in_terminal(
        "suspend", "w", "-n", objects.namespace, typed=answer, after="[y/N]", columns=400
    )
    assert said.code == code
    assert "keeps running, and is billed as before" in plain(said.out)
    assert admin.cluster.url in said.out
    annotations = objects.get("flinkworkspaces/w")["metadata"].get("annotations", {})
    assert annotations.get(f"{GROUP}/suspend") == kept


def test_nobody_to_ask_means_no(admin: Typist, place: str) -> None:
    """A script that forgot `--yes` changes nothing."""
    said = admin.piped("suspend", "running", "-n", place)
    assert (said.code, said.out) == (8, "")
    assert "add --yes" in said.err


def test_what_does_not_fit_is_refused_before_it_is_asked(admin: Typist, place: str) -> None:
    """Nothing is bought in the place of what runs."""
    said = admin.piped("replace-lost", "running", "-n", place, "--yes")
    assert (said.code, said.out) == (7, "")
    assert "does not report it as Lost" in said.err


def test_the_ledger(admin: Typist, objects: Objects) -> None:
    """Sums of what was bought; the story of one workspace, also of one that is gone."""
    for number, states in enumerate(((QUOTED,), (QUOTED, PLACING, PLACED)), start=1):
        name = f"realtime-prod-{number}"
        objects.create({**ORDER, "metadata": {"name": name}})
        for status in states:
            objects.patch(f"flinkworkspaceorders/{name}/status", {"status": status})
    sums = json.loads(admin.piped("orders", "-n", objects.namespace, "-o", "json").out)["sums"]
    assert sorted(
        (each["bought"], each["amount"], each["open"], each["openAmount"]) for each in sums
    ) == [
        (0, "0", 1, "1200.00"),
        (1, "1200.00", 0, "0"),
    ]
    table = admin.piped("orders", "-n", objects.namespace, "--since", TIME[:7]).out
    assert "CNY 1200.00" in table
    story = admin.piped("orders", "realtime-prod", "-n", objects.namespace)
    assert (story.code, story.err) == (0, "")
    assert "realtime-prod-2  Create  Placed  CNY 1200.00" in story.out
    assert (
        "did you mean realtime-prod?"
        in admin.piped("orders", "realtime", "-n", objects.namespace).err
    )


def test_the_page_has_the_exit_codes() -> None:
    """All of them, as the command means them."""
    for code in Exit:
        assert f"| {code.value} | {code.meaning} |" in PAGE


def test_the_page_names_a_right_for_each_verb() -> None:
    """Otherwise the test below tries too little."""
    assert len(RIGHTS) == 10


@pytest.mark.parametrize("in_terminal", [False, True], ids=["piped", "terminal"])
@pytest.mark.parametrize(
    ("verb", "name", "rights", "resource"), RIGHTS, ids=lambda part: str(part)[:12]
)
def test_the_rights_of_the_page_are_enough(
    cluster: Cluster,
    objects: Objects,
    verb: str,
    name: str,
    rights: str,
    resource: str,
    *,
    in_terminal: bool,
) -> None:
    """Somebody who has no others can run the verb, piped and in a terminal; it is refused
    nothing."""
    _prepare(objects, verb)
    _give(objects, re.findall(r"`(\w+)`", rights), resource)
    typist = Typist(cluster, (f"--as=system:serviceaccount:{objects.namespace}:reader",))
    typed = (verb, *(["w"] if name else []), "-n", objects.namespace)
    changes = "patch" in rights
    if in_terminal:
        said = typist.in_terminal(*typed, typed="y\n" if changes else "", after="[y/N]")
    else:
        said = typist.piped(*typed, *(["--yes"] if changes else []))
    assert said.code == 0, said.out + said.err


def test_ctrl_c_at_the_question_changes_nothing(admin: Typist, objects: Objects) -> None:
    """Without a trace, and with a code of its own."""
    put(objects, "running", "w")
    said = admin.in_terminal("suspend", "w", "-n", objects.namespace, typed="\x03", after="[y/N]")
    assert said.code == 130
    assert "Traceback" not in said.out
    assert "annotations" not in objects.get("flinkworkspaces/w")["metadata"]


def test_what_is_being_deleted_is_not_waited_for(admin: Typist, objects: Objects) -> None:
    """It never becomes Ready; `status` says what it waits for."""
    put(objects, "purchase-uncertain", "w")
    objects.patch("flinkworkspaces/w", {"metadata": {"finalizers": [f"{GROUP}/purchase"]}})
    objects.delete("flinkworkspaces/w")
    said = admin.piped("wait", "w", "-n", objects.namespace, "--timeout=30s")
    assert said.code == Exit.DELETED, said.out + said.err
    shown = admin.piped("status", "w", "-n", objects.namespace)
    assert "Deleting" in shown.out
    assert f"kubectl flink abandon w -n {objects.namespace}" in shown.out
    objects.patch("flinkworkspaces/w", {"metadata": {"finalizers": None}})


def _prepare(objects: Objects, verb: str) -> None:
    """Make the situation that a verb is for."""
    put(
        objects, {"abandon": "purchase-uncertain", "replace-lost": "lost"}.get(verb, "running"), "w"
    )
    if verb == "abandon":
        objects.patch("flinkworkspaces/w", {"metadata": {"finalizers": [f"{GROUP}/purchase"]}})
        objects.delete("flinkworkspaces/w")
    if verb == "resume":
        objects.annotate("flinkworkspaces/w", f"{GROUP}/suspend", "true")
    if verb == "orders":
        reference = {**ORDER["spec"]["workspaceRef"], "name": "w"}
        objects.create(
            {
                **ORDER,
                "metadata": {"name": "w-1"},
                "spec": {**ORDER["spec"], "workspaceRef": reference},
            }
        )


def _give(objects: Objects, verbs: list[str], resource: str) -> None:
    rule = {"apiGroups": [GROUP], "resources": [resource], "verbs": verbs}
    objects.create(
        {"apiVersion": RBAC, "kind": "Role", "metadata": {"name": "reader"}, "rules": [rule]}
    )
    objects.bind("reader", ("reader", objects.namespace), kind="Role")
