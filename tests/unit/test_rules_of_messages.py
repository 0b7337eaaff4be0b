"""Every line that a user reads keeps six rules; sentences that once broke them are noticed when
they come back."""

import pytest

from flink_workspace_operator.core.facts.advice import describe, describe_call
from flink_workspace_operator.core.facts.failure_kinds import KINDS
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import SignedBy
from flink_workspace_operator.core.facts.key_failures import AccountNotAllowed, CredentialsUnusable
from flink_workspace_operator.core.facts.observed import NotBought
from flink_workspace_operator.core.orders import answers, ledger, unsent
from flink_workspace_operator.core.orders.ledger import Rejection
from flink_workspace_operator.core.reporting.catalogue import DECIDING
from flink_workspace_operator.core.reporting.catalogue_of_aspects import ASPECTS, QUIET
from flink_workspace_operator.core.reporting.glossary import EVENTS
from tests.builders import ACCOUNT, COPY_WINDOW, ID, NOW, WINDOW, a_quote, an_order
from tests.rules_of_messages import (
    Rule,
    an_annotation_is_a_whole_command,
    broken_by,
    money_has_an_amount,
    no_promise_without_a_time,
    one_colon,
    the_one_in_question_is_named,
    untrue_of_an_open_order,
    untrue_together,
)

SIGNED_BY = SignedBy("Secret team/second", "LTAI5tAb", ACCOUNT, f"acs:ram::{ACCOUNT}:user/team-b")
OLD = (
    (
        one_colon,
        "order t-1: It is not known whether this was bought: foasconsole.CreateInstance did not answer: wait.",
    ),
    (
        one_colon,
        "order m-1: It is not known whether this was bought: the bill leaves nothing open any more.",
    ),
    (
        one_colon,
        "foasconsole.CreateInstance was refused: the account's balance is too low (code X): top up the account",
    ),
    (
        one_colon,
        "sts.GetCallerIdentity was refused: the access key is not valid (code X): put a valid one into it",
    ),
    (
        one_colon,
        "ram.CreateRole was refused: a permission is missing (code NoPermission): grant ram:CreateRole",
    ),
    (
        no_promise_without_a_time,
        "foasconsole.CreateInstance answered what makes no sense: it will be tried again.",
    ),
    (
        no_promise_without_a_time,
        "foasconsole.DescribeInstances did not answer (code NoConnection): it will be tried again",
    ),
    (
        no_promise_without_a_time,
        "foasconsole.DescribeInstances did not answer (code X): the operator asks again",
    ),
    (no_promise_without_a_time, "RAM role 'x' does not exist: the operator is putting that right"),
    (no_promise_without_a_time, "bucket 'b' lacks logs/: the operator is creating that"),
    (no_promise_without_a_time, "sc_1 was seen before and is not shown now: looking again"),
    (the_one_in_question_is_named, "the account's balance is too low: top up the account"),
    (the_one_in_question_is_named, "OSS is not opened in this account: open it in the OSS console"),
    (
        the_one_in_question_is_named,
        "a permission is missing: grant the RAM action ram:CreateRole to the operator's identity",
    ),
    (
        the_one_in_question_is_named,
        "put a valid one into the Secret of spec.credentials; else give it to the operator",
    ),
    (
        the_one_in_question_is_named,
        "the operator may not read Secret 'nope' of spec.credentials, or not hold it",
    ),
    (
        an_annotation_is_a_whole_command,
        "The next try comes after 2026-11-30 12:48 UTC, after a change of the spec, or with the annotation"
        " reconcile-requested-at",
    ),
    (
        an_annotation_is_a_whole_command,
        "to let the resource go before, set the annotation flink.alicloud.dev/abandon-order: w-1",
    ),
    (
        an_annotation_is_a_whole_command,
        "sc_1 is gone: to buy another one, set the annotation flink.alicloud.dev/replace-lost: sc_1",
    ),
    (
        an_annotation_is_a_whole_command,
        "suspended by spec.suspend or the annotation suspend: nothing is written to the cloud",
    ),
    (
        money_has_an_amount,
        "order m-1: Not bought: nothing of it showed up. The next try comes after 2026-11-30 12:48 UTC",
    ),
    (
        money_has_an_amount,
        "account 1000000000000001 has a balance that is too low: top up account 1000000000000001",
    ),
    (money_has_an_amount, "experiments-1: Bought sc_flinkserverless_public_cn-1."),
    (
        untrue_of_an_open_order,
        "It is not known whether this was bought: the answer was lost: it will be tried again.",
    ),
    (
        untrue_of_an_open_order,
        "The cloud did not answer (DeadlineExceeded): asked again within a minute",
    ),
)


