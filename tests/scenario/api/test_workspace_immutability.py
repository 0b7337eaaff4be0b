"""What may be changed in a FlinkWorkspace: almost all before the purchase, next to nothing after
it."""

from typing import Any

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from tests.scenario.api.samples import BY_USE, FULL_WORKSPACE, TIME, WORKSPACE
from tests.scenario.api.server import REMOVED, Kind, Wire, accepted, changed, refused

UNDER_WAY: list[OrderState] = ["Placing", "Uncertain", "Placed", "Fulfilled"]
NOT_UNDER_WAY: list[OrderState] = ["Quoted", "Rejected", "NotPlaced", "Superseded", "Canceled"]

# For each field another value, and the field left out (which a default may fill).
CHANGES: list[tuple[str, Any]] = [
    ("zoneId", "cn-hangzhou-k"),
    ("zoneId", REMOVED),
    ("zoneId", None),
    ("subscription.initialTerm.count", 2),
    ("subscription.renewal", REMOVED),
    ("resources.cu", 20),
    ("network.vpcId", "vpc-2"),
    ("network.vSwitchIds", ["vsw-1"]),
    ("storage.oss.bucket", "other-bucket"),
    ("architecture", "X86"),
    ("architecture", REMOVED),
    ("monitoring", "ARMS"),
    ("monitoring", REMOVED),
    ("resourceGroupId", "rg-2"),
    ("resourceGroupId", REMOVED),
    ("tags", [{"key": "team", "value": "other"}]),
    ("tags", []),
    ("tags", REMOVED),
    ("tags", None),
]


def _created(
    workspaces: Kind, status: Wire, manifest: Wire = FULL_WORKSPACE, *, name: str = "realtime-prod"
) -> Wire:
    return accepted(
        workspaces.replace_status(
            accepted(workspaces.create(changed(manifest, "metadata.name", name))), status
        )
    )


def _order_in(state: OrderState) -> Wire:
    return FlinkWorkspaceStatus(
        observed_generation=1, order=OrderSummary(name="x-1", state=state)
    ).as_wire()


BOUND = FlinkWorkspaceStatus(
    observed_generation=1, instance=Instance(instance_id="f-cn-1")
).as_wire()


def test_every_parameter_of_the_purchase_stands_in_the_table_of_changes() -> None:
    """What describes the workspace is what is frozen. chargeType has a test of its own."""
    fields = {field.alias for field in WorkspaceParameters.model_fields.values()}

    assert {path.split(".")[0] for path, _ in CHANGES} == fields - {"chargeType"}


def test_all_but_name_and_region_may_change_before_the_purchase(workspaces: Kind) -> None:
    """Nothing has been sent to the cloud, or nothing came of it."""
    for state in NOT_UNDER_WAY:
        stored = _created(workspaces, _order_in(state), name=state.lower())
        for path, value in CHANGES:
            accepted(workspaces.replace(changed(stored, f"spec.{path}", value), dry_run=True))
        by_use = {**BY_USE["spec"], "workspaceName": "realtime"}
        accepted(workspaces.replace({**stored, "spec": by_use}, dry_run=True))


def test_what_describes_the_workspace_is_frozen_from_the_purchase_on(workspaces: Kind) -> None:
    """Neither another value, nor leaving the field out, nor null gets through; the refusal names
    the field."""
    for name, status in {
        "bound": BOUND,
        **{state.lower(): _order_in(state) for state in UNDER_WAY},
    }.items():
        stored = _created(workspaces, status, name=name)
        for path, value in CHANGES:
            top = path.split(".")[0]
            answer = refused(
                workspaces.replace(changed(stored, f"spec.{path}", value), dry_run=True)
            )
            assert answer.says(
                f"spec.{top}", f"`{top}` must not change once the purchase is under way"
            ), (path, answer)


def test_an_optional_field_cannot_be_added_after_the_purchase(workspaces: Kind) -> None:
    """A field that was left out stays out."""
    stored = _created(workspaces, BOUND, WORKSPACE)

    for field in ("zoneId", "resourceGroupId", "tags"):
        body = changed(stored, f"spec.{field}", FULL_WORKSPACE["spec"][field])
        assert refused(workspaces.replace(body, dry_run=True)).says(
            f"spec.{field}", "must not change"
        )


