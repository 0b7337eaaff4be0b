"""Orders of the action that exists in the tests only (`tests/simulation/grow.py`), beside those of
a purchase."""

from typing import Any

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import OrderState
from tests.builders import ID, an_order
from tests.simulation.grow import GROW, Grow, Growth

BIGGER = Growth(instance_id=ID, from_cu=10, to_cu=20)


def a_growth(state: OrderState = "Quoted", number: int = 2, **more: Any) -> FlinkWorkspaceOrder:  # noqa: ANN401 - whatever `an_order` takes
    """Order `demo-<number>`, for more CU of the instance that order 1 bought."""
    order = an_order(state, number, **more)
    spec = order.spec.model_copy(update={"create": None, "action": GROW})
    return order.model_copy(update={"spec": Grow().written(spec, BIGGER)})
