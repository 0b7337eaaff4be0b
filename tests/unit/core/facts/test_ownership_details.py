"""Whose an instance is where name, id and tags do not agree."""

from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance
from flink_workspace_operator.core.facts.ownership import Foreign, Found, Ownership, classify
from tests.builders import ID, NOW, OWNER, TARGET, a_listing, an_instance, minutes
from tests.unit.core.growing import a_growth

ELSEWHERE = Owner("cluster-2", OWNER.key).tags("x" * 32)
NEIGHBOUR = Owner("cluster-1", Key("team", "other"))


def found(instance: SeenInstance, ownership: Ownership) -> Found:
    """What a list with this instance alone says."""
    return classify(a_listing(instance), ownership)


def test_a_bound_instance_that_another_cluster_took_over_blocks_under_any_name() -> None:
    """It is not absent: nothing is bought in its place."""
    taken = an_instance(name="renamed", tags=ELSEWHERE)
    stranger = found(taken, Ownership(TARGET, OWNER, bound_id=ID))
    assert isinstance(stranger, Foreign)
    assert stranger.reason == "OwnedElsewhere"


def test_an_instance_of_another_name_of_the_same_resource_elsewhere_blocks_nothing() -> None:
    """Another cluster has a resource of this namespace and name, too."""
    assert isinstance(
        found(an_instance(name="renamed", tags=ELSEWHERE), Ownership(TARGET, OWNER)), Absent
    )


def test_whose_an_instance_is_stands_in_the_message_where_its_tags_say_it() -> None:
    """Else only that it is not this resource's."""
    for tags, said in (
        (NEIGHBOUR.tags("x" * 32), f"belongs to {NEIGHBOUR.workspace_tag}"),
        ({}, "is not this"),
    ):
        stranger = found(an_instance(tags=tags), Ownership(TARGET, OWNER))
        assert isinstance(stranger, Foreign)
        assert said in stranger.message


def test_an_order_that_makes_no_instance_did_not_buy_a_namesake() -> None:
    """It changes one that is there."""
    growth = a_growth("Uncertain", intent=NOW - minutes(1))
    bare = an_instance(order=None, create_time=NOW)
    assert isinstance(found(bare, Ownership(TARGET, OWNER, (growth,))), Foreign)


def test_instances_of_one_name_are_told_apart_by_their_state() -> None:
    """Where the list says none, so."""
    two = (an_instance("sc-1", cluster_status="RUNNING"), an_instance("sc-2", cluster_status=""))
    found_ = classify(a_listing(*two), Ownership(TARGET, OWNER))
    assert isinstance(found_, Foreign)
    assert "UTC, RUNNING)" in found_.message
    assert "UTC, no state)" in found_.message
