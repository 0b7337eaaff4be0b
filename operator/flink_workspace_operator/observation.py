"""All reads of one pass. A failed read becomes `Unknown`, never an exception and never absence."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TypeVar

from flink_workspace_operator.api.names import DIRECTORIES
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.checks.credentials import held_to_account, secret_names, signer
from flink_workspace_operator.core.checks.resting import rests
from flink_workspace_operator.core.facts.config_map import ConfigMap, Unread, names_of_outputs
from flink_workspace_operator.core.facts.failures import CloudFailure, OutputsRefused
from flink_workspace_operator.core.facts.identity import (
    Caller,
    Claim,
    Key,
    Owner,
    PurchaseTarget,
    SignedBy,
)
from flink_workspace_operator.core.facts.observed import Listing, Unknown
from flink_workspace_operator.core.facts.secret import Secret, Signer
from flink_workspace_operator.core.facts.snapshot import Remembered, Seen, SeenCloud
from flink_workspace_operator.core.questions import Questions, questions
from flink_workspace_operator.ports import CloudReads, ClusterReads
from flink_workspace_operator.settings import Settings

T = TypeVar("T")
C = TypeVar("C", bound=CloudReads)


async def observe(
    owner: Owner,
    cloud: CloudReads,
    cluster: ClusterReads,
    remembered: Remembered,
    settings: Settings,
    now: datetime,
) -> Seen:
    """Read the resource and its ledger, then ask the cloud about them. Raises `ClusterFailure`.

    The pass that sends a purchase reads the ledger and the resource once more, at its end: a
    `suspend` that was accepted while the cloud was asked must hold.
    """
    key = owner.key
    own_claims: tuple[Claim, ...] = ()
    workspace, orders = await cluster.read_workspace(key), await cluster.read_orders(key)
    if workspace is None or workspace.metadata.deletion_timestamp is not None:
        # Before the rest, which is read again: a resource that was recreated meanwhile rewrote its
        # claim, so that the version read here cannot be released any more.
        own_claims = await cluster.read_claims_of(key)
        workspace, orders = await cluster.read_workspace(key), await cluster.read_orders(key)
    seen = Seen(
        key=key,
        owner=owner,
        now=now,
        workspace=workspace,
        orders=orders,
        own_claims=own_claims,
        remembered=remembered,
    )
    if rests(workspace, orders, remembered, now):
        return seen.updated(rests=True)
    secrets = {
        name: await cluster.read_secret(key, name) for name in secret_names(workspace, orders)
    }
    seen = seen.updated(
        secrets=tuple(each for each in secrets.values() if isinstance(each, Secret))
    )
    asked = questions(workspace, orders, owner, remembered.intent)
    if asked is None:
        return seen
    seen = seen.updated(signer=signer(key, workspace, orders, secrets, settings))
    if asked.fresh or asked.elsewhere:
        # Before the cloud is asked: a later list must show all that was seen before it.
        seen = seen.updated(neighbours=await cluster.list_neighbours())
    seen = seen.updated(cloud=await _ask(await cloud_of(seen.signer, cloud), asked, seen, settings))
    seen = seen.updated(signer=held_to_account(seen.signer, seen.cloud.account_id, settings))
    if workspace is not None and isinstance(seen.cloud.account_id, str):
        target = PurchaseTarget(
            seen.cloud.account_id, workspace.spec.region, workspace.workspace_name
        )
        seen = seen.updated(
            outputs=await _outputs(cluster, workspace), claim=await cluster.read_claim(target, key)
        )
    return await _read_last(cluster, asked, seen)


async def _read_last(cluster: ClusterReads, asked: Questions, seen: Seen) -> Seen:
    """Limits and decisions; before a call also the ledger, and last of all the resource."""
    if asked.boundary:
        seen = seen.updated(boundary=await cluster.read_boundary(seen.key.namespace))
    if asked.approvals_of is not None:
        seen = seen.updated(approvals=await cluster.read_approvals(seen.key, asked.approvals_of))
    if not asked.final_check:
        return seen
    orders = await cluster.read_orders(seen.key)
    workspace = await cluster.read_workspace(seen.key)
    return seen.updated(orders=orders, workspace=workspace, final_check=True)


async def _outputs(
    cluster: ClusterReads, workspace: FlinkWorkspace
) -> tuple[ConfigMap, ...] | Unread:
    """Read the ConfigMaps; no call if none is wanted and none was written."""
    metadata = workspace.metadata
    try:
        found = [
            await cluster.read_outputs(Key(metadata.namespace, metadata.name), name)
            for name in names_of_outputs(workspace)
        ]
    except OutputsRefused as refusal:
        return Unread(refusal)
    return tuple(each for each in found if each is not None)


async def cloud_of(signing: Signer, own: C) -> C:
    """The cloud, signed by the signer; `own` is the operator's."""
    return own if signing.access_key is None else await own.signed_with(signing.access_key)


