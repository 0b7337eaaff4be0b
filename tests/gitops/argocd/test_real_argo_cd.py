"""What a real Argo CD does with a FlinkWorkspace, from the first sync to the end of the
Application.

The Application is the sample's, with its retries closer together, and the scripts are those of
`argocd-cm.yaml`."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from flink_local.argo_cd import NAMESPACE
from tests.gitops.argocd.stage import ARGO_CD_FILES, CONSUMER, OUTPUTS, WORKSPACE, Delivery, Stage
from tests.gitops.argocd.timeline import Objects, condition

pytestmark = [pytest.mark.argocd, pytest.mark.timeout(600)]
PATIENCE: Final = 90.0
HELD: Final = 10.0
CREATION: Final = 15
"""Seconds that the emulated cloud takes to create a workspace here."""
WAITING: Final = "waiting for healthy state of flink.alicloud.dev/FlinkWorkspace/reports"
NAMESPACED: Final = f"--namespace={NAMESPACE}"


def ready(objects: Objects) -> str | None:
    """The workspace's Ready: its status and reason."""
    told = condition(objects.get(WORKSPACE, {}), "Ready")
    return f"{told['status']}/{told['reason']}" if told else None


def deliver(delivery: Delivery, **spec: object) -> None:
    """Workspace and consumer in Git, and the Application on its way."""
    delivery.stage.cloud.settings(provisioningSeconds=CREATION)
    delivery.push(
        "a workspace and its consumer",
        workspace=delivery.workspace(**spec),
        consumer=delivery.consumer(),
    )
    delivery.apply_application()
    delivery.timeline.until("the workspace exists", lambda objects: WORKSPACE in objects, PATIENCE)


def wait_until_settled(delivery: Delivery) -> None:
    """Until everything is there and healthy."""
    delivery.timeline.until(
        "consumer there, Application synced and healthy",
        lambda objects: CONSUMER in objects and delivery.application(objects).settled,
        PATIENCE,
    )


def approve_deletion(delivery: Delivery) -> None:
    """As `argocd app confirm-deletion` does. The time must not be before the operation's."""
    now = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    delivery.timeline.note("a person confirms")
    delivery.annotate(
        "application.argoproj.io",
        delivery.name,
        f"argocd.argoproj.io/deletion-approved={now}",
        NAMESPACE,
    )


