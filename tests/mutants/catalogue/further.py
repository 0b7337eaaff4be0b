"""Safeguards of whatever is paid for beside the first purchase, and of states in which an order
ends."""

from typing import Final

from tests.mutants.catalogue.files import FURTHER_ACTION, PRICE, STATES_TO_COME
from tests.mutants.mutant import Mutant

BESIDE_THE_PURCHASE: Final = (
    Mutant(
        name="no order by itself after the last word",
        fact="after an order that a person declined, the next one waits for a change or a request",
        file="core/checks/retry.py",
        old="if last is None or last.facts.next_follows or last.spec.block != block:",
        new="if True:",
        tests=(STATES_TO_COME,),
    ),
    Mutant(
        name="a request waits for its order",
        fact="a request is handled only by a pass that could open the order",
        file="core/reporting/report.py",
        old=" or not order.facts.next_follows",
        new="",
        tests=(STATES_TO_COME,),
    ),
    Mutant(
        name="price of this very block",
        fact="an order is written with the price of what it pays for, and not with that of something else",
        file="core/checks/price.py",
        old="return case.seen.cloud.quote if asked == block else Unknown()",
        new="return case.seen.cloud.quote",
        tests=(PRICE,),
    ),
    Mutant(
        name="given up is given up",
        fact="an instance that a person gave up is not bound by another order that paid for it",
        file="core/facts/snapshot.py",
        old=" if instance_id not in _given_up(orders)]",
        new="]",
        tests=(f"{FURTHER_ACTION}::test_every_story_ends_well[lost-and-replaced]",),
    ),
    Mutant(
        name="back-off by action",
        fact="refusals of one action do not slow another",
        file="core/checks/backoff.py",
        old="each for each in reversed(case.orders) if each.spec.action == action and each.facts.was_sent",
        new="each for each in reversed(case.orders) if each.facts.was_sent",
        tests=(f"{FURTHER_ACTION}::test_a_purchase_is_not_slowed_by_refusals_of_another_action",),
    ),
    Mutant(
        name="the tag of the purchase",
        fact="an instance is tagged with the order that made it, and with no later one",
        file="core/checks/drift.py",
        old="made = [order for order in case.orders if order.spec.makes_instance]",
        new="made = list(case.orders)",
        tests=(f"{FURTHER_ACTION}::test_every_story_ends_well[tags-taken-away]",),
    ),
)
