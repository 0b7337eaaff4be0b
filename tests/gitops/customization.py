"""The files of `deploy/argocd`: in the layout in which Argo CD keeps such scripts, and as parts of
`argocd-cm`."""

from pathlib import Path
from typing import Any, Final

import yaml

from flink_local.manifests import REPOSITORY

CUSTOMIZATION: Final = (
    REPOSITORY / "deploy/argocd/resource_customizations/flink.alicloud.dev/FlinkWorkspace"
)
TESTDATA: Final = CUSTOMIZATION / "testdata"
HEALTH_TESTS: Final = CUSTOMIZATION / "health_test.yaml"
ACTION_TESTS: Final = CUSTOMIZATION / "actions" / "action_test.yaml"
Wire = dict[str, Any]


def load(path: Path) -> Wire:
    """An object, or the tests, of a file."""
    found: Wire = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    return found


def fixtures() -> dict[str, Wire]:
    """The captured objects by situation."""
    return {path.stem: load(path) for path in sorted(TESTDATA.glob("*.yaml"))}


def deciding_message(wire: Wire) -> str:
    """What a person is to read: the message of the condition that decides, by the rules of
    `docs/conditions.md`."""
    told = {each["type"]: each for each in wire["status"].get("conditions", [])}
    if not told or wire["status"]["observedGeneration"] != wire["metadata"]["generation"]:
        return "Waiting for the operator to see the latest spec"
    on = [
        type_
        for type_ in ("Stalled", "Suspended", "Reconciling")
        if told[type_]["status"] == "True"
    ]
    message: str = told[(*on, "Ready")[0]]["message"]
    return message
