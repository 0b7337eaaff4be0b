"""The contract of a paid action: everything that the protocol does not know by itself.

The protocol (`checks/settlement.py`, `checks/purchase.py`, `checks/retry.py`) knows no
action by name. Each action is one module of `actions`, and one line of its registry.
"""

from typing import Protocol

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderSpec
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.orders.evidence import OrderEvidence
from flink_workspace_operator.core.orders.words import Words


class PaidAction(Protocol):
    """One kind of paid call."""

    @property
    def name(self) -> str:
        """The word in `spec.action` of its orders."""
        ...

    @property
    def api_call(self) -> str:
        """The paid call as failures name it. It is sent once, so no message promises a retry."""
        ...

    @property
    def words(self) -> Words:
        """Its words in the messages of its orders."""
        ...

    def price_question(
        self, workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
    ) -> ApiModel | None:
        """The block to quote. None: no order of this action can be opened in this pass."""
        ...

    def wish(self, case: Case) -> ApiModel | None:
        """The block of the order that the resource wishes now. None: it wishes none."""
        ...

    def written(self, spec: FlinkWorkspaceOrderSpec, block: ApiModel) -> FlinkWorkspaceOrderSpec:
        """The order's spec with the block in its place."""
        ...

    def evidence(self, case: LedgerCase, order: FlinkWorkspaceOrder) -> OrderEvidence:
        """The evidence that this pass's list has about an order."""
        ...

    def nonce(self, case: Case, order: FlinkWorkspaceOrder) -> str:
        """The nonce of the order's call: equal in every process that starts from the same facts."""
        ...

    def call(self, case: LedgerCase, order: FlinkWorkspaceOrder) -> PaidCall:
        """The call of an announced order."""
        ...
