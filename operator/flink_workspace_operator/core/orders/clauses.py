"""Parts of the messages of orders. None has a colon: they stand behind an order's name."""

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failure_kinds import refusal_in
from flink_workspace_operator.core.orders.actions import action_of
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.orders.windows import clock
from flink_workspace_operator.core.orders.words import Words


def words_of(order: FlinkWorkspaceOrder) -> Words:
    """The words of the order's action."""
    return action_of(order).words


def cost_of(order: FlinkWorkspaceOrder) -> str:
    """The price in brackets: whoever reads of an order reads how much it is about."""
    return f"({price(order.status.quote, order.spec.block) or 'its price is not known'})"


def instance_with_price(order: FlinkWorkspaceOrder, instance_id: str | None) -> str:
    """The order's result."""
    return f"{instance_id} {cost_of(order)}"


def open_outcome(order: FlinkWorkspaceOrder) -> str:
    """The beginning of every message about an outcome that is not known."""
    return f"{_capital(words_of(order).unknown)} {cost_of(order)}"


def refused_outcome(order: FlinkWorkspaceOrder) -> str:
    """The beginning of the message about a refusal that proves nothing."""
    return f"{_capital(words_of(order).refused)} {cost_of(order)}"


def not_done(order: FlinkWorkspaceOrder) -> str:
    """The beginning of the messages about a call that was not executed."""
    return f"{words_of(order).not_done} {cost_of(order)}"


def cause_of(order: FlinkWorkspaceOrder) -> str:
    """The cloud's refusal of the call, which a person may have to end: it must not be forgotten."""
    why = refusal_in(order.status.answer or "", order.spec.account_id)
    at = order.status.intent_time
    if why is None or at is None:
        return ""
    return f" The cloud's answer at {clock(at)} was that {why}."


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
