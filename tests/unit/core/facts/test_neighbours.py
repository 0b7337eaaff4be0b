"""A list counts for a purchase only if it shows what other resources of this cluster own."""

from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.plan import MoveOrder, OpenOrder
from tests.builders import (
    ACCOUNT,
    KEY,
    NOW,
    REGION,
    SETTINGS,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    unmarked,
)

SECOND = timedelta(seconds=1)
INTENT = NOW - WINDOW - SECOND
THEIRS = "sc_flink-9"
OTHER = Neighbour(Key("team", "other"), ACCOUNT, REGION, THEIRS)
SHOWN = an_instance(THEIRS, name="other", order=None)


def beside(*orders: FlinkWorkspaceOrder, shown: tuple[SeenInstance, ...] = (), **read: Any) -> Case:  # noqa: ANN401 - whatever `seen` takes
    """team/other has seen its instance running."""
    return a_case(
        a_workspace(), *orders, cloud=a_cloud(a_listing(*shown)), neighbours=(OTHER,), **read
    )


@pytest.mark.parametrize(
    "orders",
    [(), (an_order("Quoted"),), (an_order("Uncertain", intent=INTENT),)],
    ids=["open", "announce", "settle"],
)
def test_a_list_that_lacks_it_proves_nothing(orders: tuple[FlinkWorkspaceOrder, ...]) -> None:
    """Nothing is opened or announced, and no order is taken for absent; whose instance is missing
    is named."""
    plan = decide(beside(*orders))
    assert plan.steps == ()
    assert plan.verdict is not None
    assert (plan.verdict.kind, plan.verdict.reason) == ("Suspended", "ListIncomplete")
    assert f"lacks {THEIRS} of team/other" in plan.verdict.message
    assert f"replace-lost={THEIRS}" in plan.verdict.message
    assert decide(beside(*orders, shown=(SHOWN,))).steps != ()


def test_the_last_list_before_the_call_must_show_it() -> None:
    """Else nothing is sent."""
    placing = an_order("Placing", intent=NOW)
    [step] = decide(beside(placing, intent=placing)).steps
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.evidence) == ("Quoted", "NothingSent")


def test_what_a_list_shows_it_shows() -> None:
    """Evidence needs no neighbours."""
    [step] = decide(beside(an_order("Uncertain"), shown=(an_instance(),))).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Placed"


def test_an_open_window_is_waited_for_first() -> None:
    """What is missing may be shown until then."""
    verdict = decide(beside(an_order("Uncertain"))).verdict
    assert verdict is not None
    assert verdict.reason == "PurchaseUncertain"


@pytest.mark.parametrize(
    "neighbour",
    [
        Neighbour(OTHER.key, "2", REGION, THEIRS),
        Neighbour(OTHER.key, ACCOUNT, "cn-beijing", THEIRS),
        Neighbour(KEY, ACCOUNT, REGION, THEIRS),
    ],
    ids=["another account", "another region", "the resource itself"],
)
def test_what_the_list_is_not_about_is_not_missed(neighbour: Neighbour) -> None:
    """Of the resource itself it decides what is lost."""
    assert isinstance(decide(a_case(a_workspace(), neighbours=(neighbour,))).steps[0], OpenOrder)


@pytest.mark.parametrize(("at", "missed"), [(timedelta(0), False), (SECOND, True)])
def test_what_was_not_seen_running_is_missed_only_after_all_delays(
    at: timedelta, missed: bool
) -> None:
    """From its announcement: the call, the booking, and until it is shown."""
    bought = NOW - SETTINGS.longest_call - SETTINGS.copy_window - at
    new = Neighbour(OTHER.key, ACCOUNT, REGION, THEIRS, bought)
    assert bool(decide(a_case(a_workspace(), neighbours=(new,))).steps) is not missed


def test_several_are_told_in_the_same_words_whatever_their_order() -> None:
    """The first by name, and how many more."""
    more = Neighbour(Key("team", "z"), ACCOUNT, REGION, "sc_flink-8")
    said = {
        str(decide(a_case(a_workspace(), neighbours=each)).verdict)
        for each in ((OTHER, more), (more, OTHER))
    }
    assert len(said) == 1
    assert "of team/other and 1 more" in said.pop()


def test_our_marks_alone_are_evidence_only_on_a_list_that_can_be_trusted() -> None:
    """Another instance with the token may be among what it does not show."""
    marked = an_instance(tags=unmarked(an_instance()))
    order = an_order("Uncertain", intent=INTENT)
    assert decide(beside(order, shown=(marked,))).steps == ()
    assert decide(beside(order, shown=(marked, SHOWN))).steps != ()
