"""Each action against each bad input."""

import pytest

from flink_cloud_emulator.dispatch import SERVICES
from tests.emulator.bad_input import Send, cases, prepared, wrong
from tests.emulator.valid_calls import ACTIONS, valid_call
from tests.emulator_fixture import EmulatedAccount
from tests.raw_client import call_v1, call_v3

EVERY = [(product, action) for product, actions in ACTIONS.items() for action in actions]


@pytest.mark.parametrize(("product", "action"), EVERY)
def test_bad_input_is_refused_with_its_code_and_changes_nothing(
    account: EmulatedAccount, product: str, action: str
) -> None:
    """`python -m tests.emulator.bad_input` prints how much is tried."""
    user = prepared(account)
    failed = [
        line
        for case in cases(account, user, product, action)
        if (line := wrong(account, user, case))
    ]
    assert "\n".join(failed) == ""


@pytest.mark.parametrize("send", [call_v3, call_v1], ids=["version 3", "version 1.0"])
@pytest.mark.parametrize(("product", "action"), EVERY)
def test_what_is_spoilt_there_is_fine_before(
    account: EmulatedAccount, send: Send, product: str, action: str
) -> None:
    """Else the refusals could be for another reason."""
    user = prepared(account)
    assert send(account.endpoint, user, valid_call(account, product, action)).status == 200


def test_no_action_is_left_out() -> None:
    """But the one that needs no signature."""
    known = {(service.name, action) for service in SERVICES for action in service.actions}
    assert known - set(EVERY) == {("sts", "AssumeRoleWithOIDC")}
