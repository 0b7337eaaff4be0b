"""Every alert fires when it should and not otherwise, as promtool says; and says what to do."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_local.manifests import REPOSITORY
from tests.operations.monitoring import promtool, rule_groups, rules

CASES = Path(__file__).parent / "alerts"
RUNBOOKS = "https://flink-workspace-operator.example.com/alerts.html"
ALERTS = sorted({rule["alert"] for rule in rules()})
HEADINGS = re.findall(r"(?m)^## (.+)$", (REPOSITORY / "docs" / "alerts.md").read_text())


def judged(
    directory: Path, alert: str, change: Callable[[dict[str, Any]], None] = lambda rule: None
) -> bool:
    """Whether promtool says that the cases of an alert come out as they should, with its rules as
    they are changed."""
    groups = rule_groups()
    for group in groups["groups"]:
        for rule in group["rules"]:
            if rule["alert"] == alert:
                change(rule)
    (directory / "rules.yaml").write_text(yaml.safe_dump(groups))
    (directory / "cases.yaml").write_text((CASES / f"{alert}.yaml").read_text())
    said = promtool(directory, "test", "rules", "cases.yaml")
    assert "SUCCESS" in said.stdout or "FAILED" in said.stdout + said.stderr, said
    return said.returncode == 0


def never(rule: dict[str, Any]) -> None:
    """It does not fire whatever happens."""
    rule["expr"] = f"({rule['expr']}) and (vector(0) > 1)"


def always(rule: dict[str, Any]) -> None:
    """It fires whatever happens."""
    rule["expr"] = "vector(1)"


def at_once(rule: dict[str, Any]) -> None:
    """It does not wait whether the situation lasts."""
    rule["for"] = "0s"


@pytest.mark.parametrize("alert", ALERTS)
def test_it_fires_when_it_should_and_not_otherwise(alert: str, tmp_path: Path) -> None:
    """With these labels and these words."""
    assert judged(tmp_path, alert)


@pytest.mark.parametrize("change", [never, always])
@pytest.mark.parametrize("alert", ALERTS)
def test_the_cases_notice(
    alert: str, change: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    """An alert that never fires, or always."""
    assert not judged(tmp_path, alert, change)


@pytest.mark.parametrize("alert", [alert for alert in ALERTS if alert != "FlinkOperatorDefect"])
def test_what_passes_calls_nobody(alert: str, tmp_path: Path) -> None:
    """Without the time that it waits, an alert would fire over what ends by itself."""
    assert not judged(tmp_path, alert, at_once)


def test_prometheus_reads_the_rules(tmp_path: Path) -> None:
    """All of them, without a complaint."""
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rule_groups()))
    said = promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert said.returncode == 0, said
    assert f"{len(rules())} rules found" in said.stdout


def test_every_alert_has_cases() -> None:
    """And no case is about an alert that there is not."""
    assert sorted(file.stem for file in CASES.iterdir()) == ALERTS


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_what_to_do(alert: str) -> None:
    """How bad it is, what is the case, and where the page says what to do; one base address for
    all."""
    for rule in (each for each in rules() if each["alert"] == alert):
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert rule["annotations"]["runbook_url"] == f"{RUNBOOKS}#{alert.lower()}"


def test_the_page_tells_of_every_alert() -> None:
    """By a heading of its name, which becomes the anchor; and of none that there is not."""
    assert sorted(heading for heading in HEADINGS if heading.startswith("Flink")) == ALERTS
