"""The page of all reasons, from the catalogue next to the code that gives them."""

from collections.abc import Mapping
from typing import Final

from docs.generator.markdown import code, page, table
from flink_workspace_operator.api.order_states import STATES, StateFacts
from flink_workspace_operator.core.reporting.catalogue import DECIDING
from flink_workspace_operator.core.reporting.catalogue_of_aspects import ASPECTS, QUIET
from flink_workspace_operator.core.reporting.entry import Entry
from flink_workspace_operator.core.reporting.glossary import EVENTS

_ABOUT: Final = """\
Look here for the word in the column `REASON` of `kubectl get flinkworkspaces`, in a condition, or in an event.
What the conditions are, and how tools read them: [conditions.md](../conditions.md).
For the codes of the cloud that a message quotes: [errors.md](errors.md)."""
_DECIDING: Final = """\
`Ready` and whichever of `Reconciling`, `Stalled` and `Suspended` is True have the same reason and the same message.
*Reconciling, then Stalled*: for five minutes (`FLINK_OPERATOR_PREREQUISITE_GRACE_SECONDS`) it may still appear."""
_ASPECT_NOTE: Final = """\
A prerequisite that could not be looked at is Unknown; its reason is [the failure's name](errors.md#failures)."""
_STATES: Final = """\
What `kubectl get flinkworkspaceorders` shows. Evidence beats all: an order whose instance shows up is Placed."""
_DIAGRAM: Final = """\
The same as a diagram, without the moves to Placed that evidence makes from nearly every other state."""
_EVENTS: Final = """\
What `kubectl describe` shows below a resource, each once, when it happens. The reasons of `Stalled` and `Suspended` are
events too, as warnings, and what makes a prerequisite False, when it is first seen: unless the operator makes it.
Events of orders are shown below the order as well."""


def reasons_page() -> str:
    """All of them, by where they are seen."""
    states = [
        (
            code(state or "no state"),
            "open" if facts.is_open else "settled",
            facts.meaning,
            _next(facts),
        )
        for state, facts in STATES.items()
    ]
    return page(
        "Reasons",
        _ABOUT,
        "## What Ready says",
        _DECIDING,
        _entries("reason", "turns True", {**DECIDING, **QUIET}),
        *(
            part
            for type_, entries in ASPECTS.items()
            for part in (f"## {type_}", _entries("reason", "status", entries))
        ),
        _ASPECT_NOTE,
        "## States of an order",
        _STATES,
        table(("state", "", "meaning", "may become"), states),
        _DIAGRAM,
        _diagram(),
        "## Events",
        _EVENTS,
        table(
            ("event", "what happened"),
            [(code(reason), meaning) for reason, meaning in EVENTS.items()],
        ),
    )


def _diagram() -> str:
    """The legal moves as a diagram, without those to Placed that only evidence makes."""
    lines = [
        f"    {state or '[*]'} --> {target}"
        for state, facts in STATES.items()
        for target in facts.moves
        if target != "Placed" or facts.may_be_under_way
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _next(facts: StateFacts) -> str:
    return ", ".join(map(code, facts.moves))


def _entries(what: str, status: str, entries: Mapping[str, Entry]) -> str:
    rows = [
        (code(reason), each.status, each.meaning, each.advice) for reason, each in entries.items()
    ]
    return table((what, status, "meaning", "what to do"), rows)
