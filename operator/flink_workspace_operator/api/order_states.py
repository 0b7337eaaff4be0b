"""The state machine of an order: everything about its states stands here, one row a state.

The CRD's rule, the decisions about money, the events, the metrics, and the table and the diagram of
the docs are all derived from `STATES`. A decision asks for a fact of the row, and never for the
name of a state. A state without a row belongs to a newer version: its outcome counts as open, and
it is left alone.

     PREPARING ──► CALLING ──► PAID ──► GIVEN_UP
         │            └──────► FRUITLESS
         └──► CLOSED

Evidence beats every state: an order whose purchase shows up becomes Placed, whatever was believed
before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Literal

OrderState = Literal[
    "Quoted",
    "AwaitingApproval",
    "Placing",
    "Uncertain",
    "Placed",
    "Fulfilled",
    "Rejected",
    "NotPlaced",
    "Superseded",
    "Canceled",
    "Declined",
    "Lost",
]

Evidence = Literal[
    "Answer",
    "Token",
    "Description",
    "ForeignInstance",
    "AbsentAfterWindow",
    "NothingSent",
    "SpecChanged",
    "Deleted",
    "GivenUp",
    "Bill",
    "Denied",
]


class Phase(Enum):
    """A group of states that mean the same for money."""

    PREPARING = auto()
    """The outcome is open, and nothing was sent."""
    CALLING = auto()
    """The outcome is open, and a call may be under way."""
    PAID = auto()
    """The call was executed, and what it paid for is there."""
    GIVEN_UP = auto()
    """The call was executed, and what it paid for is gone since."""
    FRUITLESS = auto()
    """The call bought nothing."""
    CLOSED = auto()
    """Closed before anything was sent."""
    UNKNOWN = auto()
    """Known to a newer version only."""


@dataclass(frozen=True)
class Reported:
    """The event that an order posts when it enters a state."""

    reason: str
    is_warning: bool = False


@dataclass(frozen=True)
class StateFacts:
    """The facts about one state. All default to False: a new row permits nothing by itself."""

    phase: Phase
    meaning: str
    """One line for the docs."""
    moves: tuple[OrderState, ...] = ()
    """The states that may follow."""
    may_be_announced: bool = False
    """SPENDS MONEY: the call for an order in this state may be announced, and then sent."""
    awaits_decision: bool = False
    """A person must approve it before it may be announced."""
    is_announced: bool = False
    """The process that announced the call is about to send it, or has sent it."""
    awaits_evidence: bool = False
    """No process works on it any more: only evidence decides."""
    awaits_delivery: bool = False
    """Paid, and not yet seen running."""
    is_delivered: bool = False
    """Paid, and seen running."""
    is_refused: bool = False
    """The cloud refused, or something else has the name."""
    may_be_closed: bool = False
    """Nothing was sent: closed if its resource is deleted, or already has what it is for."""
    lost_its_history: bool = False
    """An order without a first status, and so without a price, is closed in this state."""
    next_follows: bool = False
    """Another order may follow automatically. Else only after an edit or a person's request."""
    written_with: frozenset[Evidence | None] | None = None
    """Evidence that the operator writes with this state; None: any. A manual edit differs."""
    event: Reported | None = None

    @property
    def is_open(self) -> bool:
        """No other order may be opened, and the entry can't leave the ledger."""
        return self.phase in (Phase.PREPARING, Phase.CALLING, Phase.UNKNOWN)

    @property
    def may_be_under_way(self) -> bool:
        """A call may be under way."""
        return self.phase is Phase.CALLING

    @property
    def is_preparing(self) -> bool:
        """The outcome is open, and nothing was sent."""
        return self.phase is Phase.PREPARING

    @property
    def was_sent(self) -> bool:
        """A call may have been sent, now or earlier."""
        return self.phase not in (Phase.PREPARING, Phase.CLOSED)

    @property
    def is_paid(self) -> bool:
        """The call was executed, and what it paid for is there."""
        return self.phase is Phase.PAID

    @property
    def was_paid(self) -> bool:
        """The call was executed, also if what it paid for is gone since."""
        return self.phase in (Phase.PAID, Phase.GIVEN_UP)

    @property
    def is_given_up(self) -> bool:
        """The instance is gone, and a person confirmed it."""
        return self.phase is Phase.GIVEN_UP

    @property
    def is_fruitless(self) -> bool:
        """The call bought nothing."""
        return self.phase is Phase.FRUITLESS

    @property
    def ends_call(self) -> bool:
        """The call is over, so that the next one needs another nonce."""
        return self.phase in (Phase.FRUITLESS, Phase.GIVEN_UP)

    @property
    def freezes_spec(self) -> bool:
        """The resource's spec must not change while an order is in this state."""
        return self.may_be_under_way or self.is_paid


