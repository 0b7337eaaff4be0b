"""The sample for Flux waits as long as it has to, and its expressions say what kstatus says."""

import pytest
import yaml

from tests.gitops import flux, kstatus
from tests.gitops.kstatus import Wire
from tests.gitops.lifecycle import lifecycle
from tests.gitops.synced import Synced
from tests.gitops.test_truth import TRUE, an_object, being_deleted
from tests.scenario.world import World, has_reason


@pytest.mark.parametrize("wire", TRUE.values(), ids=TRUE)
def test_the_expressions_say_what_kstatus_says(wire: Wire) -> None:
    """Each row of the table of conditions."""
    flux.judge(wire)


@pytest.mark.parametrize(
    "wire",
    [
        {"metadata": {"generation": 1}},
        {"metadata": {"generation": 1}, "status": {}},
        {"metadata": {"generation": 1}, "status": {"conditions": []}},
        {
            "metadata": {"generation": 2},
            "status": {"conditions": an_object(1, Ready="True")["status"]["conditions"]},
        },
        {
            "metadata": {"generation": 2},
            "status": {"conditions": an_object(1, Stalled="True")["status"]["conditions"]},
        },
        being_deleted(an_object(2, Ready="True")),
    ],
    ids=[
        "no status",
        "empty status",
        "no condition",
        "ready before",
        "stalled before",
        "ready and deleted",
    ],
)
def test_where_kstatus_could_be_wrong_flux_waits(wire: Wire) -> None:
    """Without a status, with one of an older generation, and when it is on its way out."""
    assert flux.status_of(wire) == "InProgress"


async def test_over_a_whole_life_they_agree(world: World, synced: Synced) -> None:
    """After every pass; what is being deleted is on its way."""
    seen = []
    async for stage in lifecycle(world, synced):
        live = synced.live
        seen.append((stage, kstatus.status_of(live), flux.status_of(live)))
    assert list(dict.fromkeys(seen)) == [
        ("applied", "InProgress", "InProgress"),
        ("being bought", "InProgress", "InProgress"),
        ("being bought", "Current", "Current"),
        ("suspended", "Current", "Current"),
        ("changed by hand", "Current", "Current"),
        ("being deleted", "Terminating", "InProgress"),
        ("let go", "Terminating", "InProgress"),
    ]


async def test_a_workspace_that_must_be_changed_by_hand_has_failed(
    world: World, synced: Synced
) -> None:
    """Flux ends its wait at once, and does not sit out its timeout."""
    synced.sync()
    ready = await world.settle(synced.name)
    assert ready.status.instance is not None
    world.account.control.state({"removeWorkspaces": [ready.status.instance.instance_id]})
    await world.settle(synced.name, until=has_reason("Lost"))
    live = synced.live
    assert (kstatus.status_of(live), flux.status_of(live)) == ("Failed", "Failed")


def test_the_sample_waits_longer_than_a_workspace_takes() -> None:
    """With the default, which is Flux's interval, a purchase would fail the Kustomization."""
    spec = yaml.safe_load(flux.SAMPLE.read_text())["spec"]
    assert spec["wait"] is True
    assert spec["timeout"] == "20m"