async def _caller(cloud: CloudReads, signing: Signer) -> Caller | Unknown:
    """The signer's identity. A substitute counts only if it is of the same account."""
    if signing.problem is None or signing.keeps_watch:
        return await _known(cloud.identify(), signing.signed_by)
    if signing.stands_in_for is None:
        return Unknown(signing.problem)
    caller = await _known(cloud.identify(), signing.signed_by)
    if isinstance(caller, Caller) and caller.account_id == signing.stands_in_for:
        return caller
    return Unknown(signing.problem)


async def _ask(cloud: CloudReads, asked: Questions, read: Seen, settings: Settings) -> SeenCloud:
    workspace, caller = read.workspace, await _caller(cloud, read.signer)
    if isinstance(caller, Unknown):
        return SeenCloud(account_id=caller, region=asked.region)
    account_id, who = caller.account_id, read.signer.signed_by.known_as(caller)
    seen = SeenCloud(account_id=account_id, signed_by=who, region=asked.region)
    if not asked.final_check:
        seen = seen.updated(regions=await _known(cloud.list_regions(), who))
    targets = {
        PurchaseTarget(account_id, each.region, each.workspace_name): each.tags
        for each in asked.elsewhere
    }
    seen = seen.updated(
        elsewhere=tuple(
            [
                (each.region, await _known(cloud.look_up(each, tags), who))
                for each, tags in targets.items()
            ]
        )
    )
    # A possible purchase is listed in any region: the regions on sale prove no absence.
    if (
        asked.price is not None
        and not isinstance(seen.regions, Unknown)
        and asked.region not in seen.regions
    ):
        return seen
    target = PurchaseTarget(account_id, asked.region, asked.workspace_name)
    if workspace is not None and asked.prerequisites:
        seen = await _ask_for_prerequisites(cloud, workspace, seen, settings)
    if asked.price is not None:
        seen = seen.updated(quote=await _known(cloud.quote(target, asked.price), who))
    if asked.bill_since is not None:
        seen = seen.updated(bill=await _known(cloud.read_bill(asked.region, asked.bill_since), who))
    # Last, so that the purchase is decided on the newest list.
    return seen.updated(listing=await _known(_look(cloud, target, asked, settings), who))


async def _look(
    cloud: CloudReads, target: PurchaseTarget, asked: Questions, settings: Settings
) -> Listing:
    if asked.fresh:
        return await cloud.look_up(target, asked.tags)
    max_age = timedelta(seconds=0 if asked.anew else settings.listing_max_age_seconds)
    return await cloud.list_instances(target.region, max_age)


async def _ask_for_prerequisites(
    cloud: CloudReads, workspace: FlinkWorkspace, seen: SeenCloud, settings: Settings
) -> SeenCloud:
    spec, who = workspace.spec, seen.signed_by
    return seen.updated(
        role=await _known(cloud.find_role(settings.role_name), who),
        network=await _known(cloud.describe_network(spec.region, spec.network), who),
        zones=await _known(cloud.list_zones(spec.region, spec.architecture), who),
        storage=await _known(
            cloud.describe_bucket(spec.region, spec.storage.oss.bucket, DIRECTORIES), who
        ),
    )


async def _known(question: Awaitable[T], signed_by: SignedBy | None) -> T | Unknown:
    try:
        return await question
    except CloudFailure as failure:
        failure.signed_by = signed_by
        return Unknown(failure)
