"""What the protocol does not promise: searches that must find it."""

from typing import Final

from tests.model.rules import Run
from tests.model.runs import DELAYS, SHOWN, TWICE, TWO_CLUSTERS, WASTED
from tests.model.state import Chances

RESIDUAL: Final = (
    Run(
        "the nonce outlives the window",
        Chances(failures=1),
        memory=3,
        nonce="name",
        wastes_nothing=True,
        expects=WASTED,
    ),
    Run("D without bound", Chances(lost=1), 1, None, 0, expects=TWICE),
    Run("an order removed, random nonce", Chances(removals=1, lost=1), 1, 1, 1, expects=TWICE),
    Run(
        "restored, random nonce",
        Chances(restores=1),
        processes=TWO_CLUSTERS,
        cluster_ids=("A", "B"),
        expects=TWICE,
    ),
    Run("delivered twice, random nonce", Chances(repeats=1), *DELAYS, expects=TWICE),
    # A copy of the call was refused for now; another one is on the wire for longer than D and V
    # after that answer, and yet arrives within G of its date; names are not unique. The nonce does
    # not help: the next order has another one, because the call of the first one counts as over.
    Run(
        "a copy comes later than that",
        Chances(misanswers=1),
        memory=2,
        nonce="over",
        late_copies=True,
        expects=TWICE,
    ),
    # The process that buys has windows that are shorter than the cloud's times, and a call of it is
    # lost.
    Run("windows too short", Chances(lost=1), *DELAYS, short=(1,), short_buys=True, expects=TWICE),
    # Nothing else is known to run there, or all else that is known is shown and this one is not.
    Run("a narrowed look, no neighbour", Chances(lost=1, narrowed=4), *DELAYS, expects=SHOWN),
    # The nonce goes back with the ledger: an order was refused, or came to nothing, before the call
    # that is under way.
    Run(
        "restored to before a refusal", Chances(rollbacks=1), memory=2, nonce="over", expects=TWICE
    ),
    Run(
        "restored during the purchase, random nonce", Chances(orders=1, rollbacks=1), expects=TWICE
    ),
)
"""What the protocol does not promise, and the search must find. Where names are not unique, and the
nonce is random or counts more than the name, it buys twice. And a nonce is remembered from the
arrival of the call, the window counts from its intent: the next order of a call that arrived late
is refused once, and waits for another window. What the status of a resource remembers of an order
that was removed is not modelled. """