def test_the_charge_type_cannot_change_after_the_purchase(workspaces: Kind) -> None:
    """Not even together with all that belongs to it."""
    stored = _created(workspaces, BOUND, WORKSPACE)
    answer = refused(workspaces.replace({**stored, "spec": BY_USE["spec"]}, dry_run=True))

    for field in ("chargeType", "subscription", "resources"):
        assert answer.says(f"spec.{field}", "must not change once the purchase is under way")


SHOWN = FlinkWorkspaceStatus(
    observed_generation=1,
    instance=Instance(
        instance_id="f-cn-1",
        charge_type="Subscription",
        cu=20,
        zone_id="cn-hangzhou-k",
        vpc_id="vpc-2",
        v_switch_ids=("vsw-2", "vsw-3"),
        bucket="other-bucket",
        monitoring="ARMS",
    ),
).as_wire()
"""The workspace was changed in the console."""
REALITY: list[tuple[str, Any, Any]] = [
    ("zoneId", "cn-hangzhou-k", "cn-hangzhou-j"),
    ("resources.cu", 20, 21),
    ("network.vpcId", "vpc-2", "vpc-3"),
    ("network.vSwitchIds", ["vsw-3", "vsw-2"], ["vsw-3"]),
    (
        "network",
        {"vpcId": "vpc-2", "vSwitchIds": ["vsw-2", "vsw-3"]},
        {"vpcId": "vpc-2", "vSwitchIds": ["vsw-9"]},
    ),
    ("storage.oss.bucket", "other-bucket", "third-bucket"),
    ("monitoring", "ARMS", None),
]
"""By field: what the cloud shows, and what it does not."""


@pytest.mark.parametrize(("path", "real", "invented"), REALITY, ids=[path for path, *_ in REALITY])
def test_the_spec_may_follow_what_the_cloud_shows(
    workspaces: Kind, path: str, real: object, invented: object
) -> None:
    """That buys nothing and ends a drift. Any other value is refused, with the way out."""
    stored = _created(workspaces, SHOWN)
    accepted(workspaces.replace(changed(stored, f"spec.{path}", real), dry_run=True))
    if invented is not None:
        answer = refused(
            workspaces.replace(changed(stored, f"spec.{path}", invented), dry_run=True)
        )
        assert answer.says(
            f"spec.{path.split('.')[0]}", "then set it here to what `status.instance."
        ), answer


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("order", {"name": "x-2", "state": "Placing"}),
        ("order", {"name": "x-2", "state": "Uncertain"}),
        ("instance.lostSince", TIME),
    ],
    ids=["placing", "uncertain", "lost"],
)
def test_the_spec_follows_nothing_while_another_one_may_be_bought(
    workspaces: Kind, path: str, value: object
) -> None:
    """The replacement of a lost workspace is bought as it was announced."""
    stored = _created(workspaces, changed(SHOWN, path, value))
    answer = refused(workspaces.replace(changed(stored, "spec.resources.cu", 20), dry_run=True))
    assert answer.says("spec.resources", "`resources` must not change"), answer


def test_the_spec_may_follow_a_conversion(workspaces: Kind) -> None:
    """Term and size come and go with the charge type; a size that the cloud does not show is
    refused."""
    by_use = changed(SHOWN, "instance.chargeType", "PayAsYouGo")
    stored = _created(workspaces, by_use, WORKSPACE, name="by-use")
    accepted(workspaces.replace({**stored, "spec": BY_USE["spec"]}, dry_run=True))

    stored = _created(workspaces, SHOWN, BY_USE, name="in-advance")
    converted = {**WORKSPACE["spec"], "resources": {"cu": 20}}
    accepted(workspaces.replace({**stored, "spec": converted}, dry_run=True))
    answer = refused(workspaces.replace({**stored, "spec": WORKSPACE["spec"]}, dry_run=True))
    assert answer.says("spec.resources", "`resources` must not change"), answer


def test_the_term_of_a_purchase_follows_nothing_else(workspaces: Kind) -> None:
    """A renewal in the console changes no field that the spec has."""
    stored = _created(workspaces, SHOWN)
    answer = refused(
        workspaces.replace(changed(stored, "spec.subscription.initialTerm.count", 2), dry_run=True)
    )
    assert answer.says("spec.subscription", "`subscription` must not change"), answer


