"""What Flux makes of a workspace by the expressions of deploy/flux."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import cel
import yaml

from flink_local.manifests import REPOSITORY
from tests.gitops import kstatus
from tests.gitops.kstatus import Verdict, Wire
from tests.gitops.truth import Untrue

SAMPLE: Final[Path] = REPOSITORY / "deploy" / "flux" / "workspaces.yaml"
IN_ORDER: Final[tuple[tuple[str, Verdict], ...]] = (
    ("inProgress", "InProgress"),
    ("failed", "Failed"),
    ("current", "Current"),
)


def status_of(wire: Wire) -> Verdict:
    """The generation first, then the expressions in Flux's order; one that can't be evaluated
    means: go on waiting."""
    observed = wire.get("status", {}).get("observedGeneration")
    if observed is not None and observed != wire["metadata"]["generation"]:
        return "InProgress"
    try:
        return next((verdict for name, verdict in IN_ORDER if _holds(name, wire)), "InProgress")
    except RuntimeError:
        return "InProgress"


def judge(wire: Wire) -> None:
    """The expressions say what kstatus says. Raises `Untrue`. To Flux what is being deleted is on
    its way."""
    said, meant = status_of(wire), kstatus.status_of(wire)
    if said != ("InProgress" if meant == "Terminating" else meant):
        raise Untrue(f"the expressions for Flux say {said}, kstatus says {meant}: {wire}")


def _holds(name: str, wire: Wire) -> bool:
    """Whether an expression is true; what is no truth value at all is a mistake in the
    expression."""
    told = _expressions()[name].execute(wire)
    if not isinstance(told, bool):
        raise TypeError(f"{name} is {told!r}")
    return told


@cache
def _expressions() -> dict[str, Any]:
    """Those for our kind."""
    [checks] = yaml.safe_load(SAMPLE.read_text())["spec"]["healthCheckExprs"]
    assert (checks.pop("apiVersion"), checks.pop("kind")) == (
        "flink.alicloud.dev/v1alpha1",
        "FlinkWorkspace",
    )
    return {name: cel.compile(expression) for name, expression in checks.items()}
