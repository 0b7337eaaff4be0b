"""What only this process can know (design, section 5): it may send what it announced, once."""

from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.snapshot import Answered, Intent, Remembered
from flink_workspace_operator.memory import Memory
from tests.builders import ID, KEY, MARK, NOW, an_order

PLACING = an_order("Placing", 2)
INTENT = Intent("order-uid-2", MARK, 3)


def test_a_new_process_remembers_nothing() -> None:
    """So an order in Placing reads as one that may have been sent."""
    assert Memory().of(KEY) == Remembered()


def test_an_intent_is_remembered_by_its_mark() -> None:
    """Whatever became of the answer to the write."""
    memory = Memory()
    memory.remember_intent(KEY, INTENT)
    assert memory.of(KEY).intent == INTENT


def test_an_intent_is_forgotten_with_its_own_order_only() -> None:
    """A move of another order leaves it: else what was never sent would count as sent, and be
    waited for."""
    memory = Memory()
    memory.remember_intent(KEY, INTENT)
    memory.forget_intent(KEY, an_order("NotPlaced", 1))
    assert memory.of(KEY).intent is not None
    memory.forget_intent(KEY, PLACING)
    assert memory.of(KEY).intent is None


def test_an_answer_is_remembered_until_it_is_recorded() -> None:
    """Whatever else is forgotten meanwhile."""
    memory = Memory()
    answered = Answered(PLACING.metadata.uid, MARK, Bought(ID, None, None), NOW)
    memory.remember_answer(KEY, answered)
    memory.forget_intent(KEY, PLACING)
    memory.note_missing(KEY, None)
    assert memory.of(KEY).answers == (answered,)
    memory.forget_answer(KEY, PLACING)
    assert memory.of(KEY) == Remembered()


def test_a_rest_is_remembered_until_it_ends() -> None:
    """By what was reported; a resource that changed since does not rest."""
    memory = Memory()
    for rests_as in ("hash", "another", ""):
        memory.note_rest(KEY, rests_as)
        assert memory.of(KEY).rests_as == rests_as


def test_a_restless_key_is_judged_by_passes_until_one_ends_well() -> None:
    """No list may stand in for them meanwhile."""
    memory = Memory()
    for restless in (True, False):
        memory.note_restless(KEY, restless)
        assert memory.is_restless(KEY) is restless
