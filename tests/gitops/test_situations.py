"""What Argo CD and kstatus make of every situation; and that the objects in `deploy/argocd` were
captured from them.

`make argocd` captures them anew, with `--write-fixtures`.
"""

from typing import Any

import pytest
import yaml

from tests.gitops.customization import HEALTH_TESTS, TESTDATA, deciding_message, load
from tests.gitops.kstatus import status_of
from tests.gitops.lua import RUNTIMES, health_of
from tests.gitops.situations import SITUATIONS, Situation, captured
from tests.scenario.world import World

EACH = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)


@EACH
async def test_as_told(situation: Situation, world: World, request: pytest.FixtureRequest) -> None:
    """Argo CD shows the health that the table tells, and the captured object is still what is met
    there."""
    shown = await captured(situation, world)
    wire = yaml.safe_load(shown)
    assert {health_of(wire, runtime).status for runtime in RUNTIMES} == {situation.argo}
    assert status_of(wire) == situation.kstatus
    path = TESTDATA / f"{situation.name}.yaml"
    if request.config.getoption("--write-fixtures"):
        path.write_text(shown)
    assert _shape(wire) == _shape(load(path)), "run: make argocd"


@EACH
def test_upstream_test_of_the_health_script(situation: Situation) -> None:
    """Every captured object is a case of `health_test.yaml`, with the health of the table and the
    deciding message."""
    cases = {case["inputPath"]: case["healthStatus"] for case in load(HEALTH_TESTS)["tests"]}
    wire = load(TESTDATA / f"{situation.name}.yaml")
    if wire["metadata"].get("deletionTimestamp"):
        assert f"testdata/{situation.name}.yaml" not in cases  # Argo CD asks no script then
        return
    expected = {"status": situation.argo, "message": deciding_message(wire)}
    assert cases[f"testdata/{situation.name}.yaml"] == expected


def _shape(wire: dict[str, Any]) -> dict[str, Any]:
    """What is the same each time: no ids, no times, no numbers of versions."""
    status = wire["status"]
    conditions = {
        each["type"]: (each["status"], each["reason"]) for each in status.get("conditions", [])
    }
    return {
        "deleting": "deletionTimestamp" in wire["metadata"],
        "finalizers": wire["metadata"].get("finalizers"),
        "seen": status["observedGeneration"] == wire["metadata"]["generation"],
        "conditions": conditions,
        "order": status.get("order", {}).get("state"),
        "instance": sorted(status.get("instance", {})),
        "spec": wire["spec"],
    }
