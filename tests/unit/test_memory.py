"""What only this process can know (design, section 5): it may send what it announced, once."""

from flink_workspace_operator.core.observed import Bought
from flink_workspace_operator.core.seen import Intent, Remembered
from flink_workspace_operator.memory import Memory
from tests.builders import ID, KEY, an_order

PLACING = an_order("Placing", 2)


def test_a_new_process_remembers_nothing() -> None:
    """So an order in Placing reads as one that may have been sent."""
    assert Memory().of(KEY) == Remembered()


def test_an_intent_is_remembered_with_the_order_as_it_was_written() -> None:
    """Any later write to the order shows."""
    memory = Memory()
    memory.remember_intent(KEY, PLACING, generation=3)
    assert memory.of(KEY).intent == Intent("order-uid-2", "7", 3)


def test_an_intent_is_forgotten_with_its_own_order_only() -> None:
    """A move of another order leaves it: else what was never sent would count as sent, and be waited for."""
    memory = Memory()
    memory.remember_intent(KEY, PLACING, generation=3)
    memory.forget_intent(KEY, an_order("NotPlaced", 1))
    assert memory.of(KEY).intent is not None
    memory.forget_intent(KEY, PLACING)
    assert memory.of(KEY).intent is None


def test_an_answer_is_remembered_until_it_is_recorded() -> None:
    """Whatever else is forgotten meanwhile."""
    memory = Memory()
    memory.remember_answer(KEY, PLACING, Bought(ID, None, None))
    memory.forget_intent(KEY, PLACING)
    memory.note_missing(KEY, None)
    assert memory.of(KEY).answers == (("order-uid-2", Bought(ID, None, None)),)
    memory.forget_answer(KEY, PLACING)
    assert memory.of(KEY) == Remembered()
