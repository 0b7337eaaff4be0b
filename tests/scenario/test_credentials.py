"""Several accounts in one cluster: who pays is who the resource names, and nobody else.

All passes are made with the rights that deploy/base gives the operator, and those on Secrets that a
namespace gives it. The keys in the Secret are of the account `payer`; the operator itself is of
another one."""

import base64
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from flink_local.failures import LocalFailure
from flink_workspace_operator.api.names import ABANDON_ORDER, ORDERS, WORKSPACES
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.orphans import Orphan
from flink_workspace_operator.settings import Settings
from flink_workspace_operator.survey import survey
from tests.emulator_fixture import EmulatedAccount, grant_role, open_account
from tests.objects import OPERATOR, RBAC
from tests.scenario.manifests import Manifest, pay_as_you_go
from tests.scenario.world import PATIENT_GATEWAY, World, conditions, has_reason, is_ready

SECRET = "alicloud"
NAMES = (SECRET, "other", "not-there-yet")
HELD = "flink.alicloud.dev/w"
LOST_AND_BOUGHT = {
    "service": "foasconsole",
    "action": "CreateInstance",
    "fault": "drop-after-commit",
    "times": 1,
}
GRACE_SECONDS = 0.001
"""A missing prerequisite counts as on its way for no longer than a pass takes."""


@pytest.fixture
def payer(emulator: str) -> Iterator[EmulatedAccount]:
    """The account whose keys are in the Secret."""
    opened = open_account(emulator)
    opened.control.settings(provisioningSeconds=5, nonceMemorySeconds=120, **PATIENT_GATEWAY)
    yield opened
    opened.control.reset()


@pytest.fixture
async def world(limited: World, payer: EmulatedAccount) -> AsyncIterator[World]:
    """In a namespace that lets the operator read the Secrets that these tests name, and no
    others."""
    limited.settings = limited.settings.model_copy(
        update={"prerequisite_grace_seconds": GRACE_SECONDS}
    )
    limited.others = (payer,)
    limited.restart()
    let(limited)
    yield limited
    for each in secrets(limited):
        limited.objects.let_go(f"secrets/{each}")


def let(world: World) -> None:
    """Give the operator the rights on Secrets by their names, as docs/credentials.md says."""
    rule = {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": NAMES,
        "verbs": ["get", "patch"],
    }
    role = {
        "apiVersion": RBAC,
        "kind": "Role",
        "metadata": {"name": "credentials"},
        "rules": [rule],
    }
    world.objects.create(role)
    world.objects.bind("credentials", OPERATOR, kind="Role")


def secrets(world: World) -> list[str]:
    return [each["metadata"]["name"] for each in world.objects.list("secrets")]


def finalizers(world: World, name: str = SECRET) -> list[str]:
    held: list[str] = world.objects.get(f"secrets/{name}")["metadata"].get("finalizers", [])
    return held


async def keep_keys(
    world: World, account: EmulatedAccount, name: str = SECRET, **more: str
) -> None:
    """Write the account's keys into a Secret."""
    keys = {
        "accessKeyId": account.access_key_id,
        "accessKeySecret": account.access_key_secret,
        **more,
    }
    data = {each: base64.b64encode(value.encode()).decode() for each, value in keys.items()}
    await world.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}
    )


def delete_secret(world: World) -> None:
    world.objects.delete(f"secrets/{SECRET}")


def paid_by(name: str = SECRET) -> Manifest:
    return pay_as_you_go(credentials={"secretName": name})


def message(workspace: FlinkWorkspace) -> str:
    return conditions(workspace)["Ready"].message


async def until_order_is(world: World, state: str) -> None:
    """Pass after pass, but the clocks stand still."""
    for _ in range(30):
        if any(order.state == state for order in await world.orders("w")):
            return
        await world.one_pass("w")
    raise AssertionError(f"no order came to {state}: {await world.orders('w')}")


