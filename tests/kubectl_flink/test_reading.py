"""The verbs that read, against a real API server, piped and in a terminal."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
import yaml

from flink_local.cluster import Cluster
from tests.kubectl_flink.conftest import SHOWN
from tests.kubectl_flink.typed import COLOUR, COMMAND, Typist, captured, plain, unfolded

INSTANCE = captured()["running"]["status"]["instance"]["instanceId"]


def test_status_of_one_is_a_tree(admin: Typist, place: str) -> None:
    """Piped: no colours, one line for each fact, the id whole."""
    said = admin.piped("status", "running", "-n", place)
    assert (said.code, said.err) == (0, "")
    assert not COLOUR.search(said.out)
    assert said.out.startswith(f"{place}/running  ● Running for ")
    assert re.search(rf"^│ +{INSTANCE}$", said.out, re.M)
    assert not re.search(r" $", said.out, re.M)


@pytest.mark.parametrize("columns", [40, 80])
def test_status_in_a_terminal(admin: Typist, place: str, columns: int) -> None:
    """Coloured, as wide as the terminal, and the id is folded where it does not fit, never cut."""
    said = admin.in_terminal("status", "running", "-n", place, columns=columns)
    assert said.code == 0
    assert COLOUR.search(said.out)
    assert max(map(len, plain(said.out).splitlines())) <= columns
    assert INSTANCE in unfolded(said.out)


def test_status_of_all_is_a_table(admin: Typist, place: str) -> None:
    """A line for each, uncut, in a pipe however long it is; with the same in JSON and YAML."""
    said = admin.piped("status", "-n", place)
    head, *lines = said.out.splitlines()
    assert head.split() == ["NAME", "STATE", "CU", "PAID", "UNTIL", "MESSAGE"]
    assert [line.split()[0] for line in lines] == sorted(SHOWN)
    assert INSTANCE in said.out
    as_json = json.loads(admin.piped("status", "-n", place, "-o", "json").out)
    assert as_json == yaml.safe_load(admin.piped("status", "-n", place, "-o", "yaml").out)
    assert {each["name"]: each["standing"] for each in as_json["workspaces"]}["lost"] == "Stalled"


def test_all_namespaces(admin: Typist, place: str) -> None:
    """With the namespace of each; what may not be read is told like elsewhere."""
    said = admin.piped("status", "--all-namespaces")
    assert said.code == 0
    assert re.search(rf"^{place} +running +● Running .* {INSTANCE} is running$", said.out, re.M)
    refused = admin.piped("orders", "-A", "--as=nobody")
    assert (refused.code, refused.out) == (4, "")
    assert "at the cluster scope" in refused.err


def test_narrow_terminals_get_a_list(admin: Typist, place: str) -> None:
    """Nothing is lost in 40 columns."""
    said = admin.in_terminal("status", "-n", place, columns=40)
    assert max(map(len, plain(said.out).splitlines())) <= 40
    assert INSTANCE in unfolded(said.out)


@pytest.mark.parametrize("verb", ["status", "wait"])
def test_what_does_not_exist(admin: Typist, place: str, verb: str) -> None:
    """A word, what was perhaps meant, the context and the server, and a code of its own."""
    said = admin.piped(verb, "runing", "-n", place)
    assert (said.code, said.out) == (6, "")
    assert f"no FlinkWorkspace 'runing' in namespace {place}; did you mean running" in said.err
    assert f"context local, server {admin.cluster.url}" in said.err


def test_one_namespace_of_several_may_be_closed(cluster: Cluster, place: str) -> None:
    """What may be read is shown, what may not is told, and the code says so."""
    typist = Typist(cluster, ("--as=system:serviceaccount:default:nobody",))
    cluster.kubectl("create", "rolebinding", "reads", f"--namespace={place}", "--clusterrole=flink-workspace-viewer",
                    "--serviceaccount=default:nobody")  # fmt: skip
    said = typist.piped("status", "-n", place, "-n", "kube-system")
    assert said.code == 4
    assert INSTANCE in said.out
    assert 'in the namespace "kube-system"' in said.err
    assert "flink-workspace-viewer" in said.err


@pytest.mark.parametrize(
    ("flags", "code", "words"),
    [
        (["--server=https://127.0.0.1:1"], 3, "server https://127.0.0.1:1"),
        (["--context=nowhere"], 3, "context nowhere"),
        (["--kubeconfig=/nowhere"], 3, "no kubeconfig was found"),
        (["-o", "xml"], 2, '"xml"'),
        (["--sice=1"], 2, "--sice"),
        (["a", "b"], 2, "b"),
    ],
)
def test_each_failure_has_a_word_and_a_code(
    admin: Typist, flags: list[str], code: int, words: str
) -> None:
    """And no trace of Python."""
    said = admin.piped("status", *flags)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err


def test_without_definitions(admin: Typist, tmp_path: Path) -> None:
    """What kubectl says of a cluster that has none is understood. Another kubectl says it, because
    this cluster has them."""
    _fake(
        tmp_path,
        "echo 'error: the server doesn'\"'\"'t have a resource type \"flinkworkspaces\"' >&2; exit 1",
    )
    said = admin.piped("status", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert said.code == 5
    assert "have an administrator apply crds/" in said.err


def test_older_definitions(admin: Typist, tmp_path: Path) -> None:
    """They know no field by which orders are selected; what to do is said."""
    _fake(
        tmp_path,
        "echo 'Error from server (BadRequest): field label not supported: spec.workspaceRef.name' >&2; exit 1",
    )
    said = admin.piped("orders", "w", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert (said.code, said.out) == (5, "")
    assert "have an administrator apply crds/" in said.err


def test_more_than_a_page_of_them(admin: Typist, tmp_path: Path) -> None:
    """The next page is asked for as long as there is one; nothing is lost between."""
    item = {"metadata": {"namespace": "team", "generation": 1}, "spec": {}, "status": {}}
    for page, token in (("1", "a&b"), ("2", "")):
        items = [
            {**item, "metadata": {**item["metadata"], "name": f"w{page}-{number}"}}
            for number in range(500)
        ]
        (tmp_path / page).write_text(json.dumps({"metadata": {"continue": token}, "items": items}))
    _fake(
        tmp_path,
        f'case "$*" in *"limit=500&continue=a%26b"*) cat {tmp_path}/2;; *) cat {tmp_path}/1;; esac',
    )
    said = admin.piped("status", "--all-namespaces", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert said.code == 0, said.err
    names = [line.split()[1] for line in said.out.splitlines()[1:]]
    assert len(set(names)) == 1000


def test_without_kubectl(admin: Typist, tmp_path: Path) -> None:
    """It is named, with the PATH."""
    said = admin.piped("status", PATH=str(tmp_path))
    assert said.code == 3
    assert f"cannot run kubectl (No such file or directory); PATH is {tmp_path}" in said.err


def _fake(folder: Path, script: str) -> None:
    program = folder / "kubectl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_pipe_that_closes_ends_it_silently(admin: Typist, place: str) -> None:
    """As it ends any other program."""
    with subprocess.Popen(
        [*COMMAND, "status", "-n", place],
        env=admin.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == -signal.SIGPIPE


def test_completion_knows_verbs_and_names(admin: Typist, place: str) -> None:
    """kubectl's own completion asks for them, in whichever shell."""

    def completed(*typed: str) -> list[str]:
        script = "import sys; from kubectl_flink.completion import main; sys.exit(main())"
        return subprocess.run(
            [COMMAND[0], "-c", script, *typed],
            env=admin.environment,
            text=True,
            capture_output=True,
            check=True,
        ).stdout.split()

    assert completed("wa") == ["wait", ":4"]
    assert completed("status", "-n", place, "running") == ["running", "running-by-use", ":4"]
    assert completed("status", "-o", "") == ["table", "json", "yaml", ":4"]