NOTHING_SENT: Final[frozenset[Evidence | None]] = frozenset(
    {"NothingSent", "SpecChanged", "Deleted"}
)

STATES: Final[dict[OrderState | None, StateFacts]] = {
    None: StateFacts(
        Phase.PREPARING,
        "just created: its process has not written the first status yet",
        moves=("Quoted", "Superseded", "Placed"),
    ),
    "Quoted": StateFacts(
        Phase.PREPARING,
        "the price is known; nothing was sent",
        moves=("AwaitingApproval", "Placing", "Superseded", "Canceled", "Placed"),
        may_be_announced=True,
        may_be_closed=True,
        event=Reported("OrderOpened"),
    ),
    "AwaitingApproval": StateFacts(
        Phase.PREPARING,
        "a person must approve the price; nothing was sent",
        moves=("Placing", "Declined", "Superseded", "Canceled", "Placed"),
        may_be_announced=True,
        awaits_decision=True,
        may_be_closed=True,
        event=Reported("ApprovalRequested"),
    ),
    "Placing": StateFacts(
        Phase.CALLING,
        "the call is announced, and may have been sent. The order says until when it may be"
        " executed",
        moves=("Placed", "Rejected", "Uncertain", "Quoted", "Superseded"),
        is_announced=True,
    ),
    "Uncertain": StateFacts(
        Phase.CALLING,
        "it may or may not have been bought: evidence is waited for",
        moves=("Placed", "NotPlaced", "Rejected"),
        awaits_evidence=True,
        event=Reported("PurchaseUncertain", is_warning=True),
    ),
    "Placed": StateFacts(
        Phase.PAID,
        "bought; the order names the instance",
        moves=("Fulfilled", "Lost"),
        awaits_delivery=True,
        event=Reported("OrderPlaced"),
    ),
    "Fulfilled": StateFacts(
        Phase.PAID, "bought, and seen running", moves=("Lost",), is_delivered=True
    ),
    "Rejected": StateFacts(
        Phase.FRUITLESS,
        "not bought: the cloud refused, or somebody else has the name. If a copy of the call may"
        " still be executed, the order says until when. Nothing else is bought before that",
        moves=("Placed",),
        is_refused=True,
        next_follows=True,
        event=Reported("OrderRejected", is_warning=True),
    ),
    "NotPlaced": StateFacts(
        Phase.FRUITLESS,
        "not bought: no complete list showed the workspace by the end of the wait",
        moves=("Placed",),
        next_follows=True,
        event=Reported("OrderNotPlaced", is_warning=True),
    ),
    "Superseded": StateFacts(
        Phase.CLOSED,
        "closed before anything was sent, or found without status; another order may follow",
        moves=("Placed",),
        lost_its_history=True,
        next_follows=True,
        written_with=NOTHING_SENT,
    ),
    "Canceled": StateFacts(
        Phase.CLOSED,
        "closed before anything was sent, because the resource was deleted",
        moves=("Placed",),
        next_follows=True,
        written_with=NOTHING_SENT,
        event=Reported("OrderCanceled"),
    ),
    "Declined": StateFacts(
        Phase.CLOSED,
        "a person denied it; nothing was sent. Another order follows only after a change of the"
        " spec or a request",
        moves=("Placed",),
        written_with=frozenset({"Denied"}),
        event=Reported("ApprovalDenied", is_warning=True),
    ),
    "Lost": StateFacts(
        Phase.GIVEN_UP,
        "bought, gone from the cloud since, and given up by a person",
        moves=("Placed",),
        next_follows=True,
        written_with=frozenset({"GivenUp"}),
        event=Reported("WorkspaceGivenUp", is_warning=True),
    ),
}

UNKNOWN_STATE: Final = StateFacts(Phase.UNKNOWN, "of a newer version: the order is left alone")


def facts_of(state: OrderState | None) -> StateFacts:
    """The row of a state. An unknown state counts as open and permits nothing."""
    return STATES.get(state, UNKNOWN_STATE)


MOVES: Final[Mapping[OrderState | None, tuple[OrderState, ...]]] = {
    state: facts.moves for state, facts in STATES.items()
}
"""The legal moves from each state (None: no status yet)."""


def states_where(is_so: Callable[[StateFacts], bool]) -> tuple[OrderState, ...]:
    """The states that have a fact, for the rules of the CRDs."""
    return tuple(state for state, facts in STATES.items() if state is not None and is_so(facts))
