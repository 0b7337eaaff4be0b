"""Survivors that can't matter: each says why no test can, or need, notice it."""

from dataclasses import dataclass
from typing import Final

from tests.mutants.mutant import PACKAGE


@dataclass(frozen=True)
class Accepted:
    """One change, in the words of the run, and the reason."""

    file: str
    function: str
    what: str
    reason: str

    @property
    def name(self) -> str:
        """As the change's."""
        return f"{self.file} {self.function}: {self.what}"


CREATE: Final = f"{PACKAGE}/core/orders/actions/create.py"
_INCOMPLETE: Final = "status.intent_time is None or status.nonce is None"
_UNLIKE: Final = "len(found.instances) > 1 or not isinstance(wanted, WorkspaceParameters) or instance.create_time is None"  # noqa: E501
_BY_CONTRACT: Final = "noticed by tests/contract, which has a server, and so is not run here"

ACCEPTED: Final = (
    Accepted(
        CREATE,
        "Create.call",
        f"drop `status.intent_time is None` of `{_INCOMPLETE}`",
        "tells the type checker what the API server's rule guarantees: Placing has both, and neither is ever removed",
    ),
    Accepted(
        CREATE,
        "Create.call",
        f"drop `status.nonce is None` of `{_INCOMPLETE}`",
        "as above",
    ),
    Accepted(
        CREATE,
        "_described",
        f"drop `not isinstance(wanted, WorkspaceParameters)` of `{_UNLIKE}`",
        "tells the type checker what the registry guarantees: this action meets only orders with its own block",
    ),
    Accepted(
        CREATE,
        "_described",
        f"drop `instance.create_time is None` of `{_UNLIKE}`",
        "an instance is contested only if it was made after the intent, so the only one has a time",
    ),
    Accepted(
        CREATE,
        "_stranger",
        "drop `isinstance(found, Foreign)` of `isinstance(found, Foreign) and is_one`",
        "repeats for the type checker what `is_one` says",
    ),
    Accepted(
        f"{PACKAGE}/core/orders/clauses.py",
        "cause_of",
        "drop `''` of `order.status.answer or ''`",
        "tells the type checker: no answer is no name of a refusal either",
    ),
    Accepted(
        f"{PACKAGE}/execution.py",
        "Execution._with_all_rights",
        "drop `failure` of `all_rights((failure, *others, self.seen.cloud.missing_rights)) or failure`",
        "tells the type checker what holds of a missing right: together with others it is one",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/blockers.py",
        "_held_by_a_neighbour",
        "drop `claim.holder is not None` of"
        " `is_here and claim is not None and claim.alive and (claim.holder is not None)`",
        "tells the type checker: nobody's tag is that of no holder",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/claim.py",
        "secure_claim",
        "drop `claim is not None` of `claim is not None and (not is_free) and (not _exists(case))`",
        "repeats for the type checker what `is_free` says of no claim",
    ),
    Accepted(
        f"{PACKAGE}/core/orders/windows.py",
        "_found_announced",
        "drop `status.intent_time is None` of"
        " `isinstance(status, OrderSummary) or status.answer is not None or status.intent_time is None`",
        "tells the type checker what its only caller has ruled out",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_is_over",
        "drop `end is not None` of `end is not None and (not isinstance(listing, Unknown)) and (listing.date > end)`",
        "tells the type checker what holds of every order that is asked about: it is outstanding, so it has an end",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_call_is_over",
        "drop `intent is not None` of"
        " `intent is not None and moment > intent + 2 * timedelta(seconds=case.settings.purchase_timeout_seconds)`",
        "asked about announced orders only, which have the moment of their intent by the API server's rule",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_after_window",
        "drop `at` of `window_end(order.status, case.settings) or at`",
        "tells the type checker that an order whose window is over has a window",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_by_stranger",
        "drop `end is not None` of `end is not None and end >= at`",
        "tells the type checker that an order that was announced has a window",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/settlement.py",
        "_by_description",
        "drop `evidence.date is None` of `evidence.described is None or evidence.date is None`",
        "tells the type checker that what a list describes has the date of the list",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/purchase.py",
        "finish_intent",
        "drop `intent is None` of `intent is None or order is None`",
        "tells the type checker that without an intent no order is the announced one",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/purchase.py",
        "_verdict_on_outcome",
        "drop `answer is not None` of"
        " `answer is not None and answer != 'Unexplained' and (turn_of(answer) == 'Outside')`",
        "tells the type checker that there is a word: where there is none, it is nobody's turn",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/retry.py",
        "wait_for_end_of_call",
        "drop `ends is None` of `ends is None or (is_time_over and (not last.outstanding))`",
        "tells the type checker that an outstanding order has an end; without one the time counts as over",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/retry.py",
        "wait_for_end_of_call",
        "drop `LONGEST` of `rising(case.cloud_time - announced_at(last)).after or LONGEST`",
        "tells the type checker that a rising wait has an end",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/retry.py",
        "_waiting",
        "drop `''` of `last.status.answer or ''`",
        "words only: neither the empty answer nor none is one that waits for somebody",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/blockers.py",
        "stop_on_another_account",
        "drop `case.cloud_time` of `latest_end_of_call(refused, case.settings) or case.cloud_time`",
        "tells the type checker that an outstanding order has an end",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/deletion.py",
        "_kept_orders",
        "drop `end is None` of `end is None or not _is_past(case, end)`",
        "tells the type checker that an outstanding order has an end",
    ),
    Accepted(
        f"{PACKAGE}/core/facts/ownership.py",
        "Ownership.covers",
        "drop `self.bound_id is not None` of `self.bound_id is not None and instance.instance_id == self.bound_id`",
        "says for the reader that no id equals none: an instance has one",
    ),
    Accepted(
        f"{PACKAGE}/core/ledger_case.py",
        "LedgerCase.missing_neighbours_in",
        "drop `isinstance(cloud.account_id, Unknown)` of"
        " `isinstance(cloud.account_id, Unknown) or isinstance(listing, Unknown)`",
        "tells the type checker what the account is: no neighbour is in an unknown one",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/lifecycle.py",
        "_not_visible",
        "drop `now` of `missing_since(case) or now`",
        "tells the type checker that what was seen and is not shown is missing since some time",
    ),
    Accepted(
        f"{PACKAGE}/core/checks/lifecycle.py",
        "_give_up",
        "drop `not order.facts.is_given_up` of `order.spec.makes_instance and"
        " order.status.instance_id == case.known_id and (not order.facts.is_given_up)`",
        "an instance that was given up is the known one no more, so its order is not met here",
    ),
    Accepted(
        f"{PACKAGE}/execution.py",
        "Execution._place",
        "drop `isinstance(answer, NotBought)` of `isinstance(answer, NotBought) and unsent`",
        "repeats for the type checker what `unsent` says",
    ),
    Accepted(
        f"{PACKAGE}/core/orders/answers.py",
        "answered_by",
        "drop `before` of `order.status.intent_time or before`",
        "tells the type checker that an order that is sent was announced",
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/inventory.py",
        "look",
        "drop `return await session.call(DESCRIBE_INSTANCES, asked, region)`",
        _BY_CONTRACT,
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/workspaces.py",
        "Workspaces.look_up",
        "negate `isinstance(outcome, BaseException)`",
        _BY_CONTRACT,
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/workspaces.py",
        "Workspaces.quote",
        "negate `not isinstance(block, WorkspaceParameters)`",
        _BY_CONTRACT,
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/workspaces.py",
        "Workspaces.quote",
        "negate `block.charge_type == 'Subscription'`",
        _BY_CONTRACT,
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/workspaces.py",
        "Workspaces.place",
        "negate `not isinstance(call.block, WorkspaceParameters)`",
        _BY_CONTRACT,
    ),
    Accepted(
        f"{PACKAGE}/adapters/alibaba/workspaces.py",
        "Workspaces._create_instance",
        "drop `return NotBought(failure)`",
        _BY_CONTRACT,
    ),
)