async def uncertain(world: World, payer: EmulatedAccount, fault: str = "drop-before") -> None:
    """An order of the payer's account whose answer was lost."""
    await keep_keys(world, payer)
    payer.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "fault": fault, "times": 1}]
    )
    await world.apply(paid_by())
    await until_order_is(world, "Uncertain")


async def test_whose_keys_are_named_pays(world: World, payer: EmulatedAccount) -> None:
    """Workspace, role and directories come to be in the payer's account; the operator's own is not
    touched."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    workspace = await world.settle("w")
    assert [each["name"] for each in payer.control.purchases()] == ["w"]
    assert workspace.status.account_id == payer.id
    [order] = await world.orders("w")
    assert order.spec.credentials == workspace.spec.credentials
    assert world.account.control.calls() == []


async def test_two_accounts_side_by_side(world: World, payer: EmulatedAccount) -> None:
    """The same name in two accounts is two workspaces: each is bought once, by whom it names."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    await world.apply(pay_as_you_go("own", workspaceName="w"))
    await world.settle("w")
    await world.settle("own")
    assert (len(payer.control.purchases()), len(world.account.control.purchases())) == (1, 1)


async def test_the_line_end_of_an_editor_is_no_part_of_the_key(
    world: World, payer: EmulatedAccount
) -> None:
    """`echo` leaves one, and with it no signature would be right."""
    await keep_keys(world, payer, accessKeySecret=payer.access_key_secret + "\n")
    await world.apply(paid_by())
    assert is_ready(await world.settle("w"))


async def test_missing_secret_is_waited_for(world: World, payer: EmulatedAccount) -> None:
    """At first it is on its way, then Stalled; nobody else pays meanwhile, and when it comes all
    goes on."""
    await world.apply(paid_by())
    await world.one_pass("w")
    first = conditions(await world.workspace("w"))
    assert (first["Ready"].status, first["Reconciling"].status) == ("Unknown", "True")
    stalled = await world.settle("w", until=has_reason("SecretMissing"))
    stalled = await world.settle(
        "w", until=lambda told: conditions(told)["Stalled"].status == "True"
    )
    assert "create it, with the keys accessKeyId and accessKeySecret" in message(stalled)
    assert (await world.orders("w"), world.account.control.calls()) == ((), [])
    await keep_keys(world, payer)
    assert is_ready(await world.settle("w"))


@pytest.mark.parametrize("content", [" \n", "two\nlines"], ids=["empty", "two lines"])
@pytest.mark.parametrize("lacking", ["accessKeyId", "accessKeySecret"])
async def test_half_a_key_is_none(
    world: World, payer: EmulatedAccount, lacking: str, content: str
) -> None:
    """It is told which keys it must have."""
    await keep_keys(world, payer, **{lacking: content})
    await world.apply(paid_by())
    stalled = await world.settle("w", until=has_reason("SecretIncomplete"))
    assert "put accessKeyId and accessKeySecret into it" in message(stalled)
    assert f"{lacking} is empty, or not a single line of plain text" in message(stalled)
    assert payer.control.calls() == []


async def test_a_misspelt_key_is_named(world: World, payer: EmulatedAccount) -> None:
    """Only its name: its value may be a secret."""
    data = {"accessKeyid": payer.access_key_id, "accessKeySecret": payer.access_key_secret}
    await world.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET}, "stringData": data}
    )
    await world.apply(paid_by())
    stalled = await world.settle("w", until=has_reason("SecretIncomplete"))
    assert "it has accessKeyid, did you mean accessKeyId?" in message(stalled)
    assert not {value for value in data.values() if value in message(stalled)}


async def test_right_must_be_given(limited: World, payer: EmulatedAccount) -> None:
    """By default the operator may read no Secret: a person is asked for the right, and nothing is
    bought before."""
    limited.others = (payer,)
    await keep_keys(limited, payer)
    await limited.apply(paid_by())
    suspended = await limited.settle("w", until=has_reason("SecretRefused"))
    assert conditions(suspended)["Suspended"].status == "True"
    assert f"kubectl create role flink-workspace-operator-secret-{SECRET} -n " in message(suspended)
    let(limited)
    assert is_ready(await limited.settle("w"))


