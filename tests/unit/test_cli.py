"""The command line explains itself, and bad settings are told in one line each."""

import logging
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flink_local.environment import python_environment
from flink_workspace_operator.bad_settings import FORMS
from flink_workspace_operator.cli import (
    main,
    tell_endpoint,
    tell_proxies,
    tell_whom_it_buys_for,
    warn_of_unknown_settings,
)
from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, Settings
from tests.patience import patience


def refusal(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the command line says when it refuses the settings."""
    assert main(["run"]) == 2
    return capsys.readouterr().err.splitlines()


VERBS = ("run", "orphans", "probe", "settings")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_is_about_that_verb(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It fits onto a screen: settings have a verb of their own."""
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) < 24
    assert ENVIRONMENT_PREFIX not in shown


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """Also the one that lists the settings."""
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert [verb for verb in VERBS if not re.search(rf"^    {verb} ", shown, re.MULTILINE)] == []


def test_settings_are_listed_even_if_they_are_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each appears with its environment variable, its default and its meaning."""
    monkeypatch.setenv("FLINK_OPERATOR_WORKERS", "many")
    assert main(["settings"]) == 0
    shown = capsys.readouterr().out
    for name, field in Settings.model_fields.items():
        assert re.search(
            rf"^  {ENVIRONMENT_PREFIX}{name.upper()}  \(default: .+\)$", shown, re.MULTILINE
        )
        assert field.description is not None
        assert all(line.strip() in shown for line in field.description.splitlines())


def test_a_default_is_shown_as_it_would_be_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown as the default of a list can be copied into the environment."""
    main(["settings"])
    shown = re.search(r"ROLE_POLICIES  \(default: (.+)\)$", capsys.readouterr().out, re.MULTILINE)
    assert shown is not None
    monkeypatch.setenv("FLINK_OPERATOR_ROLE_POLICIES", shown[1])
    assert Settings().role_policies == Settings.model_fields["role_policies"].default


def test_every_bad_setting_is_one_line_with_its_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All problems are told at once, each by the name that has to be changed, and no value is
    repeated."""
    monkeypatch.setenv("FLINK_OPERATOR_WORKERS", "0")
    monkeypatch.setenv("FLINK_OPERATOR_ENDPOINT", "a-secret-in-the-wrong-place")
    said = refusal(capsys)
    assert sorted(line.split(":")[0] for line in said) == [
        "FLINK_OPERATOR_ENDPOINT",
        "FLINK_OPERATOR_WORKERS",
    ]
    assert "secret" not in "".join(said)


BAD: list[tuple[str, str, str]] = [
    ("workers", "0", "must be at least 1"),
    ("workers", "257", "must be at most 256"),
    ("workers", "1.5", "must be a whole number"),
    ("workers", "many", "must be a whole number"),
    ("resync_seconds", "0", "must be more than 0"),
    ("resync_seconds", "soon", "must be a number"),
    ("resync_seconds", "nan", "must be"),
    ("emulator", "maybe", "must be true or false"),
    ("log_format", "xml", "must be 'text' or 'json'"),
    ("identity", "me", "must be 'key', 'rrsa' or 'node'"),
    ("cluster_id", "", "must not be empty: leave it out instead"),
    ("cluster_id", "c" * 65, "must have at most 64 characters"),
    ("account_id", "team-a", "must be the id of an account: digits, as the console shows it"),
    ("role_name", "a role", "must be the name of a RAM role: 1 to 64 letters, digits, '.' and '-'"),
    ("health_address", "localhost", "must be an IP address, for example 127.0.0.1"),
    ("namespaces", '["Team"]', "must name namespaces: lower case letters, digits and '-'"),
    ("namespaces", '"team"', 'must be a JSON list, for example ["a", "b"]'),
    (
        "identity_namespaces",
        '["team-*"]',
        "must name namespaces: lower case letters, digits and '-'; or be [\"*\"]",
    ),
]


@pytest.mark.parametrize(
    ("name", "value", "words"), BAD, ids=[f"{name}={value[:9]}" for name, value, _ in BAD]
)
def test_a_bad_setting_is_refused_in_our_own_words(
    name: str,
    value: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the rule, and without the words of a library or a regular expression."""
    monkeypatch.setenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", value)
    [said] = refusal(capsys)
    assert said.startswith(f"{ENVIRONMENT_PREFIX}{name.upper()}: {words}")
    assert not re.search(r"Input|String|should|pattern|\^", said)


