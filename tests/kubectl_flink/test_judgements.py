"""What the command makes of a workspace and of orders, without a cluster."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from flink_workspace_operator.api import names as operator_names
from flink_workspace_operator.api.order_states import STATES, Phase
from kubectl_flink import actions, names
from kubectl_flink.ledger import sums
from kubectl_flink.order import order_of
from kubectl_flink.pictures import table, tree
from kubectl_flink.printing import text_of
from kubectl_flink.report import Standing, report_of
from kubectl_flink.words import parse_length, parse_since
from kubectl_flink.workspace import Workspace
from tests.gitops.customization import HEALTH_TESTS, load
from tests.kubectl_flink.typed import captured, unfolded

NOW = datetime(2026, 12, 5, tzinfo=UTC)
OF_ARGO = {
    "Healthy": {Standing.READY},
    "Suspended": {Standing.SUSPENDED},
    "Progressing": {Standing.WORKING, Standing.NOT_SEEN, Standing.DELETING},
    "Degraded": {Standing.STALLED},
}


def found(situation: str) -> Workspace:
    return Workspace(captured()[situation])


def changed(situation: str, **metadata: Any) -> Workspace:  # noqa: ANN401 - any part of the metadata
    wire = captured()[situation]
    return Workspace({**wire, "metadata": {**wire["metadata"], **metadata}})


def test_names_are_those_of_the_operator() -> None:
    """The command shares no code with it, so that both are compared here."""
    assert f"{operator_names.WORKSPACES}.{operator_names.GROUP}" == names.WORKSPACES
    assert f"{operator_names.ORDERS}.{operator_names.GROUP}" == names.ORDERS
    assert f"{operator_names.APPROVALS}.{operator_names.GROUP}" == names.APPROVALS
    assert f"apis/{operator_names.API_VERSION}" == names.API
    same = (
        "SUSPEND",
        "RECONCILE_REQUESTED_AT",
        "ABANDON_ORDER",
        "REPLACE_LOST",
        "WORKSPACE_OF_ORDER",
        "ORDER_OF_APPROVAL",
    )
    assert {name: getattr(names, name) for name in same} == {
        name: getattr(operator_names, name) for name in same
    }


def test_states_mean_for_money_what_the_operator_says() -> None:
    """Each state of an order is in one of the four groups."""
    by_phase = {
        phase: {state for state, facts in STATES.items() if facts.phase is phase} for phase in Phase
    }
    assert by_phase[Phase.PREPARING] == names.PREPARING
    assert by_phase[Phase.CALLING] == names.CALLING
    assert by_phase[Phase.PAID] | by_phase[Phase.GIVEN_UP] == names.PAID
    assert by_phase[Phase.FRUITLESS] | by_phase[Phase.CLOSED] == names.FRUITLESS


@pytest.mark.parametrize(
    "case", load(HEALTH_TESTS)["tests"], ids=lambda case: Path(case["inputPath"]).stem
)
def test_it_agrees_with_argo_cd(case: Any) -> None:  # noqa: ANN401 - a row
    """A resource is in no state here that Argo CD would show as another."""
    standing = report_of(found(Path(case["inputPath"]).stem), NOW).standing
    assert standing in OF_ARGO[case["healthStatus"]["status"]]


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("situation", list(captured()))
def test_nothing_is_cut_in_any_width(situation: str, columns: int) -> None:
    """The ids, the price and the deciding message are all there, and no line is longer than the
    terminal."""
    report = report_of(found(situation), NOW)
    console = Console(width=columns, file=io.StringIO(), color_system=None, highlight=False)
    for picture in (tree(report, NOW), table([report], columns, with_namespace=True)):
        text = text_of(picture, console)
        assert max(map(len, text.splitlines())) <= columns
        assert "…" not in text
        wanted = report.message.split()[0] if report.message else report.name
        assert wanted in unfolded(text)
    assert (report.instance_id or report.name) in unfolded(text_of(tree(report, NOW), console))


def test_a_message_is_no_command_of_the_terminal() -> None:
    """Whatever the cloud said: control characters are blanks."""
    wire = captured()["lost"]
    conditions = [
        {**each, "message": "gone\x1b]0;title\x07\nand more"}
        for each in wire["status"]["conditions"]
    ]
    report = report_of(
        Workspace({**wire, "status": {**wire["status"], "conditions": conditions}}), NOW
    )
    assert report.message == "gone ]0;title and more"


def test_an_older_spec_gives_no_verdict() -> None:
    """What was Ready before the edit is not said to be Ready."""
    assert report_of(found("edited-while-running"), NOW).standing is Standing.NOT_SEEN
    assert report_of(changed("lost", generation=9), NOW).standing is Standing.NOT_SEEN


Asked = Callable[[Workspace], actions.Change | actions.Refusal]


@pytest.mark.parametrize(
    ("situation", "verb", "argument"),
    [
        ("running", actions.suspend, "flink.alicloud.dev/suspend=true"),
        ("being-deleted", actions.abandon, "flink.alicloud.dev/abandon-order=w-1"),
        ("lost", actions.replace_lost, "flink.alicloud.dev/replace-lost=sc_"),
        ("suspended-while-running", actions.resume, "flink.alicloud.dev/suspend-"),
    ],
)
def test_each_change_is_one_annotation(situation: str, verb: Asked, argument: str) -> None:
    """With the order's name or the instance's id as its value where it is about one."""
    change = verb(found(situation))
    assert isinstance(change, actions.Change)
    assert change.argument.startswith(argument)


@pytest.mark.parametrize("verb", [actions.abandon, actions.replace_lost, actions.resume])
@pytest.mark.parametrize(
    "situation", ["running", "just-applied", "being-created", "purchase-uncertain"]
)
def test_what_does_not_fit_the_state_is_refused(situation: str, verb: Asked) -> None:
    """Another purchase is asked for only where the operator says Lost, and an order given up only
    while deleting."""
    assert isinstance(verb(found(situation)), actions.Refusal)


def test_an_order_that_is_settled_is_not_abandoned() -> None:
    """Also while the resource is being deleted."""
    deleted = changed("running", deletionTimestamp="2026-12-01T09:00:00Z")
    assert isinstance(actions.abandon(deleted), actions.Refusal)


def test_what_a_manifest_suspends_a_command_does_not_resume() -> None:
    """`spec.suspend` is where the manifest is kept."""
    assert isinstance(actions.resume(found("suspended-before-purchase")), actions.Refusal)


@pytest.mark.parametrize(
    ("situation", "spends"),
    [
        ("running", False),
        ("waiting-for-balance", True),
        ("just-applied", True),
        ("being-created", True),
    ],
)
def test_reconcile_says_whether_it_may_spend(situation: str, *, spends: bool) -> None:
    """Wherever the purchase is not known to be made."""
    assert ("SPEND MONEY" in actions.reconcile(found(situation), NOW).consequence) is spends


def test_what_it_would_cost_is_told_before_it_is_bought() -> None:
    """In the tree, and where a command may spend it; not what an order of before would have
    cost."""
    wire = captured()["waiting-for-balance"]
    dearer = Workspace(
        {**wire, "status": {**wire["status"], "quote": {"price": "CNY 4000.00 for 1 month"}}}
    )
    unordered = Workspace({**wire, "status": {**dearer.status, "order": None}})
    for resource in (dearer, unordered):
        assert report_of(resource, NOW).bought.price == "CNY 4000.00 for 1 month"
        assert "(CNY 4000.00 for 1 month)" in actions.reconcile(resource, NOW).consequence


def test_a_lost_one_that_may_be_replaced_may_spend() -> None:
    """The order of the lost one is no reason to say that nothing is bought."""
    allowed = changed("lost", annotations={names.REPLACE_LOST: "sc_x"})
    assert "SPEND MONEY" in actions.reconcile(allowed, NOW).consequence


def order(
    state: str | None, amount: str | None = "3312.00", basis: str = "Term", day: str = "2026-11-30"
) -> Any:  # noqa: ANN401 - any value
    quote = {"basis": basis, "currency": "CNY", "tradeAmount": amount}
    return order_of(
        {
            "metadata": {
                "name": "w-1",
                "namespace": "team-a",
                "creationTimestamp": "2026-11-30T23:59:00Z",
            },
            "spec": {"workspaceRef": {"name": "w"}},
            "status": {"state": state, "quote": quote, "intentTime": f"{day}T23:59:30Z"},
        }
    )


def test_only_what_was_bought_is_added() -> None:
    """What is open is told apart, and what came to nothing is left out."""
    orders = [order(state) for state in STATES] + [order("OfANewerVersion")]
    (total,) = sums(orders)
    assert (total.bought, total.amount) == (3, Decimal("9936.00"))  # Placed, Fulfilled, Lost
    assert (total.open, total.open_amount) == (6, Decimal("19872.00"))


@pytest.mark.parametrize(("amount", "basis", "by_use", "unpriced"), [
    (None, "Term", 0, 1), ("no number", "Term", 0, 1), ("NaN", "Term", 0, 1), ("0.30", "Hour", 1, 0),
])  # fmt: skip
def test_what_is_not_known_is_counted_and_not_added(
    amount: str | None, basis: str, by_use: int, unpriced: int
) -> None:
    """No price, and the price of an hour, are no sum."""
    (total,) = sums([order("Fulfilled", amount, basis)])
    assert (total.amount, total.by_use, total.unpriced) == (Decimal(0), by_use, unpriced)


def test_an_order_counts_in_the_month_of_its_announcement() -> None:
    """Not in that in which it was opened."""
    assert [each.month for each in sums([order("Placed", day="2026-12-01")])] == ["2026-12"]


@pytest.mark.parametrize(("text", "wrong"), [
    ("2026-13", parse_since), ("yesterday", parse_since), ("30", parse_since), ("", parse_since),
])  # fmt: skip
def test_a_beginning_that_is_none_is_refused(
    text: str, wrong: Callable[[str, datetime], datetime]
) -> None:
    """In words."""
    with pytest.raises(ValueError, match=r"."):
        wrong(text, NOW)


def test_lengths_and_beginnings() -> None:
    """As people type them."""
    assert parse_length("20m").total_seconds() == 1200
    assert parse_since("2026-11", NOW) == datetime(2026, 11, 1, tzinfo=UTC)
    assert parse_since("4d", NOW) == datetime(2026, 12, 1, tzinfo=UTC)
