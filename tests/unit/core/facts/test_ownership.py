"""What a list says about one workspace does not depend on what else it shows, nor on how much."""

from dataclasses import replace

import pytest

from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance
from flink_workspace_operator.core.facts.ownership import (
    Adoptable,
    Foreign,
    Found,
    Ours,
    Ownership,
    classify,
)
from tests.builders import ID, OWNER, TARGET, a_listing, an_instance, an_order, token

OTHERS = tuple(
    an_instance(
        f"sc_other-{number}",
        owner=Owner("cluster-1", Key("team", f"other-{number}")),
        name=f"other-{number}",
    )
    for number in range(50)
)
ELSEWHERE = Owner("cluster-2", OWNER.key)
BY_ID = Adoption(policy="ByInstanceId", instance_id=ID)


def found(
    *instances: SeenInstance, adoption: Adoption | None = None, bound_id: str | None = None
) -> Found:
    """What is found among the others, with an order that came to nothing, as far as it knows."""
    ownership = Ownership(TARGET, OWNER, (an_order("Rejected"),), bound_id)
    listing = a_listing(*OTHERS[:25], *instances, *OTHERS[25:])
    return classify(listing, ownership, adoption or Adoption())


def test_ours_is_found_by_its_name() -> None:
    """With our marks, or with the token of our order alone."""
    assert found(an_instance()) == Ours(an_instance())
    by_token = an_instance(
        tags={key: value for key, value in OWNER.tags(token(1)).items() if "order" in key}
    )
    assert found(by_token) == Ours(by_token)


def test_what_is_bound_is_found_by_its_id() -> None:
    """Under whatever name, and without marks."""
    renamed = an_instance(name="other", order=None)
    assert found(renamed, bound_id=ID) == Ours(renamed)


def test_our_marks_are_found_on_another_name() -> None:
    """They stand in the way."""
    outcome = found(an_instance(name="other"))
    assert isinstance(outcome, Foreign)
    assert outcome.reason == "NameMismatch"


def test_what_is_to_be_adopted_is_found_by_its_id() -> None:
    """Also where its name is not the one that the resource wants, which is told."""
    strange = an_instance(order=None, owner=ELSEWHERE)
    assert found(strange, adoption=BY_ID) == Adoptable(strange)
    outcome = found(replace(strange, name="other"), adoption=BY_ID)
    assert isinstance(outcome, Foreign)
    assert "'other'" in outcome.message


@pytest.mark.parametrize("policy", ["Never", "IfNameMatches"])
def test_others_are_not_found(policy: str) -> None:
    """However many there are."""
    assert found(adoption=Adoption.model_validate({"policy": policy})) == Absent()


def test_a_stranger_of_our_name_is_found() -> None:
    """Whoever marked it."""
    outcome = found(an_instance(owner=ELSEWHERE, tags=ELSEWHERE.tags(token(9))))
    assert isinstance(outcome, Foreign)
    assert outcome.reason == "OwnedElsewhere"


def test_an_instance_is_found_once() -> None:
    """By its id and by its name; and words that it does not have find nothing."""
    listing = a_listing(*OTHERS, an_instance())
    assert listing.concerning(ID, "demo", OWNER.workspace_tag, None) == (an_instance(),)
    assert listing.concerning("", None, "nobody") == ()
