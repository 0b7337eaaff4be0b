"""The ConfigMap with the workspace's ids: what it says, whose it must be, and what it keeps from
being bought."""

from dataclasses import replace
from typing import Any

import pytest

from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content, Reference, Unread
from flink_workspace_operator.core.facts.failures import OutputsRefused, Unreachable
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.plan import (
    DeleteOutputs,
    MoveOrder,
    PlaceOrder,
    Plan,
    WriteOutputs,
)
from flink_workspace_operator.core.reporting.events import events_of_steps
from tests.builders import (
    BUCKET,
    ID,
    NOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    reported,
)

IDS, OTHER = Outputs(config_map_name="ids"), Outputs(config_map_name="other")
US = Reference(API_VERSION, "FlinkWorkspace", "demo", "uid-1", controller=True)
LABELS = {"app.kubernetes.io/managed-by": "flink-workspace-operator"}
DATA = {
    "instanceId": ID,
    "region": "cn-hangzhou",
    "namespace": "demo-default",
    "endpoint": "ververica.cn-hangzhou.aliyuncs.com",
    "bucket": BUCKET,
    "artifactsPath": f"oss://{BUCKET}/artifacts/",
    "jobsPath": f"oss://{BUCKET}/flink-jobs/",
    "savepointsPath": f"oss://{BUCKET}/flink-savepoints/",
    "logsPath": f"oss://{BUCKET}/logs/",
}
RIGHT = Content(DATA, LABELS, (US,))
REFUSED = Unread(OutputsRefused("cannot get resource configmaps"))
STRANGERS = {
    "nobody's": (),
    "another resource's": (replace(US, name="v", uid="uid-v"),),
    "another kind's": (replace(US, kind="Deployment"),),
    "another group's": (replace(US, api_version="example.com/v1"),),
}
FORMER_LIFE = replace(US, uid="uid-0")


def a_config_map(content: Content = RIGHT, name: str = "ids") -> ConfigMap:
    return ConfigMap(name, f"uid-of-{name}", "5", content)


def with_outputs(
    wanted: Outputs | None = IDS,
    written: Outputs | None = None,
    **more: Any,  # noqa: ANN401 - any field of a workspace
) -> FlinkWorkspace:
    return a_workspace(status=FlinkWorkspaceStatus(outputs=written), outputs=wanted, **more)


def running(*found: ConfigMap, of: FlinkWorkspace | None = None, **said: Any) -> Case:  # noqa: ANN401 - any field of an instance
    cloud = a_cloud(a_listing(an_instance(**said)))
    return a_case(of or with_outputs(), an_order("Fulfilled"), cloud=cloud, outputs=found)


def only_write(case: Case) -> WriteOutputs:
    [step] = decide(case).steps
    assert isinstance(step, WriteOutputs)
    return step


def told(case: Case, plan: Plan | None = None) -> tuple[str, str, str, str]:
    """Ready with its reason, Stalled and Suspended."""
    of = {
        condition.type: condition for condition in reported(case, plan or decide(case)).conditions
    }
    return (of["Ready"].status, of["Ready"].reason, of["Stalled"].status, of["Suspended"].status)


class TestContent:
    """Exactly what is known, under our label, owned by the resource."""

    def test_the_first_one_is_created_with_all_that_is_known(self) -> None:
        """Over nothing: creating it is atomic."""
        assert only_write(running()) == WriteOutputs("ids", RIGHT, None, corrects=False)

    def test_what_the_cloud_tells_later_is_added(self) -> None:
        """No key has an empty value."""
        assert only_write(running(workspace_id="w-1")).content.data == {
            **DATA,
            "workspaceId": "w-1",
        }
        assert only_write(running(workspace_id="")).content.data == DATA

    def test_the_bucket_is_the_one_that_the_workspace_has(self) -> None:
        """Not the one that the spec names; the paths lie in it."""
        data = only_write(running(bucket="elsewhere")).content.data
        assert (data["bucket"], data["logsPath"]) == ("elsewhere", "oss://elsewhere/logs/")
        assert only_write(running(bucket=None)).content.data == DATA

    def test_one_that_is_right_is_left_alone(self) -> None:
        """And with what others have put beside it."""
        other = replace(US, kind="Application", controller=False)
        assert decide(running(a_config_map())).steps == ()
        assert (
            decide(running(a_config_map(Content(DATA, {**LABELS, "a": "b"}, (other, US))))).steps
            == ()
        )

    @pytest.mark.parametrize(
        "content",
        [
            replace(RIGHT, data={**DATA, "instanceId": "wrong"}),
            replace(RIGHT, data={**DATA, "more": ""}),
            replace(RIGHT, data={}),
            replace(RIGHT, labels={}),
            replace(RIGHT, owners=(replace(US, controller=False),)),
            replace(RIGHT, owners=(replace(US, blocks_deletion=True),)),
            replace(RIGHT, owners=(FORMER_LIFE, US)),
        ],
    )
    def test_one_that_is_not_right_is_corrected(self, content: Content) -> None:
        """Over what was read, so that nobody's write in between is lost unseen."""
        found = a_config_map(content)
        assert only_write(running(found)) == WriteOutputs("ids", RIGHT, found, corrects=True)

    def test_one_that_a_hand_deleted_is_corrected_too(self) -> None:
        """The status tells that it had been written."""
        assert only_write(running(of=with_outputs(written=IDS))).corrects

    def test_that_of_a_former_life_is_taken_over(self) -> None:
        """Same kind and name, another uid."""
        found = a_config_map(replace(RIGHT, owners=(FORMER_LIFE,)))
        assert only_write(running(found)) == WriteOutputs("ids", RIGHT, found, corrects=False)

    def test_it_is_kept_while_suspended(self) -> None:
        """It is no write to the cloud."""
        assert only_write(running(of=with_outputs(suspend=True))).content == RIGHT

    def test_it_is_written_beside_marks_that_are_put_back(self) -> None:
        """Ready is told in that pass too."""
        steps = decide(running(tags={}, create_time=NOW - minutes(60))).steps
        assert [type(step).__name__ for step in steps] == ["RestoreTags", "WriteOutputs"]


