"""What is paid for and looked after by nobody is told, and so is a name that two instances have."""

from flink_workspace_operator.core.facts.identity import Key, Owner, WantedName
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.orphans import find_orphans
from tests.builders import OWNER, REGION, a_listing, a_workspace, an_instance

CLUSTER = OWNER.cluster_id
WANTED = WantedName(OWNER.key, REGION, a_workspace().workspace_name)


def kinds(*instances: SeenInstance, wanted: bool = True) -> list[tuple[str, tuple[str, ...], str | None]]:
    """What is found, with the resource team/demo there or not."""
    names = (WANTED,) if wanted else ()
    found = find_orphans({REGION: a_listing(*instances)}, names, CLUSTER)
    return [(each.kind, each.instance_ids, each.owner) for each in found]


def test_what_a_resource_wants_is_no_orphan() -> None:
    """By mark, region and name."""
    assert kinds(an_instance()) == []


def test_our_mark_without_a_resource_is_an_orphan() -> None:
    """A resource that was deleted keeps its workspace: somebody pays for it."""
    assert kinds(an_instance(), wanted=False) == [("Orphan", ("sc_flink-1",), "team/demo")]


def test_a_resource_that_wants_another_name_does_not_want_it() -> None:
    """The mark alone binds nothing."""
    assert kinds(an_instance(name="former")) == [("Orphan", ("sc_flink-1",), "team/demo")]


def test_other_clusters_and_unmarked_instances_are_none_of_our_business() -> None:
    """Somebody else looks after them."""
    theirs = an_instance(tags=Owner("cluster-2", Key("a", "b")).tags("x"))
    assert kinds(theirs, an_instance("sc_flink-2", order=None, name="by-hand"), wanted=False) == []


def test_a_name_that_two_have_is_told_whoever_owns_them() -> None:
    """One of them may have been bought twice."""
    theirs = an_instance("sc_flink-2", tags=Owner("cluster-2", Key("a", "b")).tags("x"))
    assert kinds(theirs, an_instance()) == [("DuplicateName", ("sc_flink-1", "sc_flink-2"), None)]


def test_only_what_is_marked_for_a_listed_namespace_is_told() -> None:
    """Another operator of the same cluster may look after the others; a hash names no namespace."""
    hashed = an_instance("sc_flink-2", name="other", tags=Owner(CLUSTER, Key("other", "x" * 60)).tags("x"))
    listings = {REGION: a_listing(an_instance(), hashed)}
    by_namespace = {each: find_orphans(listings, (), CLUSTER, (each,)) for each in ("team", "other")}
    assert [orphan.owner for orphan in by_namespace["team"]] == ["team/demo"]
    assert by_namespace["other"] == ()
    assert len(find_orphans(listings, (), CLUSTER)) == 2
