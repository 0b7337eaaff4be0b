"""Finding what exists: complete, fresh, shared, and in more than one way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import CloudFailure, ListChanged, ServerError
from tests.contract.clients import NAME, OWNER, TOKEN, open_cloud, target
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience

DESCRIBE = "foasconsole.DescribeInstances"
TAGS = tuple(OWNER.tags(TOKEN).items())
FRESH = timedelta(0)


def seed(account: EmulatedAccount, count: int) -> None:
    """Workspaces bought by hand."""
    account.control.state(
        {"workspaces": [{"name": f"by-hand-{number}"} for number in range(count)]}
    )


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
async def test_every_page_is_read(
    cloud: AlibabaCloud, account: EmulatedAccount, count: int
) -> None:
    """Pages hold a hundred; none is left out and none is asked for in vain."""
    seed(account, count)
    listing = await cloud.list_instances(account.region, FRESH)
    assert {each.name for each in listing.instances} == {
        f"by-hand-{number}" for number in range(count)
    }
    assert len(account.control.calls(DESCRIBE)) == max(1, -(-count // 100))


class Purchases:
    """Something is bought after the first page of each look, for some looks."""

    def __init__(self, account: EmulatedAccount, looks: int) -> None:
        self._account, self._left = account, looks
        self.asked = 0

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        if call != DESCRIBE:
            return
        self.asked += 1
        if self.asked % 2 and self._left:
            self._left -= 1
            self._account.control.state({"workspaces": [{"name": f"meanwhile-{self._left}"}]})


async def test_a_look_outlasts_purchases_that_go_on(account: EmulatedAccount) -> None:
    """It begins anew at once, three times, and then shows what was bought meanwhile."""
    seed(account, 101)
    purchases = Purchases(account, looks=3)
    cloud = open_cloud(account, purchases)
    listing = await cloud.list_instances(account.region, FRESH)
    assert {f"meanwhile-{number}" for number in range(3)} < {
        each.name for each in listing.instances
    }
    assert (len(listing.instances), purchases.asked) == (104, 8)


async def test_a_look_that_never_comes_to_rest_is_no_look(account: EmulatedAccount) -> None:
    """And says why."""
    seed(account, 101)
    purchases = Purchases(account, looks=4)
    cloud = open_cloud(account, purchases)
    with pytest.raises(ListChanged):
        await cloud.list_instances(account.region, FRESH)
    assert purchases.asked == 8


async def test_the_date_is_by_the_clouds_clock(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Not by ours."""
    account.control.advance(3600)
    date = (await cloud.list_instances(account.region, FRESH)).date
    assert timedelta(minutes=55) < date - datetime.now(UTC) < timedelta(minutes=65)


async def test_all_who_ask_at_once_share_a_look(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Fifty workspaces of a region cost one look, or two where one was under way already."""
    account.control.faults([{"fault": "delay", "ms": 100}])
    listings = await asyncio.gather(
        *(cloud.list_instances(account.region, FRESH) for _ in range(50))
    )
    assert len({id(listing) for listing in listings}) <= 2
    assert len(account.control.calls(DESCRIBE)) <= 2


async def test_a_young_look_is_used_again_and_an_old_one_is_not(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Whoever asks says how old it may be."""
    first = await cloud.list_instances(account.region, FRESH)
    assert await cloud.list_instances(account.region, timedelta(minutes=1)) is first
    assert await cloud.list_instances(account.region, FRESH) is not first


async def test_a_failed_look_is_not_kept(cloud: AlibabaCloud, account: EmulatedAccount) -> None:
    """The next one who asks gets a new try."""
    account.control.faults([{"fault": "server-error", "times": 1}])
    with pytest.raises(ServerError):
        await cloud.list_instances(account.region, FRESH)
    await cloud.list_instances(account.region, timedelta(minutes=1))


async def test_a_lookup_begins_after_it_was_asked_for(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """A look that is under way does not count, however young: it may have passed what was bought
    meanwhile."""
    account.control.faults(
        [{"action": "DescribeInstances", "fault": "delay", "ms": 300, "times": 1}]
    )
    under_way = asyncio.create_task(cloud.list_instances(account.region, FRESH))
    async with asyncio.timeout(patience(10)):
        while account.control.struck() == [0]:  # noqa: ASYNC110 - the emulator is asked, it sends no event
            await asyncio.sleep(0.01)
    await cloud.look_up(target(account), TAGS)
    assert under_way.done()
    assert len([call for call in account.control.calls(DESCRIBE) if _is_for_all(call)]) == 2


async def test_a_lookup_asks_by_each_tag_and_by_name(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """And for everything."""
    await cloud.look_up(target(account), TAGS)
    asked = [call["parameters"] for call in account.control.calls(DESCRIBE)]
    assert sum("Tags" in each for each in asked) == len(TAGS)
    assert [each["InstanceName"] for each in asked if "InstanceName" in each] == [NAME]
    assert len([call for call in account.control.calls(DESCRIBE) if _is_for_all(call)]) == 1


@pytest.mark.parametrize("hidden", ["visibilityDelaySeconds", "tagVisibilityDelaySeconds"])
async def test_an_instance_is_found_by_whichever_way_shows_it_first(
    cloud: AlibabaCloud, account: EmulatedAccount, hidden: str
) -> None:
    """A tag may show it before the list does, and the other way round; it is there once."""
    shown = {"visibilityDelaySeconds": 0, "tagVisibilityDelaySeconds": 0, hidden: 3600}
    account.control.settings(**shown)
    created = datetime.now(UTC).isoformat()
    account.control.state(
        {"workspaces": [{"name": NAME, "tags": OWNER.tags(TOKEN), "createdAt": created}]}
    )
    found = await cloud.look_up(target(account), TAGS)
    assert [dict(each.tags) for each in found.instances] == [OWNER.tags(TOKEN)]


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
async def test_a_lookup_with_one_failed_part_is_no_lookup(
    cloud: AlibabaCloud, account: EmulatedAccount, after: int
) -> None:
    """Absence is known only when every way has been gone."""
    account.control.faults(
        [{"action": "DescribeInstances", "fault": "server-error", "after": after, "times": 1}]
    )
    with pytest.raises(ServerError):
        await cloud.look_up(target(account), TAGS)


def _is_for_all(call: dict[str, Any]) -> bool:
    return not call["parameters"].keys() & {"Tags", "InstanceName"}
