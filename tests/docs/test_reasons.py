"""The catalogue of reasons, from which `docs/reference/reasons.md` is made, holds all that the code
can say.

That each fits its condition and its status is judged over every status that the scenario tests
write: `tests/gitops`."""

import ast
import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, get_args

import pytest
import yaml

from flink_local.manifests import REPOSITORY
from flink_workspace_operator import core
from flink_workspace_operator.api.base import ConditionStatus
from flink_workspace_operator.api.operator_report import OrphanKind
from flink_workspace_operator.api.order_states import STATES, Evidence, OrderState
from flink_workspace_operator.core.facts.failure_kinds import KINDS, turn_of
from flink_workspace_operator.core.facts.failures import Fate, Turn
from flink_workspace_operator.core.orders.actions import ACTIONS
from flink_workspace_operator.core.plan import VerdictKind
from flink_workspace_operator.core.reporting.catalogue import DECIDING
from flink_workspace_operator.core.reporting.catalogue_of_aspects import ASPECTS, QUIET
from flink_workspace_operator.core.reporting.glossary import EVENTS
from tests.gitops.truth import SUMMARY, Untrue, judge_reasons

CORE: Final = Path(core.__file__).parent
TABLES: Final = ("catalogue.py", "glossary.py", "advice.py")
WORD: Final = re.compile(r"([A-Z]+[a-z0-9]+)+")


def words() -> frozenset[str]:
    """Every word that the deciding code may put into a condition or an event, and some others."""
    modules = [
        CORE.parent / "api/order_states.py",
        *(each for each in CORE.rglob("*.py") if each.name not in TABLES),
    ]
    found = [node for path in modules for node in ast.walk(ast.parse(path.read_text()))]
    constants = [node.value for node in found if isinstance(node, ast.Constant)]
    return frozenset(
        value for value in constants if isinstance(value, str) and WORD.fullmatch(value)
    )


def enums(node: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a CRD
    """Every value that a field may have by the schema."""
    if isinstance(node, dict):
        yield from node.get("enum", ())
        for value in node.values():
            yield from enums(value)


def other_words() -> frozenset[str]:
    """What the code calls by a word and is no reason."""
    schemas = [yaml.safe_load(path.read_text()) for path in (REPOSITORY / "crds").glob("*.yaml")]
    listed = [
        value
        for schema in schemas
        for version in schema["spec"]["versions"]
        for value in enums(version["schema"])
    ]
    literals = (ConditionStatus, Evidence, Fate, OrderState, OrphanKind, Turn, VerdictKind)
    named = [word for literal in literals for word in get_args(literal)]
    spoken = [action.words.done for action in ACTIONS.values()]
    return frozenset(
        {
            *listed,
            *named,
            *spoken,
            *ASPECTS,
            *SUMMARY,
            "Normal",
            "Warning",
            "System",
            "FlinkWorkspace",
        }
    )


def documented() -> frozenset[str]:
    """Every reason of the catalogue."""
    return frozenset(
        {
            *DECIDING,
            *QUIET,
            *EVENTS,
            *(reason for entries in ASPECTS.values() for reason in entries),
        }
    )


def test_every_reason_of_the_code_is_documented() -> None:
    """A new one fails here until it says what it means and what to do."""
    assert words() - other_words() - documented() == set()


def test_every_refusal_is_documented() -> None:
    """Whose turn it is stands with the failure; the page says the same."""
    shown = {"Outside": "Suspended", "Spec": "Stalled", "Prerequisite": "Reconciling, then Stalled"}
    lasting = {name: shown[kind.turn] for name, kind in KINDS.items() if kind.turn != "Nobody"}
    assert {
        name for name, status in lasting.items() if not DECIDING[name].status.startswith(status)
    } == set()
    assert turn_of("OwnedElsewhere") == "Spec"


def test_nothing_is_documented_that_the_code_does_not_say() -> None:
    """A reason that is gone leaves the page too."""
    assert documented() - words() - set(KINDS) == set()


def test_every_event_of_an_order_is_documented() -> None:
    """Its states say themselves what they mean."""
    assert {facts.event.reason for facts in STATES.values() if facts.event} <= set(EVENTS)


@pytest.mark.parametrize(
    ("type_", "status", "reason", "is_documented"),
    [
        ("Ready", "False", "Lost", True),
        ("Stalled", "True", "Lost", True),
        ("Suspended", "True", "Lost", False),
        ("Stalled", "False", "Lost", False),
        ("Stalled", "False", "NotStalled", True),
        ("InSync", "False", "Drifted", True),
        ("InSync", "True", "Drifted", False),
        ("NetworkReady", "Unknown", "PermissionMissing", True),
        ("NetworkReady", "False", "PermissionMissing", False),
    ],
)
def test_reason_fits_its_condition(
    type_: str, status: str, reason: str, is_documented: bool
) -> None:
    """The judgement over every status of the scenario tests knows one from the other."""
    wire = {"status": {"conditions": [{"type": type_, "status": status, "reason": reason}]}}
    with nullcontext() if is_documented else pytest.raises(Untrue, match="not in the catalogue"):
        judge_reasons(wire)
