"""What a newer version stored is named by field and value, and never taken for something that it is
not."""

from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.reading import order_in, wanted_in, workspace_in
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import WantedName
from tests.builders import KEY, NOW, REGION, a_workspace, an_order

Wire = dict[str, Any]


def stored_workspace(**spec: object) -> Wire:
    wire = a_workspace().as_wire()
    return {**wire, "spec": {**wire["spec"], **spec}}


def stored_order(state: str | None = "Quoted", **parts: Wire) -> Wire:
    """One in a state that this version knows, with more in its `spec` or `status`."""
    wire = an_order(state).as_wire()  # type: ignore[arg-type]  # a state of a parameter
    return {**wire, **{part: {**wire[part], **more} for part, more in parts.items()}}


UNREADABLE_SPECS: dict[str, tuple[Wire, str]] = {
    "charge type": ({"chargeType": "Elastic"}, r"`spec.chargeType` .*'Elastic'"),
    "adoption": ({"adoption": {"policy": "Always"}}, r"`spec.adoption.policy` .*'Always'"),
    "role": ({"ramRole": {"management": "Borrow"}}, r"`spec.ramRole.management` .*'Borrow'"),
    "shape": ({"network": "vpc-1"}, r"`spec.network` .*'vpc-1'"),
    "long value": ({"suspend": "x" * 500}, r"`spec.suspend` .*'x{59}\.\.\.\)$"),
    "whole object": ({"suspend": {"until": "tomorrow"}}, r"`spec.suspend` .*an object"),
}


@pytest.mark.parametrize("case", UNREADABLE_SPECS)
def test_a_value_of_the_spec(case: str) -> None:
    """Field and value are named; the name that it wants, its metadata and conditions are read all
    the same."""
    spec, said = UNREADABLE_SPECS[case]
    wire = stored_workspace(**spec)
    with pytest.raises(Unreadable, match=said):
        workspace_in(wire)
    assert wanted_in(wire) == WantedName(KEY, REGION, "demo")
    assert PartialWorkspace.of(wire).metadata.name == "demo"


@pytest.mark.parametrize(
    ("spec", "unknown"),
    [
        ({}, ()),
        ({"futureBrake": None}, ()),
        ({"futureBrake": "on"}, ("spec.futureBrake",)),
        ({"adoption": {"policy": "Never", "notBefore": "x"}}, ("spec.adoption.notBefore",)),
        ({"tags": [{"key": "a", "value": "b", "scope": "c"}]}, ("spec.tags[0].scope",)),
    ],
    ids=str,
)
def test_a_field_of_the_spec(spec: Wire, unknown: tuple[str, ...]) -> None:
    """It is kept by name, wherever it stands."""
    assert workspace_in(stored_workspace(**spec)).unknown_fields == unknown


ODD_ORDERS: dict[str, tuple[Wire, str]] = {
    "state": (
        stored_order(status={"state": "AwaitingReview"}),
        "`status.state` .*'AwaitingReview'",
    ),
    "action": (stored_order(spec={"action": "Renew"}), "`spec.action` .*'Renew'"),
    "field of an open one": (
        stored_order(spec={"renew": {"until": "x"}}),
        "does not know: spec.renew",
    ),
    "status of an open one": (
        stored_order(status={"approvedBy": "x"}),
        "does not know: status.approvedBy",
    ),
    "field without a status": (stored_order(None, spec={"renew": {}}), "does not know: spec.renew"),
}


@pytest.mark.parametrize("case", ODD_ORDERS)
def test_an_order_of_a_newer_version(case: str) -> None:
    """It is open for all that this version knows, and is not touched."""
    wire, said = ODD_ORDERS[case]
    with pytest.raises(Unreadable, match=said):
        order_in(wire)


def test_a_settled_order_with_a_newer_field_is_read() -> None:
    """Nothing is decided by the field any more."""
    assert order_in(stored_order("Fulfilled", status={"approvedBy": "x"})).state == "Fulfilled"


def test_conditions_that_cannot_be_read_are_kept_as_stored() -> None:
    """Those of other controllers, or of a newer version."""
    odd = {"type": "Theirs", "status": "Maybe"}
    ours = {
        "type": "Ready",
        "status": "True",
        "reason": "Running",
        "message": "",
        "observedGeneration": 1,
    }
    known = {**ours, "lastTransitionTime": NOW.isoformat()}
    partial = PartialWorkspace.of({**stored_workspace(), "status": {"conditions": [odd, known]}})
    assert [each.type for each in partial.conditions] == ["Ready"]
    assert partial.stored_conditions == (odd, known)