async def test_the_right_to_one_secret_opens_no_other(world: World, payer: EmulatedAccount) -> None:
    """A resource that names another one waits for a person, and nothing is bought."""
    await keep_keys(world, payer, "unnamed")
    await world.apply(paid_by("unnamed"))
    await world.settle("w", until=has_reason("SecretRefused"))
    assert payer.control.calls() == []


async def test_namespace_that_may_not_use_the_operators_identity(world: World) -> None:
    """It must name a Secret; nothing is asked in the operator's name."""
    use(world, identity_namespaces=None)
    await world.apply(pay_as_you_go())
    stalled = await world.settle("w", until=has_reason("IdentityNotAllowed"))
    assert conditions(stalled)["Stalled"].status == "True"
    assert "name a Secret with keys in spec.credentials.secretName" in message(stalled)
    assert "FLINK_OPERATOR_IDENTITY_NAMESPACES" in message(stalled)
    assert world.account.control.calls() == []
    use(world, identity_namespaces=("others", world.namespace))
    assert is_ready(await world.settle("w"))


async def test_what_the_operator_bought_is_looked_after_everywhere(world: World) -> None:
    """Also where the namespace is on the list no more: before the call nothing is sent, after it
    nothing is lost."""
    await world.apply(pay_as_you_go())
    await until_order_is(world, "Quoted")
    use(world, identity_namespaces=())
    await world.settle("w", until=has_reason("IdentityNotAllowed"))
    use(world, identity_namespaces=(world.namespace,))
    world.account.control.faults([LOST_AND_BOUGHT])
    await until_order_is(world, "Uncertain")
    use(world, identity_namespaces=())
    assert is_ready(await world.settle("w"))
    assert len(world.account.control.purchases()) == 1
    use(world, identity_namespaces=(), account_id=world.account.id)
    await world.one_pass("w")
    told = conditions(await world.workspace("w"))
    assert (told["Ready"].status, told["CloudReachable"].status) == ("True", "True")


async def test_operator_of_another_account_than_the_setting_names(
    world: World, payer: EmulatedAccount
) -> None:
    """It buys nothing, and says both; what it bought before goes on; a Secret's keys are not
    meant."""
    await world.apply(pay_as_you_go("before"))
    await world.settle("before")
    use(world, account_id=payer.id)
    await world.apply(pay_as_you_go())
    suspended = await world.settle("w", until=has_reason("AccountNotAllowed"))
    assert conditions(suspended)["Suspended"].status == "True"
    assert (
        f"is of account {world.account.id}, and FLINK_OPERATOR_ACCOUNT_ID is {payer.id}"
        in message(suspended)
    )
    await world.one_pass("before")
    assert is_ready(await world.workspace("before"))
    assert (len(world.account.control.purchases()), await world.orders("w")) == (1, ())
    await keep_keys(world, payer)
    await world.apply(paid_by())
    assert is_ready(await world.settle("w"))
    assert len(payer.control.purchases()) == 1


def use(world: World, **settings: object) -> None:
    """The operator, started again with other settings."""
    world.settings = Settings.model_validate({**world.settings.model_dump(), **settings})
    world.restart()