def test_a_status_in_a_write_of_the_spec_changes_nothing(workspaces: Kind) -> None:
    """Who may edit the resource, but not its status, can't lift the freeze by sending another
    status, or none."""
    stored = _created(workspaces, BOUND)
    body = changed(stored, "spec.resources.cu", 20)

    for forged in (
        {**body, "status": {}},
        {**body, "status": _order_in("Quoted")},
        changed(body, "status", REMOVED),
    ):
        assert refused(workspaces.replace(forged, dry_run=True)).says(
            "spec.resources", "must not change"
        )
    kept = accepted(workspaces.replace(changed(stored, "status", REMOVED)))
    assert kept["status"] == stored["status"]


@pytest.mark.parametrize("status", [{}, BOUND], ids=["before", "after"])
def test_what_the_operator_does_is_always_free(workspaces: Kind, status: Wire) -> None:
    """Who keeps the role, where the ids go, what it may cost, and `suspend` say nothing about what
    was bought."""
    stored = _created(workspaces, status)

    accepted(workspaces.replace(changed(stored, "spec.ramRole.management", "Ensure"), dry_run=True))
    accepted(workspaces.replace(changed(stored, "spec.suspend", False), dry_run=True))
    for outputs in ({"configMapName": "other"}, REMOVED):
        accepted(workspaces.replace(changed(stored, "spec.outputs", outputs), dry_run=True))
    for maximum in ({"maximumPrice": {"amount": "0", "currency": "USD"}}, REMOVED):
        accepted(workspaces.replace(changed(stored, "spec.purchase", maximum), dry_run=True))


@pytest.mark.parametrize("status", [{}, BOUND], ids=["before", "after"])
def test_region_and_name_never_change(workspaces: Kind, status: Wire) -> None:
    """The name can't change by leaving it out either: then it would be the resource's."""
    stored = _created(workspaces, status)

    for path, value in (
        ("region", "cn-beijing"),
        ("workspaceName", "other"),
        ("workspaceName", REMOVED),
    ):
        answer = refused(workspaces.replace(changed(stored, f"spec.{path}", value), dry_run=True))
        assert answer.says(f"spec.{path}", f"`{path}` must not change")


def test_writing_out_the_default_name_is_no_change(workspaces: Kind) -> None:
    """What counts is the name in the cloud."""
    stored = _created(workspaces, BOUND, WORKSPACE)

    accepted(workspaces.replace(changed(stored, "spec.workspaceName", "realtime-prod")))


def test_the_order_of_a_set_is_no_change(workspaces: Kind) -> None:
    """vSwitches and tags have no order."""
    stored = _created(workspaces, BOUND)

    accepted(
        workspaces.replace(
            changed(stored, "spec.network.vSwitchIds", ["vsw-2", "vsw-1"]), dry_run=True
        )
    )


@pytest.mark.parametrize("how", ["--server-side=false", "--server-side"])
def test_applying_the_same_manifest_again_is_always_accepted(
    cluster: Cluster, workspaces: Kind, namespace: str, how: str
) -> None:
    """GitOps applies over and over, also long after the purchase."""
    manifest = yaml.safe_dump(WORKSPACE)
    apply = ("apply", how, "--namespace", namespace, "--filename=-")
    cluster.kubectl(*apply, stdin=manifest)
    stored = accepted(workspaces.replace_status(workspaces.read("realtime-prod"), BOUND))
    cluster.kubectl(*apply, stdin=manifest)

    assert (
        workspaces.read("realtime-prod")["metadata"]["generation"]
        == stored["metadata"]["generation"]
        == 1
    )


def test_what_the_operator_writes_is_stored_as_it_is(workspaces: Kind) -> None:
    """A status in which nothing is set but what is known survives the way to the server and
    back."""
    quote = {
        "price": "CNY 1200.00 for 1 month",
        "amount": "1200.00",
        "currency": "CNY",
        "term": {"count": 1, "unit": "Month"},
        "notIncluded": ["ARMS", "OSS", "SLB", "Use"],
        "observedGeneration": 1,
        "quotedAt": TIME,
        "validUntil": TIME,
    }
    stored = _created(
        workspaces, {**BOUND, "accountId": "1", "lastHandledReconcileAt": TIME, "quote": quote}
    )

    assert FlinkWorkspaceStatus.model_validate(stored["status"]).as_wire() == stored["status"]
