"""What kstatus says of an object: the rules by which Flux, Helm 4 and kpt wait for a custom
resource, as an oracle."""

from typing import Any, Literal

Wire = dict[str, Any]
Verdict = Literal["Terminating", "InProgress", "Failed", "Current"]

_BY_CONDITION: dict[tuple[str, str], Verdict] = {
    ("Reconciling", "True"): "InProgress",
    ("Stalled", "True"): "Failed",
}


def status_of(wire: Wire) -> Verdict:
    """The verdict; its rules in their order, and the first that fits decides. ValueError where
    kstatus gives an error.

    Conditions count in the order in which they stand, and their own observedGeneration does not
    count."""
    metadata, status = wire["metadata"], wire.get("status") or {}
    if metadata.get("deletionTimestamp"):
        return "Terminating"
    if not _is_observed(metadata, status):
        return "InProgress"
    conditions = status.get("conditions") or []
    for condition in conditions:
        if verdict := _BY_CONDITION.get((condition["type"], condition["status"])):
            return verdict
    ready = next(
        (condition["status"] for condition in conditions if condition["type"] == "Ready"), None
    )
    return "Current" if ready in (None, "True") else "InProgress"


def _is_observed(metadata: Wire, status: Wire) -> bool:
    """Whether the controller says that it saw this generation. One that never says so is
    believed."""
    observed = status.get("observedGeneration")
    if observed is None:
        return True
    if not isinstance(observed, int) or isinstance(observed, bool):
        raise ValueError(f"observedGeneration is no integer: {observed!r}")
    return bool(observed == metadata.get("generation", 0))
