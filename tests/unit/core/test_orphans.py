"""What is paid for and looked after by nobody is told, and so is a name that two instances have."""

from flink_workspace_operator.core.facts.identity import Key, Owner, WantedName
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.orphans import Listings, Orphan, Purchase, find_orphans
from tests.builders import ACCOUNT, ID, OWNER, REGION, a_listing, a_workspace, an_instance

CLUSTER = OWNER.cluster_id
WANTED = WantedName(OWNER.key, REGION, a_workspace().workspace_name)
PLACE = (ACCOUNT, REGION)
ORDER = Key(OWNER.key.namespace, "demo-1")
BOUGHT = Purchase(ORDER, OWNER.key, ACCOUNT, REGION, "demo", ID, price="CNY 1200.00 for 1 month")


def kinds(
    *instances: SeenInstance, wanted: bool = True
) -> list[tuple[str, tuple[str, ...], str | None]]:
    """What is found, with the resource team/demo there or not."""
    names = (WANTED,) if wanted else ()
    found = find_orphans({PLACE: a_listing(*instances)}, (), names, CLUSTER)
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
    hashed = an_instance(
        "sc_flink-2", name="other", tags=Owner(CLUSTER, Key("other", "x" * 60)).tags("x")
    )
    listings = {PLACE: a_listing(an_instance(), hashed)}
    by_namespace = {
        each: find_orphans(listings, (), (), CLUSTER, (each,)) for each in ("team", "other")
    }
    assert [orphan.owner for orphan in by_namespace["team"]] == ["team/demo"]
    assert by_namespace["other"] == ()
    assert len(find_orphans(listings, (), (), CLUSTER)) == 2


def of_ledger(listings: Listings, *wanted: WantedName) -> list[Orphan]:
    """What is found with one order that bought."""
    return list(find_orphans(listings, (BOUGHT,), wanted, CLUSTER))


def test_the_ledger_says_what_an_orphan_cost() -> None:
    """And which order bought it."""
    [found] = of_ledger({PLACE: a_listing(an_instance())})
    assert str(found) == (
        f"{ID} ('demo' in {REGION} of account {ACCOUNT}) is paid for (order team/demo-1, CNY 1200.00 for 1 month)"
        " and no FlinkWorkspace team/demo manages it"
    )


def test_a_purchase_without_a_resource_is_reported_without_a_list() -> None:
    """Nobody has the keys of its account any more. A list that lacks it proves that it was
    released."""
    [found] = of_ledger({})
    assert (found.kind, found.instance_ids, found.is_listed) == ("Orphan", (ID,), False)
    assert str(found).endswith("; nobody can ask whether it is still there")
    assert found.advice.endswith("once it is released, delete order team/demo-1")
    assert of_ledger({(ACCOUNT, "cn-shanghai"): a_listing()}) == [found]
    assert of_ledger({PLACE: a_listing()}) == []
    assert of_ledger({}, WANTED) == []
    assert of_ledger({PLACE: a_listing(an_instance())}) == [found], "the same one, whoever saw it"


def test_what_another_resource_adopted_is_no_orphan() -> None:
    """Its status shows the instance."""
    assert of_ledger({}, WantedName(Key("team", "heir"), REGION, "demo", instance_id=ID)) == []


def test_without_any_mark_the_ledger_says_whose_it_is() -> None:
    """Somebody took the tags off. Another cluster's tags say that it was moved there."""
    [found] = of_ledger({PLACE: a_listing(an_instance(order=None))})
    assert (found.owner, found.is_listed) == ("team/demo", True)
    moved = an_instance(tags=Owner("cluster-2", Key("a", "b")).tags("x"))
    assert of_ledger({PLACE: a_listing(moved)}) == []


def test_the_ledger_of_other_namespaces_is_left_out() -> None:
    """Another operator of the same cluster may look after them."""
    assert find_orphans({}, (BOUGHT,), (), CLUSTER, ("other",)) == ()
    assert len(find_orphans({}, (BOUGHT,), (), CLUSTER, ("team",))) == 1
