"""While the operator runs, its keys can become those of another account: nothing is mixed up or
bought there."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import CredentialModel

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused
from flink_workspace_operator.core.facts.observed import NotBought
from flink_workspace_operator.settings import Settings
from tests.contract.clients import OWNER, TOKEN, parameters, purchase, static_keys, target
from tests.emulator_fixture import EmulatedAccount, grant_role, open_account

MINUTE = timedelta(minutes=1)


class ChangingKeys:
    """A client of the credentials SDK whose chain finds another key from one call to the next."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def get_credential_async(self) -> CredentialModel:
        return await self.client.get_credential_async()


class Change:
    """A port on one account that has bought something, and whose keys then are those of another."""

    def __init__(self, before: EmulatedAccount, after: EmulatedAccount) -> None:
        self.before, self.after = before, after
        self._keys = ChangingKeys(_keys_of(before))
        self.cloud = AlibabaCloud(Settings(endpoint=before.url), self._keys)

    def happen(self) -> None:
        self._keys.client = _keys_of(self.after)


@pytest.fixture
async def change(account: EmulatedAccount, emulator: str) -> AsyncIterator[Change]:
    after = open_account(emulator)
    for each in (account, after):
        grant_role(each)
    account.control.state({"workspaces": [{"name": "of-the-first"}]})
    change = Change(account, after)
    yield change
    await change.cloud.close()
    after.control.reset()


async def test_a_new_key_of_another_account_is_noticed(change: Change) -> None:
    """`identify` tells the account of the key in use now."""
    assert (await change.cloud.identify()).account_id == change.before.id
    change.happen()
    assert (await change.cloud.identify()).account_id == change.after.id


async def test_what_was_seen_in_one_account_is_not_shown_for_another(change: Change) -> None:
    """A shared look at a region is one account's, however young it is."""
    seen = await change.cloud.list_instances(change.before.region, MINUTE)
    assert [instance.name for instance in seen.instances] == ["of-the-first"]
    change.happen()
    assert (await change.cloud.list_instances(change.before.region, MINUTE)).instances == ()


async def test_absence_in_another_account_is_no_absence(change: Change) -> None:
    """A look-up or quote for one account is never answered from another."""
    change.happen()
    for question in (
        change.cloud.look_up(target(change.before), tuple(OWNER.tags(TOKEN).items())),
        change.cloud.quote(target(change.before), parameters(change.before)),
    ):
        with pytest.raises(CredentialsRefused) as refused:
            await question
        assert refused.value.code == "AccountChanged"


async def test_nothing_is_bought_in_another_account(change: Change) -> None:
    """A purchase for one account is not even sent with the key of another, and the answer says
    so."""
    change.happen()
    answer = await change.cloud.place(purchase(change.before))
    assert isinstance(answer, NotBought)
    assert (answer.failure.code, answer.failure.fate) == ("AccountChanged", "NothingSent")
    assert change.after.control.calls("foasconsole.CreateInstance") == []


def _keys_of(account: EmulatedAccount) -> Client:
    return static_keys(account.access_key_id, account.access_key_secret)