@pytest.mark.parametrize(("rule", "sentence"), OLD)
def test_a_sentence_of_old_breaks_its_rule(rule: Rule, sentence: str) -> None:
    """Put back, it is noticed."""
    assert rule(sentence) is not None


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_failure_keeps_the_rules(kind: type[CloudFailure]) -> None:
    """As a message of a read, of a call that spends money, and as the last word about an order."""
    failure = a_failure(kind)
    for line in (describe(failure), describe_call(failure)):
        assert not [wrong for wrong in broken_by(line) if "how much" not in wrong], line
    for fate in ("Unknown", "CopyRefused", "NothingSent"):
        failure.fate = fate
        order = an_order("Placing", intent=NOW)
        status = answers.after_answer(order, NotBought(failure), NOW, COPY_WINDOW)
        assert status is not None
        assert status.message is not None
        assert broken_by(status.message) == (), status.message
        assert ": " not in status.message, (
            "behind the name of the order it would be the second colon"
        )
        if status.state == "Uncertain":
            assert untrue_of_an_open_order(status.message) is None


def a_failure(kind: type[CloudFailure]) -> CloudFailure:
    """One of the kind, as a pass has it."""
    if kind is AccountNotAllowed:
        failure: CloudFailure = AccountNotAllowed(ACCOUNT, "1")
    elif issubclass(kind, CredentialsUnusable):
        failure = kind("team/second")
    else:
        failure = kind("foasconsole.CreateInstance", "SomeCode")
    failure.signed_by = SIGNED_BY
    return failure


def test_every_move_of_an_order_keeps_the_rules() -> None:
    """All that the ledger says, without a colon: the order's name and a colon stand before it."""
    order = an_order("Uncertain", intent=NOW, answer="BalanceTooLow")
    moves = (
        unsent.quoted(order.spec, 1, a_quote(), NOW),
        unsent.intended(order, unsent.Announcement(NOW, "n" * 32, "m" * 32, WINDOW)),
        ledger.placed(order, ID, NOW, "Token"),
        ledger.fulfilled(an_order("Placed"), NOW),
        ledger.lost(an_order("Fulfilled"), NOW),
        ledger.uncertain(order, NOW, "the process that announced it did not report"),
        ledger.not_placed(order, NOW, NOW + WINDOW),
        ledger.rejected(
            order, NOW, Rejection("Answer", "NameTaken", "the name is taken"), NOW + WINDOW
        ),
        ledger.not_left_open(order),
        ledger.left_alone(order),
        ledger.kept(an_order("Placed"), NOW),
        unsent.canceled(an_order("Quoted"), NOW),
        unsent.without_status(an_order(None), NOW),
    )
    for status in moves:
        assert broken_by(status.message or "") == (), status.message
        assert ": " not in (status.message or "")


def test_the_cause_stays_to_the_end() -> None:
    """Whoever has to top up the account still reads why when the window of the call is over."""
    order = an_order("Uncertain", intent=NOW, answer="BalanceTooLow")
    message = ledger.not_placed(order, NOW + WINDOW, NOW + WINDOW).message
    assert message == (
        "Not bought (CNY 1200.00 for 1 month), because no list showed the workspace by 2026-11-23 09:31 UTC."
        f" The cloud's answer at 2026-11-23 09:00 UTC was that the balance of account {ACCOUNT} is too low."
        f" Top up account {ACCOUNT}, unless that is done."
    )


def test_the_catalogues_keep_the_rules() -> None:
    """What the pages say of reasons and events."""
    entries = [
        *DECIDING.values(),
        *QUIET.values(),
        *(each for all_ in ASPECTS.values() for each in all_.values()),
    ]
    for line in (
        *(line for each in entries for line in (each.meaning, each.advice)),
        *EVENTS.values(),
    ):
        assert one_colon(line) is None, line
        assert no_promise_without_a_time(line) is None, line


def conditions(**changed: tuple[str, str, str]) -> dict[str, dict[str, str]]:
    """All in order but for those."""
    types = ("Ready", "Stalled", "Purchased", "RamRoleReady", "NetworkReady", "OssDirectoriesReady")
    told = {**dict.fromkeys(types, ("True", "Reason", "fine")), **changed}
    return {
        type_: dict(zip(("status", "reason", "message"), said, strict=True))
        for type_, said in told.items()
    }


@pytest.mark.parametrize(
    "untrue",
    [
        conditions(
            NetworkReady=("False", "VpcNotFound", "VPC vpc-nope does not exist: create it"),
            Stalled=("False", "NotStalled", "nothing has to be changed by hand"),
        ),
        conditions(
            Ready=(
                "False",
                "OwnedElsewhere",
                "sc_1 of this name belongs to cluster 'somebody-else'",
            ),
            Purchased=("True", "Bound", "sc_1 belongs to this resource"),
        ),
        conditions(
            Ready=(
                "Unknown",
                "PurchaseUncertain",
                "order w-1: the answer was lost: it will be tried again",
            ),
            Purchased=("Unknown", "PurchaseUncertain", "order w-1 is not settled yet"),
        ),
    ],
)
def test_conditions_do_not_contradict_each_other(untrue: dict[str, dict[str, str]]) -> None:
    """A message is true beside the others, for as long as the state lasts."""
    assert untrue_together(untrue) is not None
    assert untrue_together(conditions()) is None
