"""Writes the cases of Argo CD's own tests, from the table of situations and the captured objects.

python -m tests.gitops.capture       # after `pytest --write-fixtures` has captured them; both: make
argocd"""

import yaml

from flink_workspace_operator.api.names import SUSPEND
from tests.gitops.customization import ACTION_TESTS, HEALTH_TESTS, Wire, deciding_message, fixtures
from tests.gitops.situations import SITUATIONS

HEAD = "# Made by `make argocd`. The objects are captured from runs with the emulated cloud.\n"
SUSPENDED, RESUMED = "testdata/suspended.yaml", "testdata/resumed.yaml"


def health_tests() -> Wire:
    """The cases of the health script. It is not asked about an object that is being deleted."""
    found, health = fixtures(), {situation.name: situation.argo for situation in SITUATIONS}
    cases = [
        {
            "healthStatus": {"status": health[name], "message": deciding_message(wire)},
            "inputPath": f"testdata/{name}.yaml",
        }
        for name, wire in found.items()
        if "deletionTimestamp" not in wire["metadata"]
    ]
    return {"tests": cases}


def action_tests() -> Wire:
    """The cases of the actions. There is none of `reconcile`, which writes another time each
    time."""
    running, suspended = "../testdata/running.yaml", "../testdata/suspended-while-running.yaml"
    return {
        "discoveryTests": [
            {"inputPath": running, "result": _offered("reconcile", "suspend")},
            {"inputPath": suspended, "result": _offered("resume")},
            {"inputPath": "../testdata/suspended-before-purchase.yaml", "result": _offered()},
            {
                "inputPath": "../testdata/just-applied.yaml",
                "result": _offered("reconcile", "suspend"),
            },
        ],
        "actionTests": [
            {"action": "suspend", "inputPath": running, "expectedOutputPath": SUSPENDED},
            {"action": "resume", "inputPath": suspended, "expectedOutputPath": RESUMED},
        ],
    }


def expected_outputs() -> dict[str, Wire]:
    """What the actions are to make of their input, by path."""
    suspended, resumed = fixtures()["running"], fixtures()["suspended-while-running"]
    suspended["metadata"].setdefault("annotations", {})[SUSPEND] = "true"
    del resumed["metadata"]["annotations"][SUSPEND]
    return {SUSPENDED: suspended, RESUMED: resumed}


def _offered(*enabled: str) -> list[dict[str, object]]:
    names = ("reconcile", "resume", "suspend")
    return [
        {"name": name} if name in enabled else {"name": name, "disabled": True} for name in names
    ]


def _text(content: Wire) -> str:
    return HEAD + yaml.safe_dump(content, sort_keys=False, width=200)


if __name__ == "__main__":
    HEALTH_TESTS.write_text(_text(health_tests()))
    ACTION_TESTS.write_text(_text(action_tests()))
    for path, output in expected_outputs().items():
        target = ACTION_TESTS.parent / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(_text(output))