async def test_secret_of_another_account_stops_everything(
    world: World, payer: EmulatedAccount
) -> None:
    """A workspace that exists is not looked for there, and no second one is bought."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    await world.settle("w")
    await keep_keys(world, world.account)
    stalled = await world.settle("w", until=has_reason("AccountChanged"))
    assert f"account {world.account.id}, this resource of {payer.id}" in message(stalled)
    for _ in range(3):
        await world.one_pass("w")
    assert world.account.control.purchases() == []
    await keep_keys(world, payer)
    assert is_ready(await world.settle("w"))
    assert len(payer.control.purchases()) == 1


async def test_secret_that_changes_between_order_and_call(
    world: World, payer: EmulatedAccount
) -> None:
    """Nothing was sent for the order; what is bought then is bought by whom the Secret names
    now."""
    grant_role(world.account)
    await keep_keys(world, payer)
    await world.apply(paid_by())
    await until_order_is(world, "Placing")
    await keep_keys(world, world.account)
    await world.settle("w")
    assert (len(payer.control.purchases()), len(world.account.control.purchases())) == (0, 1)
    assert [order.state for order in await world.orders("w")] == ["Superseded", "Fulfilled"]


async def test_another_secret_between_order_and_call(world: World, payer: EmulatedAccount) -> None:
    """The same, where the resource names another one."""
    grant_role(world.account)
    await keep_keys(world, payer)
    await keep_keys(world, world.account, "other")
    await world.apply(paid_by())
    await until_order_is(world, "Quoted")
    await world.apply(paid_by("other"))
    await world.settle("w")
    assert (len(payer.control.purchases()), len(world.account.control.purchases())) == (0, 1)
    assert (finalizers(world), finalizers(world, "other")) == ([], [])


async def test_secret_that_goes_between_intent_and_call(
    world: World, payer: EmulatedAccount
) -> None:
    """Nothing is sent in another name, though the operator's own identity could look."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    await until_order_is(world, "Placing")
    world.objects.let_go(f"secrets/{SECRET}")
    delete_secret(world)
    await world.settle("w", until=has_reason("SecretMissing"))
    assert payer.control.calls("foasconsole.CreateInstance") == []
    assert world.account.control.calls("foasconsole.CreateInstance") == []


async def test_secret_is_held_while_an_order_is_open(world: World, payer: EmulatedAccount) -> None:
    """Deleted meanwhile, it stays until it is known what was bought, and goes then."""
    await uncertain(world, payer, "drop-after-commit")
    assert finalizers(world) == [HELD]
    delete_secret(world)
    await world.settle("w", until=lambda _: SECRET not in secrets(world), stride=5)
    [order] = await world.orders("w")
    assert (order.state, len(payer.control.purchases())) == ("Placed", 1)
    await keep_keys(world, payer)
    assert is_ready(await world.settle("w"))


