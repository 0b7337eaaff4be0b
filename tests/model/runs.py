"""The searches of every test run: what is assumed, what may happen, and what must be found."""

from typing import Final

from tests.model.rules import Rules, Run
from tests.model.state import Chances

TWICE: Final = "bought twice"
SHOWN: Final = "buys what was changed or there already when it was announced"
WASTED: Final = "an order came to nothing, and neither a request nor an answer of it was lost"
REPLICAS: Final = ((0, 0), (0, 0))
"""Two replicas at one key; both believe that they lead."""
TWO_RESOURCES: Final = ((0, 0), (0, 1))
TWO_CLUSTERS: Final = ((0, 0), (1, 0))
AFTER_NOTHING: Final = ("bought", "bought after NotPlaced")
AFTER_REFUSAL: Final = ("bought", "bought after Rejected")
AFTER_EDIT: Final = ("bought", "bought after Superseded")
WHILE_REJECTED: Final = (*AFTER_REFUSAL, "bought while Rejected")
"""A copy of the call was booked after another one was refused, and recorded."""
RESUMED: Final = ("bought", "a hand resumes resource 0")
RESTORED: Final = ("bought", "the API server is restored")
DELAYS: Final = (1, 1, 1)
"""G, D and V of one tick each."""

RUNS: Final = (
    Run("one replica", Chances(crashes=1, lost=1, unknown=1), 1, 1, 1, happens=AFTER_NOTHING),
    Run(
        "refused and failing calls",
        Chances(crashes=1, lost=1, refusals=1, failures=1),
        1,
        1,
        0,
        happens=AFTER_REFUSAL,
    ),
    Run(
        "two replicas",
        Chances(),
        processes=REPLICAS,
        happens=(*AFTER_NOTHING, *AFTER_REFUSAL, *AFTER_EDIT),
    ),
    Run("an edit", Chances(edits=1, crashes=1), 1, 1, 1, happens=AFTER_EDIT),
    Run(
        "deleted and created anew",
        Chances(deletions=1, creations=1, crashes=1),
        1,
        1,
        1,
        happens=AFTER_REFUSAL,
    ),
    Run(
        "finalizer stripped",
        Chances(strips=1, deletions=1, creations=1, lost=1),
        1,
        1,
        1,
        happens=AFTER_NOTHING,
    ),
    Run(
        "tags late, lost or stripped",
        Chances(late_tags=1, lost_tags=1, lost_tokens=1, lost=1),
        1,
        1,
        1,
    ),
    Run("a stranger of that name", Chances(strangers=1, lost=1), 1, 1, 1, happens=AFTER_REFUSAL),
    Run("a forged ledger", Chances(forgeries=1, lost=1, crashes=1), 1, 1, 1, happens=AFTER_NOTHING),
    Run(
        "names unique, D without bound",
        Chances(lost=1, crashes=1),
        1,
        None,
        1,
        unique=True,
        happens=AFTER_NOTHING,
    ),
    Run(
        "an order removed, nonce",
        Chances(removals=1, lost=1),
        1,
        1,
        1,
        3,
        "refusals",
        happens=AFTER_NOTHING,
    ),
    Run(
        "no order is wasted",
        Chances(orders=3, lost=1, failures=1, unknown=1),
        1,
        1,
        1,
        2,
        "name",
        wastes_nothing=True,
        happens=AFTER_NOTHING,
    ),
    Run(
        "the id comes late",
        Chances(orders=1, lost_tokens=1),
        1,
        None,
        0,
        unique=True,
        processes=REPLICAS,
    ),
    Run("two resources, one name", Chances(), keys=2, processes=TWO_RESOURCES),
    Run(
        "answer of another copy",
        Chances(crashes=1, lost=1, misanswers=1),
        *DELAYS,
        happens=WHILE_REJECTED,
    ),
    Run(
        "answer of another copy, created anew",
        Chances(lost=1, misanswers=1, deletions=1, creations=1),
        *DELAYS,
        happens=WHILE_REJECTED,
    ),
    Run(
        "delivered twice",
        Chances(lost=1, refusals=1, repeats=1),
        *DELAYS,
        memory=2,
        nonce="over",
        happens=(*WHILE_REJECTED, "the gateway refuses a repeated nonce"),
    ),
    Run(
        "the next order comes early, its nonce does not",
        Chances(misanswers=1),
        *DELAYS,
        memory=3,
        nonce="over",
        rules=Rules(nothing_comes_after=False),
        happens=("bought", "bought while Rejected", "the gateway refuses a repeated nonce"),
    ),
    Run(
        "nothing sent, or an intent unheard",
        Chances(unknown=1, unconnected=1, unheard=1),
        *DELAYS,
        wastes_nothing=True,
        happens=(
            "bought",
            "records Quoted over Placing",
            "writes an intent, unheard",
            "fails to write an intent",
        ),
    ),
    Run(
        "an answer that is not written down",
        Chances(lost=1, unwritten=1),
        *DELAYS,
        happens=AFTER_NOTHING,
    ),
    Run("brake acknowledged", Chances(crashes=1, lost=1, suspensions=1), *DELAYS, happens=RESUMED),
    Run(
        "brakes of every kind",
        Chances(edits=1, suspensions=1, deletions=1),
        *DELAYS,
        happens=RESUMED,
    ),
    Run(
        "replicas with other windows",
        Chances(freezes=0, lost=1),
        *DELAYS,
        processes=REPLICAS,
        short=(0, 1),
        happens=AFTER_NOTHING,
    ),
    Run(
        "replicas with other windows, refused for now",
        Chances(freezes=0, misanswers=1),
        *DELAYS,
        processes=REPLICAS,
        short=(0, 1),
        happens=WHILE_REJECTED,
    ),
    Run(
        "restored during the purchase",
        Chances(orders=1, unknown=1, unheard=1, rollbacks=1),
        *DELAYS,
        memory=3,
        nonce="over",
        happens=RESTORED,
    ),
    Run(
        "restored to an intent that was taken back",
        Chances(rollbacks=1),
        memory=2,
        nonce="over",
        backup_at="Placing",
        happens=RESTORED,
    ),
    Run(
        "an approval, or a denial",
        Chances(orders=1, approvals=1, denials=1, crashes=1),
        approval=True,
        happens=("bought", "order 1 is Denied", "records Placed over Placing"),
    ),
    Run(
        "an approval that is deleted, and a price that rises",
        Chances(orders=1, approvals=2, retractions=1, rises=1),
        approval=True,
        happens=("bought", "all decisions are deleted", "the price rises"),
    ),
    Run(
        "an approval, two replicas",
        Chances(orders=1, approvals=1, denials=1, retractions=1),
        processes=REPLICAS,
        approval=True,
    ),
    Run(
        "an approval, and lost calls",
        Chances(approvals=2, denials=1, crashes=1, lost=1),
        *DELAYS,
        approval=True,
        happens=AFTER_NOTHING,
    ),
    Run(
        "approved and edited, suspended or deleted",
        Chances(approvals=1, edits=1, suspensions=1, deletions=1),
        approval=True,
        happens=("bought",),
    ),
    Run(
        "a narrowed look",
        Chances(lost=1, narrowed=4),
        *DELAYS,
        neighbour=True,
        happens=(*AFTER_NOTHING, "looks, and is shown nothing at all"),
    ),
)
"""Each is searched to its end, and nothing wrong may be found."""