class TestOthers:
    """What is not ours is never written to."""

    @pytest.mark.parametrize("owners", STRANGERS.values(), ids=STRANGERS)
    def test_a_strangers_stops_everything_before_the_purchase(
        self, owners: tuple[Reference, ...]
    ) -> None:
        """Before a prerequisite is made, and even if the content is right."""
        case = a_case(
            with_outputs(),
            outputs=(a_config_map(replace(RIGHT, owners=owners)),),
            cloud=a_cloud(role=Absent()),
        )
        assert decide(case).steps == ()
        assert told(case) == ("False", "OutputsTaken", "True", "False")

    @pytest.mark.parametrize("owners", STRANGERS.values(), ids=STRANGERS)
    def test_a_strangers_is_left_alone_afterwards(self, owners: tuple[Reference, ...]) -> None:
        """A workspace that runs is not Ready with it."""
        case = running(a_config_map(replace(RIGHT, owners=owners)))
        assert decide(case).steps == ()
        assert told(case) == ("False", "OutputsTaken", "True", "False")

    @pytest.mark.parametrize("state", ["Quoted", "NotPlaced"])
    def test_no_order_goes_on(self, state: Any) -> None:  # noqa: ANN401 - a state
        """It is told instead."""
        case = a_case(
            with_outputs(), an_order(state), outputs=(a_config_map(replace(RIGHT, owners=())),)
        )
        assert decide(case).steps == ()
        assert told(case)[1] == "OutputsTaken"

    @pytest.mark.parametrize(
        "outputs", [(a_config_map(replace(RIGHT, owners=())),), REFUSED, Unread()]
    )
    def test_what_is_announced_is_taken_back(self, outputs: object) -> None:
        """Everything was read again for the call, and this too."""
        placing = an_order("Placing", intent=NOW)
        [step] = decide(a_case(with_outputs(), placing, intent=placing, outputs=outputs)).steps
        assert isinstance(step, MoveOrder)
        assert step.status.state == "Quoted"

    def test_what_is_announced_is_sent_where_nothing_is_in_the_way(self) -> None:
        """Neither where there is none yet, nor where none is wanted."""
        placing = an_order("Placing", intent=NOW)
        for workspace, outputs in ((with_outputs(), ()), (a_workspace(), Unread())):
            [step] = decide(a_case(workspace, placing, intent=placing, outputs=outputs)).steps
            assert isinstance(step, PlaceOrder)

    def test_while_it_is_being_created_it_is_told_too(self) -> None:
        """There is time to put it right, and nothing is written yet."""
        taken = running(a_config_map(replace(RIGHT, owners=())), cluster_status="CREATING")
        assert (decide(taken).steps, told(taken)[1]) == ((), "OutputsTaken")
        assert (decide(running(cluster_status="CREATING")).steps) == ()

    def test_what_is_worse_is_told_first(self) -> None:
        """An expired workspace is not handed on."""
        case = running(a_config_map(replace(RIGHT, owners=())), order_state="CEASE")
        assert told(case)[1] == "Expired"


