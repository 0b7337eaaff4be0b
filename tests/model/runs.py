"""The searches: what is assumed, what may happen, and what must be found."""

from typing import Final

from tests.model.rules import Run
from tests.model.state import Chances

TWICE: Final = "bought twice"
WASTED: Final = "an order came to nothing, and neither a request nor an answer of it was lost"
REPLICAS: Final = ((0, 0), (0, 0))
"""Two replicas at one key; both believe that they lead."""
TWO_RESOURCES: Final = ((0, 0), (0, 1))
TWO_CLUSTERS: Final = ((0, 0), (1, 0))
AFTER_NOTHING: Final = ("bought", "bought after NotPlaced")
AFTER_REFUSAL: Final = ("bought", "bought after Rejected")

RUNS: Final = (
    Run("one replica", Chances(crashes=1, lost=1, unknown=1), 1, 1, 1, happens=AFTER_NOTHING),
    Run(
        "refused and failing calls", Chances(crashes=1, lost=1, refusals=1, failures=1), 1, 1, 0, happens=AFTER_REFUSAL
    ),
    Run("two replicas, a lost answer", Chances(lost=1), processes=REPLICAS, happens=AFTER_NOTHING),
    Run("two replicas, all delays", Chances(), 1, 1, 1, processes=REPLICAS, happens=AFTER_REFUSAL),
    Run("an edit", Chances(edits=1, crashes=1, unknown=1), 1, 1, 1, happens=("bought", "bought after Superseded")),
    Run("deleted and created anew", Chances(deletions=1, creations=1, crashes=1), 1, 1, 1, happens=AFTER_REFUSAL),
    Run("finalizer stripped", Chances(strips=1, deletions=1, creations=1, lost=1), 1, 1, 1, happens=AFTER_NOTHING),
    Run("tags late, lost or stripped", Chances(late_tags=1, lost_tags=1, lost_tokens=1, lost=1), 1, 1, 1),
    Run("a stranger of that name", Chances(strangers=1, lost=1), 1, 1, 1, happens=AFTER_REFUSAL),
    Run("a forged ledger", Chances(forgeries=1, lost=1, crashes=1), 1, 1, 1, happens=AFTER_NOTHING),
    Run("names unique, D without bound", Chances(lost=1, crashes=1), 1, None, 1, unique=True, happens=AFTER_NOTHING),
    Run("an order removed, nonce", Chances(removals=1, lost=1, deletions=1, creations=1), 1, 1, 1, 3, "refusals"),
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
    Run("the id comes late", Chances(orders=1, lost_tokens=1), 1, None, 0, unique=True, processes=REPLICAS),
    Run("two resources, one name", Chances(), keys=2, processes=TWO_RESOURCES),
)
"""Each is searched to its end, and nothing wrong may be found."""

DEEP: Final = (
    Run("one replica, many mishaps", Chances(3, 2, None, 2, 2, 1, 1), 1, 1, 1, happens=AFTER_NOTHING),
    Run("one replica, longer delays", Chances(crashes=1, lost=1, unknown=1), 2, 2, 3, happens=AFTER_NOTHING),
    Run("two replicas, delays, crash, lost", Chances(crashes=1, lost=1), 1, 1, 1, processes=REPLICAS),
    Run("two replicas, crash, lost answer", Chances(crashes=1, lost=1), processes=REPLICAS, happens=AFTER_NOTHING),
    Run("two replicas, all delays, lost", Chances(lost=1), 1, 1, 1, processes=REPLICAS, happens=AFTER_NOTHING),
    Run("two replicas, an edit, a vain look", Chances(edits=1, unknown=1), processes=REPLICAS, happens=AFTER_NOTHING),
    Run("two replicas, created anew", Chances(deletions=1, creations=1), processes=REPLICAS),
    Run("two replicas, a forged ledger", Chances(forgeries=1, lost=1), 1, 1, 1, processes=REPLICAS),
    Run("two replicas, an order removed", Chances(removals=1, lost=1), 1, 0, 1, 2, "name", processes=REPLICAS),
    Run(
        "a slow replica gives a claim back, nonce",
        Chances(creations=1, freezes=1),
        memory=1,
        nonce="refusals",
        keys=2,
        gone=(0,),
        processes=(*REPLICAS, (0, 1)),
    ),
    Run(
        "two resources, one deleted, nonce",
        Chances(deletions=1, freezes=1),
        memory=1,
        nonce="refusals",
        keys=2,
        processes=TWO_RESOURCES,
    ),
    Run("restored, names unique", Chances(restores=1), unique=True, processes=TWO_CLUSTERS, cluster_ids=("A", "B")),
    Run(
        "restored, nonce of the name",
        Chances(restores=1),
        memory=1,
        nonce="name",
        processes=TWO_CLUSTERS,
        cluster_ids=("A", "B"),
    ),
    Run("cloned, names unique", Chances(clones=1), unique=True, processes=TWO_CLUSTERS, cluster_ids=("A", "A")),
    Run(
        "cloned, nonce of the name",
        Chances(clones=1),
        memory=1,
        nonce="name",
        processes=TWO_CLUSTERS,
        cluster_ids=("A", "A"),
    ),
    Run(
        "restored, nonce with refusals",
        Chances(orders=3, restores=1),
        memory=1,
        nonce="refusals",
        processes=TWO_CLUSTERS,
        cluster_ids=("A", "B"),
        expects=TWICE,
    ),
    Run(
        "cloned, nonce with refusals",
        Chances(clones=1, orders=3),
        memory=1,
        nonce="refusals",
        processes=TWO_CLUSTERS,
        cluster_ids=("A", "A"),
        expects=TWICE,
    ),
    Run(
        "a slow replica gives a claim back",
        Chances(creations=1, freezes=1),
        keys=2,
        gone=(0,),
        processes=(*REPLICAS, (0, 1)),
        expects=TWICE,
    ),
    Run("two resources, one deleted", Chances(deletions=1), keys=2, processes=TWO_RESOURCES, expects=TWICE),
)
"""The same, with more going on at once; minutes. Among them is more of what is not promised.

A claim alone does not make a name unique: it is given back while the purchase cannot be seen yet, or by a slow replica
that has read the resource as gone before it was created anew. The nonce, or the cloud's unique names, must hold.
"""

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
)
"""What the protocol does not promise, and the search must find. Where names are not unique, and the nonce is random or
counts more than the name, it buys twice. And a nonce is remembered from the arrival of the call, the window counts from
its intent: the next order of a call that arrived late is refused once, and waits for another window. What the status of
a resource remembers of an order that was removed is not modelled.
"""