def test_every_regular_expression_of_a_setting_has_words() -> None:
    """A new one is not shown as it is."""
    shown = set(re.findall(r"'pattern': '([^']+)'", str(Settings.model_json_schema())))
    expressions = {each.encode().decode("unicode_escape") for each in shown}
    assert {each for each in expressions if each.startswith("^https")} | set(FORMS) == expressions


def test_settings_that_contradict_each_other_are_both_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drain shorter than the wait for a purchase's answer is refused by the names of both
    variables."""
    monkeypatch.setenv("FLINK_OPERATOR_DRAIN_SECONDS", "30")
    [said] = refusal(capsys)
    assert said.startswith(
        "FLINK_OPERATOR_DRAIN_SECONDS must be longer than FLINK_OPERATOR_PURCHASE_TIMEOUT_SECONDS"
    )


@pytest.mark.parametrize("name", ["FLINK_OPERATOR_ROLE_POLICIES", "FLINK_OPERATOR_NAMESPACES"])
def test_a_list_that_is_no_json_names_its_variable(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that can't be read is told in one line as well, with how to write it."""
    monkeypatch.setenv(name, "AliyunDLFFullAccess")
    assert refusal(capsys) == [f'{name}: must be a JSON list, for example ["a", "b"]']


def test_a_list_of_no_namespaces_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was meant as none is not taken as all."""
    monkeypatch.setenv("FLINK_OPERATOR_NAMESPACES", "[]")
    assert refusal(capsys) == [
        "FLINK_OPERATOR_NAMESPACES: must name at least one; leave it out for all"
    ]


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "--fast"]])
def test_bad_usage_ends_with_2(arguments: list[str]) -> None:
    """There is one verb, and it takes no options."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_a_misspelt_setting_is_not_passed_over_in_silence(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that looks like a setting and is none is named: with another cluster id, things
    are bought twice."""
    monkeypatch.setenv("FLINK_OPERATOR_CLUSTERID", "old-cluster")
    monkeypatch.setenv("FLINK_OPERATOR_ENDPOINT", "http://127.0.0.1")
    warn_of_unknown_settings()
    assert (
        "FLINK_OPERATOR_CLUSTERID is not a setting of this version and has no effect" in caplog.text
    )
    assert "did you mean FLINK_OPERATOR_CLUSTER_ID?" in caplog.text
    assert "FLINK_OPERATOR_ENDPOINT" not in caplog.text


def test_a_proxy_that_cannot_be_used_is_refused_without_its_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a bad setting is: by its variable, and before anything starts."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:a-secret@proxy:1080")
    [said] = refusal(capsys)
    assert said.startswith("HTTPS_PROXY: must be like http://host:port")
    assert "secret" not in said


def test_the_proxies_in_use_are_told_without_their_passwords(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wonders where calls go finds it in the log."""
    caplog.set_level(logging.INFO)
    for variable in ("HTTP_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://user:a-secret@proxy.example.com:3128")
    tell_proxies()
    assert [record.getMessage() for record in caplog.records] == [
        "HTTPS_PROXY: calls to the cloud go through the proxy proxy.example.com:3128, but for what NO_PROXY names"
    ]


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        (
            "http://cloud",
            "FLINK_OPERATOR_ENDPOINT must begin with https://, unless it is on this machine; if no real",
        ),
        (
            "https://user:a-secret@cloud",
            "FLINK_OPERATOR_ENDPOINT: must be like http://host:port or https://host",
        ),
    ],
)
def test_an_endpoint_that_shows_the_key_is_refused(
    endpoint: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start, with what to change, and without the value."""
    monkeypatch.setenv("FLINK_OPERATOR_ENDPOINT", endpoint)
    [told] = refusal(capsys)
    assert told.startswith(said)
    assert "secret" not in told


def test_a_node_that_may_not_be_asked_is_not_chosen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two variables that say the opposite: nobody guesses which is meant."""
    monkeypatch.setenv("FLINK_OPERATOR_IDENTITY", "node")
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    [said] = refusal(capsys)
    assert said.startswith(
        "FLINK_OPERATOR_IDENTITY: the role of the node is told by the service that ALIBABA_CLOUD_ECS"
    )


def test_a_list_of_namespaces_says_how_all_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone."""
    monkeypatch.setenv("FLINK_OPERATOR_IDENTITY_NAMESPACES", '["*", "team-a"]')
    [said] = refusal(capsys)
    assert said == 'FLINK_OPERATOR_IDENTITY_NAMESPACES: "*" means all namespaces and stands alone'


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"endpoint": "http://127.0.0.1:9"},
            "all calls go to http://127.0.0.1:9, an emulator: nothing that is bought is",
        ),
        (
            {"endpoint": "https://cloud"},
            "all calls go to https://cloud, in the place of the real cloud",
        ),
    ],
)
def test_the_log_warns_of_another_cloud(
    settings: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What looks bought may be nothing."""
    tell_endpoint(Settings())
    assert caplog.records == []
    tell_endpoint(Settings(**settings))
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert said in record.getMessage()


@pytest.mark.parametrize(
    ("namespaces", "level", "said"),
    [
        (
            None,
            "WARNING",
            "is not set: resources without spec.credentials are managed, but nothing new is bought",
        ),
        ((), "INFO", "the operator's own account pays for no namespace"),
        (("a", "b"), "INFO", "the operator's own account pays for a, b"),
        (("*",), "INFO", "the operator's own account pays for *"),
    ],
)
def test_the_log_says_whom_the_operators_account_pays_for(
    namespaces: tuple[str, ...] | None, level: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """And warns where nobody said it: in earlier versions that meant all."""
    caplog.set_level(logging.INFO)
    tell_whom_it_buys_for(Settings(identity_namespaces=namespaces))
    [record] = caplog.records
    assert record.levelname == level
    assert said in record.getMessage()


def test_the_warnings_come_before_anything_is_done(tmp_path: Path) -> None:
    """Also where the cluster is not there: whoever reads the log finds them at its beginning."""
    told = {"FLINK_OPERATOR_ENDPOINT": "http://127.0.0.1:9", "KUBECONFIG": str(tmp_path / "none")}
    command = [sys.executable, "-m", "flink_workspace_operator", "run"]
    done = subprocess.run(
        command,
        env={**python_environment(), **told},
        capture_output=True,
        text=True,
        timeout=patience(60),
        check=False,
    )
    warnings = [line for line in (done.stdout + done.stderr).splitlines() if " WARNING " in line]
    assert [
        "FLINK_OPERATOR_ENDPOINT: all calls" in warnings[0],
        "_IDENTITY_NAMESPACES is not set" in warnings[1],
    ] == [
        True,
        True,
    ]
    assert done.returncode == 1


def test_told_to_end_while_it_starts() -> None:
    """SIGTERM during the imports ends it with 0: from its first moment it has a handler, as a first
    process needs."""
    command = [sys.executable, "-m", "flink_workspace_operator", "run"]
    with subprocess.Popen(command, env=python_environment(), stderr=subprocess.PIPE) as process:
        while not catches(process.pid, signal.SIGTERM):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _out, said = process.communicate(timeout=patience(60))
    assert (process.returncode, said) == (0, b"")


def catches(process: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal."""
    status = Path(f"/proc/{process}/status").read_text()
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(mask, 16) >> (number - 1) & 1)
