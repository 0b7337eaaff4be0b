"""What one look says about an order that was to buy a workspace."""

from datetime import timedelta

import pytest

from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.orders.actions.create import Create
from flink_workspace_operator.core.orders.evidence import OrderEvidence
from flink_workspace_operator.core.plan import MoveOrder
from tests.builders import (
    ID,
    NOW,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    unmarked,
)

INTENT = NOW - WINDOW - timedelta(minutes=5)
AFTER, BEFORE = INTENT + timedelta(seconds=1), INTENT - timedelta(seconds=1)
OPEN = an_order("Uncertain", 2, intent=INTENT)
TOKEN_OF_NOBODY = 9


def evidence(*found: SeenInstance, beside: object = None) -> OrderEvidence:
    """About the second order, which was sent long ago; `beside` is the first."""
    orders = (OPEN,) if beside is None else (beside, OPEN)
    return Create().evidence(a_case(a_workspace(), *orders, cloud=a_cloud(a_listing(*found))), OPEN)


def test_what_it_bought_is_known_by_its_id() -> None:
    """Also where the cloud shows no tags of it, or others: it is delivered as soon as it runs."""
    placed = an_order("Placed", instance_id=ID, intent=INTENT)
    for tags in ({}, an_instance(order=TOKEN_OF_NOBODY).tags):
        case = a_case(a_workspace(), placed, cloud=a_cloud(a_listing(an_instance(tags=tags))))
        said = Create().evidence(case, placed)
        assert (said.proof, said.is_delivered) == (ID, True)


@pytest.mark.parametrize(
    ("times", "first"),
    [
        ((AFTER, INTENT), "sc_flink-2"),
        ((None, AFTER), "sc_flink-2"),
        ((AFTER, AFTER), ID),
        ((None, None), ID),
    ],
    ids=["the older", "the one with a time", "by id", "by id, without times"],
)
def test_the_first_of_two_with_its_token(times: tuple[object, object], first: str) -> None:
    """Whatever the cloud lists first, and whatever it does not say yet."""
    both = [
        an_instance(ID, order=2, create_time=times[0]),
        an_instance("sc_flink-2", order=2, create_time=times[1]),
    ]
    assert evidence(*both).proof == evidence(*reversed(both)).proof == first


def test_a_lost_token_is_no_doubt_about_what_is_ours() -> None:
    """Marked as ours and without the tag of an order, it can only be this order's."""
    assert evidence(an_instance(tags=unmarked(an_instance()))).leftover == ID


def test_a_token_that_nobody_knows_was_edited() -> None:
    """Ours, made after the announcement and as described: whose else could it be?"""
    assert evidence(an_instance(order=TOKEN_OF_NOBODY, create_time=AFTER)).leftover == ID


@pytest.mark.parametrize(
    "instance",
    [
        an_instance(order=1, create_time=AFTER),
        an_instance(order=TOKEN_OF_NOBODY, create_time=BEFORE),
        an_instance(order=TOKEN_OF_NOBODY, create_time=None),
        an_instance(order=TOKEN_OF_NOBODY, create_time=AFTER, vpc_id="vpc-other"),
        an_instance(order=TOKEN_OF_NOBODY, create_time=AFTER, bucket="other"),
    ],
    ids=["another order's", "older", "of unknown age", "in another VPC", "with another bucket"],
)
def test_what_may_be_another_orders_is_not_this_ones(instance: SeenInstance) -> None:
    """It is ours, and the order does not claim it."""
    said = evidence(instance, beside=an_order("NotPlaced", at=INTENT))
    assert (said.exists, said.proof, said.leftover) == (True, None, None)


def test_what_another_order_bought_is_not_bought_twice() -> None:
    """Its token is lost; the ledger says who bought it."""
    said = evidence(
        an_instance(tags=unmarked(an_instance())), beside=an_order("Placed", instance_id=ID)
    )
    assert (said.exists, said.leftover) == (True, None)


def test_twins_are_no_strangers() -> None:
    """Two of ours refute nothing: the order is not over for them."""
    twins = [
        an_instance(ID, order=TOKEN_OF_NOBODY),
        an_instance("sc_flink-2", order=TOKEN_OF_NOBODY),
    ]
    said = evidence(*twins)
    assert (said.stranger, said.is_free, said.leftover) == (None, False, None)


@pytest.mark.parametrize(
    ("age", "is_known"), [(9, True), (1, False)], ids=["tags would be shown", "tags may be late"]
)
def test_a_refused_order_gets_what_a_copy_of_its_call_bought(age: float, is_known: bool) -> None:
    """As described, without any tags, when they would be shown by now: it can be nobody else's."""
    refused = an_order("Rejected", intent=NOW - minutes(10), outstanding_until=NOW + minutes(5))
    found = an_instance(order=None, create_time=NOW - minutes(age))
    steps = decide(a_case(a_workspace(), refused, cloud=a_cloud(a_listing(found)))).steps
    moves = [
        (step.status.state, step.status.evidence) for step in steps if isinstance(step, MoveOrder)
    ]
    assert moves == ([("Placed", "Description")] if is_known else [])


def test_a_refused_order_gets_what_can_only_be_its_own() -> None:
    """Its wait is over, and the list shows a workspace with our marks that lost the tag of its
    order."""
    refused = an_order("Rejected", intent=INTENT, outstanding_until=NOW - minutes(1))
    found = an_instance(create_time=AFTER, tags=unmarked(an_instance()))
    [step] = decide(a_case(a_workspace(), refused, cloud=a_cloud(a_listing(found)))).steps
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.instance_id, step.status.evidence) == (
        "Placed",
        ID,
        "Description",
    )


def test_a_workspace_is_wished_only_while_there_is_none() -> None:
    """Neither beside one that the ledger knows and the list does not show, nor beside one that is
    found."""
    bound = a_case(a_workspace(), an_order("Placed", instance_id=ID), cloud=a_cloud(a_listing()))
    found = a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance())))
    assert Create().wish(bound) is Create().wish(found) is None
    assert (
        Create().wish(a_case(a_workspace(), cloud=a_cloud(a_listing()))) == a_workspace().parameters
    )


def test_only_purchases_that_came_to_nothing_change_the_nonce() -> None:
    """An order of another action that is over does not: another process may not know of it."""
    ended = an_order("Rejected", 1, at=INTENT)
    of_another = ended.model_copy(
        update={"spec": ended.spec.model_copy(update={"action": "Other"})}
    )
    alone, beside, after = (
        Create().nonce(a_case(a_workspace(), *first, OPEN), OPEN)
        for first in ((), (of_another,), (ended,))
    )
    assert alone == beside != after
