"""A crash at every call, and every call lost: whatever the story, it ends as it would have ended
without.

The calls are found, not listed: each stop of each pass is one. A crash comes before the call took
effect or after it; then a fresh process goes on. A lost call never arrives, or its answer is lost,
and the same process goes on.

In short, each call of all stories is struck once in each situation: what is ordered and bought. In
the proof, each time that it is made."""

from collections.abc import Callable, Iterable

import pytest

from tests.simulation.races_of_approvals import STORIES_OF_APPROVALS
from tests.simulation.races_of_prices import STORIES_OF_PRICES
from tests.simulation.scheduler import Budget, Exploration
from tests.simulation.stories import STORIES, Story
from tests.simulation.stories_of_copies import STORIES_OF_COPIES
from tests.simulation.stories_of_lists import STORIES_OF_LISTS
from tests.simulation.stories_with_a_secret import STORIES_WITH_A_SECRET

pytestmark = pytest.mark.usefixtures("quiet")
ALL = (
    *STORIES,
    *STORIES_WITH_A_SECRET,
    *STORIES_OF_COPIES,
    *STORIES_OF_LISTS,
    *STORIES_OF_PRICES,
    *STORIES_OF_APPROVALS,
)
EACH_STORY = pytest.mark.parametrize("story", ALL, ids=lambda story: story.name.replace(" ", "-"))
QUICK = frozenset({"straight", "deleted and created again", "handed over"})
LONG = frozenset({"straight", "answer lost", "deleted while uncertain"})
Record = Callable[[str, object], None]


def explored(story: Story, budget: Budget) -> Exploration:
    """All runs of a story within a budget. Raises where one of them ends badly."""
    exploration = Exploration(story.begin(), story.end)
    exploration.explore(budget, story.acts)
    return exploration


def struck_once(stories: Iterable[Story], budget: Budget) -> int:
    """Let things go wrong at each call of the stories once in each situation; how many runs ended
    well."""
    tried: set[tuple[object, ...]] = set()
    runs = 0
    for story in stories:
        exploration = Exploration(
            story.begin(), story.end, path=[story.name], brief=True, tried=tried
        )
        exploration.explore(budget, story.acts)
        runs += exploration.runs - 1
    assert runs == 2 * len(tried)
    return runs


@EACH_STORY
def test_every_story_ends_well(story: Story) -> None:
    """Undisturbed, in one way."""
    assert explored(story, Budget()).runs == 1


def test_crash_at_each_call(record_property: Record) -> None:
    """Killed before or after any call of any story, a fresh process brings it to the same end."""
    crashes = struck_once(ALL, Budget(crashes=1))
    record_property("points", ["all, in short", crashes // 2, crashes, crashes])


def test_each_call_lost(record_property: Record) -> None:
    """A call that never arrives, or whose answer is lost, changes nothing about the end."""
    lost = struck_once((story for story in STORIES if story.name in QUICK), Budget(losses=1))
    record_property("points", ["lost, in short", lost // 2, lost, lost])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@EACH_STORY
def test_crash_at_every_call(story: Story, record_property: Record) -> None:
    """As above, each time that a call is made."""
    undisturbed = explored(story, Budget())
    crashes = explored(story, Budget(crashes=1)).runs - 1
    assert crashes == 2 * undisturbed.calls
    record_property("points", [story.name, undisturbed.calls, crashes, crashes])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@EACH_STORY
def test_two_crashes(story: Story, record_property: Record) -> None:
    """Killed at any call, and the fresh process killed again at any call of its own."""
    calls, crashes = explored(story, Budget()).calls, explored(story, Budget(crashes=2)).runs - 1
    assert crashes > 2 * calls
    record_property("points", [f"{story.name}, twice", calls, crashes, crashes])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@EACH_STORY
def test_every_call_lost_in_every_story(story: Story, record_property: Record) -> None:
    """As above, for all stories."""
    calls, lost = explored(story, Budget()).calls, explored(story, Budget(losses=1)).runs - 1
    assert lost == 2 * calls
    record_property("points", [f"{story.name}, lost", calls, lost, lost])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.name in LONG], ids=lambda story: story.name
)
def test_crash_and_lost_call(story: Story, record_property: Record) -> None:
    """A crash at any call before or after any lost call."""
    calls, both = (
        explored(story, Budget()).calls,
        explored(story, Budget(crashes=1, losses=1)).runs - 1,
    )
    assert both > 4 * calls
    record_property("points", [f"{story.name}, crash and loss", calls, both, both])