async def test_secret_is_not_held_afterwards(world: World, payer: EmulatedAccount) -> None:
    """A workspace that runs needs no Secret to be deleted: not even the right to read it."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    await world.settle("w")
    assert finalizers(world) == []
    world.objects.delete("rolebindings/credentials")
    delete_secret(world)
    await world.one_pass("w")
    told = conditions(await world.workspace("w"))
    assert (told["Ready"].status, told["CloudReachable"].status) == ("True", "Unknown")
    assert told["CloudReachable"].reason == "SecretRefused"
    world.objects.delete("flinkworkspaces/w")
    while await world.cluster.read_workspace(world.key("w")) is not None:
        await world.one_pass("w")
    assert len(payer.control.purchases()) == 1


async def test_deleted_while_uncertain_releases_the_secret(
    world: World, payer: EmulatedAccount
) -> None:
    """Also where the resource was let go before its order was settled."""
    await uncertain(world, payer)
    world.objects.annotate("flinkworkspaces/w", ABANDON_ORDER, "w-1")
    world.objects.delete("flinkworkspaces/w")
    for _ in range(60):
        payer.control.advance(await world.one_pass("w") or 0)
        if (await world.orders("w"))[0].settled and not finalizers(world):
            break
    [order] = await world.orders("w")
    assert (order.state, order.metadata.finalizers, finalizers(world)) == ("NotPlaced", (), [])


async def test_operator_of_the_same_account_stands_in(
    world: World, account: EmulatedAccount
) -> None:
    """The Secret is gone by force; what became of the order is found out all the same, and nothing
    new is bought."""
    await uncertain(world, account, "drop-after-commit")
    world.objects.let_go(f"secrets/{SECRET}")
    delete_secret(world)
    for _ in range(30):
        account.control.advance(await world.one_pass("w") or 0)
        if (await world.orders("w"))[0].settled:
            break
    [order] = await world.orders("w")
    assert (order.state, len(account.control.purchases())) == ("Placed", 1)


async def test_nobody_of_another_account_stands_in(world: World, payer: EmulatedAccount) -> None:
    """The order waits, and it and the resource say for what; when the Secret is back, all goes
    on."""
    await uncertain(world, payer)
    world.objects.let_go(f"secrets/{SECRET}")
    delete_secret(world)
    told = await world.settle("w", until=has_reason("SecretMissing"))
    assert conditions(told)["Suspended"].status == "True"
    payer.control.advance(3600)
    await world.one_pass("w")
    [order] = await world.orders("w")
    assert order.state == "Uncertain"
    assert "Nobody can ask the cloud, because Secret " in (order.status.message or "")
    await keep_keys(world, payer)
    assert is_ready(await world.settle("w"))
    assert len(payer.control.purchases()) == 1


async def test_the_former_secret_may_look_after_its_order(
    world: World, payer: EmulatedAccount
) -> None:
    """The resource names one by now that does not exist: the one that the order was opened with is
    still held."""
    await uncertain(world, payer, "drop-after-commit")
    await world.apply(paid_by("not-there-yet"))
    for _ in range(30):
        payer.control.advance(await world.one_pass("w") or 0)
        if (await world.orders("w"))[0].settled:
            break
    assert [order.state for order in await world.orders("w")] == ["Placed"]
    await world.one_pass("w")
    assert finalizers(world) == []


async def test_keys_are_told_nowhere(
    world: World, payer: EmulatedAccount, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the resource, its orders or its events, nor in a log, also when the cloud refuses
    them."""
    caplog.set_level(logging.DEBUG)
    await keep_keys(
        world, payer, accessKeySecret="canary-of-a-secret", securityToken="canary-of-a-token"
    )
    await world.apply(paid_by())
    await world.settle("w", until=has_reason("CredentialsRefused"))
    delete_secret(world)
    await keep_keys(world, payer)
    await world.settle("w")
    shown = [str(world.objects.list(kind)) for kind in (WORKSPACES, ORDERS, "events")]
    told = "".join([*shown, caplog.text])
    assert "w-1" in told
    assert not [word for word in ("canary", payer.access_key_secret) if word in told]


async def test_name_of_the_secret_is_checked(world: World) -> None:
    """As the name of any object."""
    with pytest.raises(LocalFailure, match="secretName"):
        await world.apply(paid_by("Not_A_Name"))


async def test_what_a_deletion_leaves_in_another_account_is_found(
    world: World, payer: EmulatedAccount
) -> None:
    """By the keys of the Secret that the order names; without them, by the ledger alone, until the
    order is deleted."""
    await keep_keys(world, payer)
    await world.apply(paid_by())
    workspace = await world.settle("w")
    assert (await orphans(world)) == []
    world.objects.delete(f"{WORKSPACES}/w")
    for _ in range(4):
        await world.one_pass("w")
    [found] = await orphans(world)
    bought = workspace.status.instance
    assert bought is not None
    assert (found.place, found.instance_ids, found.is_listed) == (
        (payer.id, "cn-hangzhou"),
        (bought.instance_id,),
        True,
    )
    await keep_keys(world, payer, accessKeyId="LTAI5tNobody")
    findings = await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))
    secret = f"Secret {world.namespace}/{SECRET}"
    told = describe(findings.unasked[secret])
    assert told.startswith(f"access key LTAI5tNo… of {secret} is not valid (")
    assert told.endswith(": put a valid one into accessKeyId and accessKeySecret")
    delete_secret(world)
    [unlisted] = await orphans(world)
    assert (unlisted, unlisted.is_listed) == (found, False)
    world.objects.delete(f"{ORDERS}/w-1")
    assert (await orphans(world)) == []


async def orphans(world: World) -> list[Orphan]:
    """What a survey finds of this namespace."""
    return list(
        (await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))).orphans
    )