class TestRights:
    """The API server does not let the operator."""

    @pytest.mark.parametrize("orders", [(), (an_order("Quoted"),)])
    def test_what_can_not_be_read_stops_the_purchase(self, orders: tuple[Any, ...]) -> None:
        """Somebody must grant the right, so it is Suspended."""
        case = a_case(with_outputs(), *orders, outputs=REFUSED)
        assert decide(case).steps == ()
        assert told(case) == ("Unknown", "OutputsRefused", "False", "True")

    def test_what_can_not_be_read_is_not_ready(self) -> None:
        """Nor is it written."""
        case = a_case(
            with_outputs(),
            an_order("Fulfilled"),
            cloud=a_cloud(a_listing(an_instance())),
            outputs=REFUSED,
        )
        assert decide(case).steps == ()
        assert told(case) == ("False", "OutputsRefused", "False", "True")

    def test_who_wants_none_is_not_concerned(self) -> None:
        """Nothing was asked for."""
        case = a_case(
            a_workspace(),
            an_order("Fulfilled"),
            cloud=a_cloud(a_listing(an_instance())),
            outputs=REFUSED,
        )
        assert told(case) == ("True", "Running", "False", "False")


class TestFormer:
    """The ConfigMap that was written and is not wanted any more."""

    @pytest.mark.parametrize("wanted", [OTHER, None])
    def test_it_is_deleted(self, wanted: Outputs | None) -> None:
        """After the new one was written."""
        case = running(former := a_config_map(), of=with_outputs(wanted, written=IDS))
        assert decide(case).steps[-1] == DeleteOutputs(former)
        assert len(decide(case).steps) == (2 if wanted else 1)
        assert reported(case, decide(case)).outputs == wanted

    @pytest.mark.parametrize(
        "owners", [*STRANGERS.values(), (FORMER_LIFE,)], ids=[*STRANGERS, "a former life's"]
    )
    def test_only_if_it_is_ours(self, owners: tuple[Reference, ...]) -> None:
        """By its uid."""
        case = running(
            a_config_map(replace(RIGHT, owners=tuple(replace(each, uid="x") for each in owners))),
            of=with_outputs(None, written=IDS),
        )
        assert decide(case).steps == ()

    def test_it_stays_recorded_until_the_new_one_is_written(self) -> None:
        """A name that is taken leaves the former one in place."""
        taken = a_config_map(replace(RIGHT, owners=()), "other")
        case = running(a_config_map(), taken, of=with_outputs(OTHER, written=IDS))
        assert decide(case).steps == ()
        assert reported(case, decide(case)).outputs == IDS


class TestUnreachable:
    """The cloud does not answer: what was said stands, unless it is about a ConfigMap that was
    never written."""

    @pytest.mark.parametrize(
        ("written", "status"), [(IDS, "True"), (None, "Unknown"), (OTHER, "Unknown")]
    )
    def test_ready_is_kept_only_for_what_was_written(
        self, written: Outputs | None, status: str
    ) -> None:
        """Nothing is written meanwhile."""
        first = running(a_config_map())
        known = reported(first, decide(first)).model_copy(update={"outputs": written})
        workspace = first.workspace.model_copy(update={"status": known})
        down = a_cloud(Unknown(Unreachable("foasconsole.DescribeInstances", "reset")))
        case = a_case(workspace, an_order("Fulfilled"), cloud=down, outputs=())
        assert decide(case).steps == ()
        assert told(case)[0] == status

    def test_what_is_lost_stays_lost(self) -> None:
        """That it owes a ConfigMap as well changes nothing about it."""
        status = FlinkWorkspaceStatus(instance=Instance(instance_id=ID, cluster_status="RUNNING"))
        gone = a_case(a_workspace(outputs=IDS, status=status), an_order("Fulfilled"), outputs=())
        lost = a_case(gone.workspace, an_order("Fulfilled"), outputs=())
        lost = replace(
            lost,
            seen=replace(
                lost.seen, remembered=replace(lost.seen.remembered, missing_since=NOW - minutes(60))
            ),
        )
        assert told(lost)[1] == "Lost"
        workspace = lost.workspace.model_copy(update={"status": reported(lost, decide(lost))})
        down = a_cloud(Unknown(Unreachable("foasconsole.DescribeInstances", "reset")))
        assert told(a_case(workspace, an_order("Fulfilled"), cloud=down))[1] == "Lost"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (WriteOutputs("ids", RIGHT, None, corrects=False), "OutputsWritten"),
        (WriteOutputs("ids", RIGHT, None, corrects=True), "OutputsCorrected"),
        (DeleteOutputs(a_config_map()), "OutputsDeleted"),
    ],
)
def test_what_was_done_is_told_once(step: WriteOutputs | DeleteOutputs, reason: str) -> None:
    """With the name of the ConfigMap."""
    [event] = events_of_steps((step,))
    assert (event.type, event.reason) == ("Normal", reason)
    assert "'ids'" in event.message