def test_wave_waits_for_the_workspace(delivery: Delivery) -> None:
    """Wave 1 waits while the workspace is created; it begins within seconds once that is Ready. One
    purchase."""
    timeline = delivery.timeline
    deliver(delivery)
    timeline.until(
        "it is being created", lambda objects: ready(objects) == "Unknown/Provisioning", PATIENCE
    )
    timeline.holds(
        "no consumer, operation Running, never Degraded",
        lambda objects: (
            CONSUMER not in objects
            and delivery.application(objects).phase == "Running"
            and delivery.application(objects).health != "Degraded"
        ),
        CREATION / 2,
    )
    assert WAITING in delivery.application(timeline.objects).message
    timeline.until("Ready", lambda objects: ready(objects) == "True/Running", PATIENCE)
    took = timeline.until("the consumer exists", lambda objects: CONSUMER in objects, PATIENCE)
    assert took < PATIENCE / 6
    ids, instance = (
        timeline.objects[OUTPUTS]["data"],
        timeline.objects[WORKSPACE]["status"]["instance"],
    )
    assert (ids["instanceId"], ids["workspaceId"]) == (
        instance["instanceId"],
        instance["workspaceId"],
    )
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_suspended_workspace_holds_the_wave(delivery: Delivery) -> None:
    """While a person has suspended it, nothing is bought and the wave waits; resumed by an action,
    it goes on."""
    manifest = delivery.workspace()
    manifest["metadata"]["annotations"]["flink.alicloud.dev/suspend"] = "true"
    delivery.push("a suspended workspace", workspace=manifest, consumer=delivery.consumer())
    delivery.apply_application()
    timeline = delivery.timeline
    timeline.until(
        "it is suspended", lambda objects: ready(objects) == "Unknown/SuspendedByUser", PATIENCE
    )
    timeline.until(
        "the wave waits for it",
        lambda objects: WAITING in delivery.application(objects).message,
        PATIENCE,
    )
    timeline.holds(
        "no consumer, operation Running",
        lambda objects: (
            CONSUMER not in objects and delivery.application(objects).phase == "Running"
        ),
        HELD,
    )
    assert delivery.purchases() == 0
    delivery.push("no longer suspended", workspace=delivery.workspace())
    delivery.run_action("resume")
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_a_minute_without_drift(delivery: Delivery) -> None:
    """For a minute of self-heal, passes and actions the Application stays Synced; a change by hand
    is taken back."""
    timeline = delivery.timeline
    deliver(delivery)
    wait_until_settled(delivery)
    started = delivery.application(timeline.objects).started
    assert delivery.actions() == {"suspend": True, "resume": False, "reconcile": True}
    delivery.run_action("reconcile")
    delivery.run_action("suspend")
    timeline.until(
        "it is suspended",
        lambda objects: delivery.application(objects).health == "Suspended",
        PATIENCE,
    )
    assert delivery.actions() == {"suspend": False, "resume": True, "reconcile": False}
    delivery.run_action("resume")
    timeline.until(
        "it is healthy again", lambda objects: delivery.application(objects).settled, PATIENCE
    )
    timeline.holds(
        "always Synced, and no other operation",
        lambda objects: (
            delivery.application(objects).sync == "Synced"
            and delivery.application(objects).started == started
        ),
        60,
    )
    timeline.note("spec.outputs is changed by hand")
    delivery.patch(outputs={"configMapName": "by-hand"})
    timeline.until(
        "Argo CD has put it back, and the operator has seen it",
        lambda objects: (
            objects[WORKSPACE]["spec"]["outputs"]["configMapName"] == OUTPUTS[1]
            and objects[WORKSPACE]["metadata"]["generation"] == 3
            and objects[WORKSPACE]["status"]["observedGeneration"] == 3
        ),
        PATIENCE,
    )
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_missing_bucket_that_appears_in_time(delivery: Delivery) -> None:
    """What is missing at first, and appears within the grace, holds the wave and never fails it."""
    timeline, bucket = delivery.timeline, f"bucket-of-{delivery.name}"
    deliver(delivery, storage={"oss": {"bucket": bucket}})
    timeline.until(
        "the bucket is missing",
        lambda objects: ready(objects) == "Unknown/BucketNotFound",
        PATIENCE,
    )
    timeline.holds(
        "operation Running, never Degraded",
        lambda objects: (
            delivery.application(objects).phase == "Running"
            and delivery.application(objects).health != "Degraded"
        ),
        HELD,
    )
    timeline.note("the bucket is made")
    delivery.stage.cloud.state({"buckets": [{"name": bucket, "region": "cn-hangzhou"}]})
    delivery.annotate("flinkworkspace", "reports", "flink.alicloud.dev/reconcile-requested-at=now")
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_failed_wave_is_tried_until_it_succeeds(delivery: Delivery) -> None:
    """What a person must do something about fails the wave; once that is done, the next try goes
    through."""
    timeline, cloud = delivery.timeline, delivery.stage.cloud
    cloud.state({"workspaces": [{"name": delivery.name, "region": "cn-hangzhou"}]})
    deliver(delivery)
    timeline.until(
        "the name is taken", lambda objects: ready(objects) == "False/NameTaken", PATIENCE
    )
    timeline.until(
        "Argo CD tries again",
        lambda objects: "Retrying" in delivery.application(objects).message,
        PATIENCE,
    )
    assert CONSUMER not in timeline.objects
    timeline.note("the other workspace of that name is released, and the operator told to look")
    (taken,) = [
        each["instanceId"] for each in cloud.state()["workspaces"] if each["name"] == delivery.name
    ]
    cloud.state({"removeWorkspaces": [taken]})
    delivery.annotate("flinkworkspace", "reports", "flink.alicloud.dev/reconcile-requested-at=now")
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_immutable_change_is_refused_until_it_is_reverted(delivery: Delivery) -> None:
    """A change that can't be made fails with our message, the workspace keeps running, and a revert
    heals the sync."""
    timeline = delivery.timeline
    deliver(delivery)
    wait_until_settled(delivery)
    delivery.push("ten more CU", workspace=delivery.workspace(resources={"cu": 20}))
    timeline.until(
        "the sync fails with our message",
        lambda objects: (
            "`resources` must not change once the purchase is under way"
            in delivery.application(objects).errors
        ),
        PATIENCE,
    )
    assert ready(timeline.objects) == "True/Running"
    delivery.push("ten CU, as before", workspace=delivery.workspace())
    wait_until_settled(delivery)
    assert delivery.purchases() == 1


def test_pruning_waits_for_a_person(delivery: Delivery) -> None:
    """Removed from Git, it stays until a person confirms; then it goes, and the workspace in the
    cloud stays."""
    timeline = delivery.timeline
    deliver(delivery)
    wait_until_settled(delivery)
    delivery.push("no workspace any more", workspace=None)
    timeline.until(
        "Argo CD waits for a confirmation",
        lambda objects: "Waiting for pruning confirmation" in delivery.application(objects).message,
        PATIENCE,
    )
    timeline.holds("the resource is there", _is_there, HELD)
    approve_deletion(delivery)
    timeline.until("the resource is gone", lambda objects: WORKSPACE not in objects, PATIENCE)
    _is_kept_in_the_cloud(delivery)


def test_deleting_the_application_waits_for_a_person(delivery: Delivery) -> None:
    """Nothing goes with a deleted Application before a person confirms; the workspace in the cloud
    stays."""
    timeline = delivery.timeline
    deliver(delivery)
    wait_until_settled(delivery)
    timeline.note("the Application is deleted")
    delivery.stage.cluster.kubectl(
        "delete", "--wait=false", NAMESPACED, f"application.argoproj.io/{delivery.name}"
    )
    timeline.holds(
        "resource and consumer are there",
        lambda objects: _is_there(objects) and CONSUMER in objects,
        HELD,
    )
    approve_deletion(delivery)
    timeline.until("all of it is gone", lambda objects: not objects, PATIENCE)
    _is_kept_in_the_cloud(delivery)


def test_applications_are_valid(stage: Stage) -> None:
    """Argo CD's own definitions take both Applications of the sample."""
    for path in sorted((ARGO_CD_FILES / "applications").glob("*.yaml")):
        stage.cluster.kubectl("apply", "--dry-run=server", "--validate=strict", "--filename", path)


def _is_there(objects: Objects) -> bool:
    return WORKSPACE in objects and "deletionTimestamp" not in objects[WORKSPACE]["metadata"]


def _is_kept_in_the_cloud(delivery: Delivery) -> None:
    kept = [workspace["name"] for workspace in delivery.stage.cloud.state()["workspaces"]]
    assert kept.count(delivery.name) == 1
