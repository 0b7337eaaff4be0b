"""In whose name the cloud is asked, and what is never done in another name."""

from dataclasses import replace
from typing import Any

import pytest

from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.names import secret_finalizer
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from flink_workspace_operator.api.workspace import Adoption, FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.credentials import (
    Orders,
    Secrets,
    held_to_account,
    secret_names,
    signer,
)
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.key_failures import (
    AccountNotAllowed,
    CredentialsUnusable,
    IdentityNotAllowed,
    SecretIncomplete,
    SecretMissing,
    SecretRefused,
)
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.facts.secret import AccessKey, Secret, Signer
from flink_workspace_operator.core.facts.snapshot import SeenCloud
from flink_workspace_operator.core.orders.ledger import left_alone
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    HoldSecret,
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    ReleaseSecret,
    RemoveFinalizer,
    Step,
    WriteIntent,
)
from flink_workspace_operator.settings import Settings
from tests.builders import (
    ACCOUNT,
    ID,
    KEY,
    NOW,
    SETTINGS,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    reported,
)

MINE, OTHER = Credentials(secret_name="mine"), Credentials(secret_name="other")
ACCESS_KEY = AccessKey("id", "canary", "canary")
SECRET = Secret("mine", "5", (), deleting=False, access_key=ACCESS_KEY)
HELD = replace(SECRET, finalizers=(secret_finalizer(KEY.name),))
FORBIDDING = SETTINGS.model_copy(update={"identity_namespaces": ("others",)})
GONE: Secrets = {"mine": Absent()}
PROBLEMS: dict[str, tuple[Secret | Absent | SecretRefused, type[CredentialsUnusable]]] = {
    "gone": (Absent(), SecretMissing),
    "not to be read": (SecretRefused("mine"), SecretRefused),
    "without a key": (replace(SECRET, access_key=None), SecretIncomplete),
    "being deleted": (replace(SECRET, deleting=True), SecretMissing),
}


def paid(**more: object) -> FlinkWorkspace:
    return a_workspace(credentials=MINE, **more)  # type: ignore[arg-type]  # fields of the spec


def running(secret: Secret, workspace: FlinkWorkspace | None = None) -> Case:
    of = workspace or paid()
    cloud = a_cloud(a_listing(an_instance()))
    return a_case(of, an_order("Fulfilled", workspace=of), cloud=cloud, secrets=(secret,))


def releases(plan: Plan) -> bool:
    return any(isinstance(step, ReleaseSecret) for step in plan.steps)


@pytest.mark.parametrize(("found", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_can_not_be_used_is_replaced_by_nobody(
    found: Secret | Absent | SecretRefused, problem: type[CredentialsUnusable]
) -> None:
    """Without an order that may have been sent, nobody asks the cloud."""
    asking = signer(KEY, paid(), (an_order("Quoted"),), {"mine": found}, SETTINGS)
    assert (asking.access_key, type(asking.problem), asking.stands_in_for) == (None, problem, None)


def test_the_key_of_the_secret_signs() -> None:
    """And no problem is told."""
    assert signer(KEY, paid(), (), {"mine": SECRET}, SETTINGS) == Signer(ACCESS_KEY)


def test_own_identity_where_it_is_allowed() -> None:
    """In the namespaces that are named, or in all if that is said."""
    here = SETTINGS.model_copy(update={"identity_namespaces": (KEY.namespace,)})
    assert (
        signer(KEY, a_workspace(), (), {}, SETTINGS)
        == signer(KEY, a_workspace(), (), {}, here)
        == Signer()
    )
    for settings in (FORBIDDING, Settings()):
        refused = signer(KEY, a_workspace(), (), {}, settings)
        assert (type(refused.problem), refused.stands_in_for, refused.keeps_watch) == (
            IdentityNotAllowed,
            None,
            False,
        )


SHOWN = FlinkWorkspaceStatus(account_id=ACCOUNT, instance=Instance(instance_id=ID))
OWN: dict[str, tuple[FlinkWorkspace | None, Orders]] = {
    "sent": (a_workspace(), (an_order("Uncertain"),)),
    "sent, and the resource gone": (None, (an_order("Placing"),)),
    "refused, and a copy may come": (
        a_workspace(),
        (an_order("Rejected", outstanding_until=NOW + minutes(9)),),
    ),
    "bought": (a_workspace(), (an_order("Placed"),)),
    "running": (a_workspace(), (an_order("Fulfilled"),)),
    "adopted": (a_workspace(status=SHOWN), ()),
    "not in the ledger": (
        a_workspace(status=FlinkWorkspaceStatus(order=OrderSummary(name="demo-1"))),
        (),
    ),
}
NOT_OWN: dict[str, tuple[FlinkWorkspace | None, Orders]] = {
    "nothing": (a_workspace(), ()),
    "quoted": (a_workspace(), (an_order("Quoted"),)),
    "came to nothing": (a_workspace(), (an_order("NotPlaced"),)),
    "refused": (a_workspace(), (an_order("Rejected"),)),
    "lost, and given up": (a_workspace(status=SHOWN), (an_order("Lost", instance_id=ID),)),
    "bought with a Secret": (a_workspace(status=SHOWN), (an_order("Fulfilled", workspace=paid()),)),
    "sent with a Secret": (a_workspace(), (an_order("Uncertain", workspace=paid()),)),
}


@pytest.mark.parametrize(("workspace", "orders"), OWN.values(), ids=OWN)
def test_operator_looks_after_what_it_bought(
    workspace: FlinkWorkspace | None, orders: Orders
) -> None:
    """Also where it may not buy any more: the list came later, or its default changed."""
    asking = signer(KEY, workspace, orders, {}, FORBIDDING)
    assert (type(asking.problem), asking.keeps_watch) == (IdentityNotAllowed, True)
    assert signer(KEY, workspace, orders, {}, SETTINGS) == Signer()


@pytest.mark.parametrize(("workspace", "orders"), NOT_OWN.values(), ids=NOT_OWN)
def test_operator_looks_after_nothing_else(
    workspace: FlinkWorkspace | None, orders: Orders
) -> None:
    """Nobody learns of its account what was never theirs."""
    asking = signer(KEY, workspace, orders, {}, FORBIDDING)
    assert (type(asking.problem), asking.stands_in_for, asking.keeps_watch) == (
        IdentityNotAllowed,
        None,
        False,
    )


WATCHING = Signer(problem=IdentityNotAllowed(KEY.namespace), keeps_watch=True)


def told_by(case: Case) -> tuple[str, str]:
    plan = decide(case)
    assert plan.verdict is not None
    return plan.verdict.kind, plan.verdict.reason


def test_what_runs_goes_on_where_the_operator_may_not_buy() -> None:
    """It is Ready as before, and the cloud is reached."""
    case = a_case(
        a_workspace(),
        an_order("Fulfilled"),
        cloud=a_cloud(a_listing(an_instance())),
        signer=WATCHING,
    )
    assert told_by(case) == ("Running", "Running")
    reached = {each.type: each.status for each in reported(case, decide(case)).conditions}[
        "CloudReachable"
    ]
    assert reached == "True"


def test_an_open_outcome_is_settled_where_the_operator_may_not_buy() -> None:
    """By evidence, as anywhere."""
    order = an_order("Uncertain", intent=NOW - minutes(2))
    case = a_case(a_workspace(), order, cloud=a_cloud(a_listing(an_instance())), signer=WATCHING)
    [step] = decide(case).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state in ("Placed", "Fulfilled")
    waiting = a_case(a_workspace(), order, signer=WATCHING)
    assert told_by(waiting) == ("Progressing", "PurchaseUncertain")


@pytest.mark.parametrize("order", [None, "Quoted", "NotPlaced"])
def test_nothing_new_is_bought_prepared_or_adopted_there(order: Any) -> None:  # noqa: ANN401 - a state
    """Whatever the cloud shows: the message says the two ways out."""
    orders = () if order is None else (an_order(order, at=NOW - minutes(90)),)
    by_name = a_workspace(adoption=Adoption(policy="IfNameMatches"))
    namesake = an_instance(order=None, create_time=NOW - minutes(60))
    for case in (
        a_case(a_workspace(), *orders, signer=WATCHING),
        a_case(a_workspace(), *orders, signer=WATCHING, cloud=a_cloud(role=Absent())),
        a_case(by_name, *orders, signer=WATCHING, cloud=a_cloud(a_listing(namesake))),
    ):
        plan = decide(case)
        assert (plan.steps, told_by(case)) == ((), ("Stalled", "IdentityNotAllowed"))
        assert plan.verdict is not None
        assert "spec.credentials.secretName" in plan.verdict.message
        assert "FLINK_OPERATOR_IDENTITY_NAMESPACES" in plan.verdict.message


def test_nothing_is_sent_where_the_list_was_shortened() -> None:
    """The order that this process announced is taken back."""
    order = an_order("Placing")
    [step] = decide(a_case(a_workspace(), order, intent=order, signer=WATCHING)).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Quoted"


PINNED = SETTINGS.model_copy(update={"account_id": "77"})


def test_own_identity_is_held_to_its_account() -> None:
    """One of another account may look after what is there, and buys nothing. Keys of Secrets are
    not meant."""
    assert held_to_account(Signer(), "77", PINNED) == Signer()
    assert held_to_account(Signer(), ACCOUNT, SETTINGS) == Signer()
    assert held_to_account(Signer(), Unknown(), PINNED) == Signer()
    assert held_to_account(Signer(ACCESS_KEY), ACCOUNT, PINNED) == Signer(ACCESS_KEY)
    assert held_to_account(WATCHING, ACCOUNT, PINNED) == WATCHING
    held = held_to_account(Signer(), ACCOUNT, PINNED)
    assert (type(held.problem), held.keeps_watch) == (AccountNotAllowed, True)


def test_another_account_than_the_setting_names_buys_nothing() -> None:
    """The message names both; a person other than the resource's author must act."""
    held = held_to_account(Signer(), ACCOUNT, PINNED)
    plan = decide(a_case(a_workspace(), signer=held))
    assert plan.steps == ()
    assert plan.verdict is not None
    assert (plan.verdict.kind, plan.verdict.reason) == ("Suspended", "AccountNotAllowed")
    assert (
        f"of account {ACCOUNT}, and FLINK_OPERATOR_ACCOUNT_ID is 77: give" in plan.verdict.message
    )
    bound = a_case(
        a_workspace(), an_order("Fulfilled"), cloud=a_cloud(a_listing(an_instance())), signer=held
    )
    assert told_by(bound) == ("Running", "Running")
    elsewhere = a_case(a_workspace(), an_order("Fulfilled", account_id="5"), signer=held)
    assert told_by(elsewhere) == ("Stalled", "AccountChanged")


@pytest.mark.parametrize("state", ["Placing", "Uncertain"])
def test_operator_stands_in_for_an_order_that_may_have_been_sent(state: str) -> None:
    """If it is of the order's account, and may be used here."""
    order = an_order(state, workspace=paid())  # type: ignore[arg-type]  # two of its states
    asking = signer(KEY, paid(), (order,), GONE, SETTINGS)
    assert (asking.access_key, type(asking.problem), asking.stands_in_for) == (
        None,
        SecretMissing,
        ACCOUNT,
    )
    assert signer(KEY, paid(), (order,), GONE, FORBIDDING).stands_in_for is None


def test_secret_of_the_order_stands_in_for_the_operator_too() -> None:
    """The resource names none by now, in a namespace that may not use the operator's identity."""
    order = an_order("Uncertain", workspace=paid())
    asking = signer(KEY, a_workspace(), (order,), {"mine": HELD}, FORBIDDING)
    assert (asking.access_key, asking.stands_in_for) == (ACCESS_KEY, ACCOUNT)
    assert type(asking.problem) is IdentityNotAllowed


def test_secret_of_the_order_stands_in_first() -> None:
    """Where the resource names another one by now, which can't be used."""
    order = an_order("Uncertain", workspace=paid())
    renamed = a_workspace(credentials=OTHER)
    held = replace(HELD, deleting=True)
    asking = signer(KEY, renamed, (order,), {"other": Absent(), "mine": held}, FORBIDDING)
    assert (asking.access_key, asking.stands_in_for) == (ACCESS_KEY, ACCOUNT)


def test_order_whose_resource_is_gone_names_its_secret() -> None:
    """It is what the order was opened with."""
    order = an_order("Uncertain", workspace=paid())
    assert secret_names(None, (order,)) == ("mine",)
    assert signer(KEY, None, (order,), {"mine": HELD}, SETTINGS) == Signer(ACCESS_KEY)


def test_secret_of_an_open_order_is_read_whatever_a_hand_did_to_the_order() -> None:
    """Its finalizer is gone; who looks after it must be found out all the same."""
    order = an_order("Uncertain", workspace=paid())
    bare = order.model_copy(
        update={"metadata": order.metadata.model_copy(update={"finalizers": ()})}
    )
    assert secret_names(None, (bare,)) == ("mine",)


def test_secrets_of_settled_orders_are_read_until_the_ledger_lets_go() -> None:
    """So that a finalizer that was left on one is found."""
    order = an_order("NotPlaced", workspace=paid())
    assert secret_names(a_workspace(credentials=OTHER), (order,)) == ("other", "mine")
    released = order.model_copy(
        update={"metadata": order.metadata.model_copy(update={"finalizers": ()})}
    )
    assert secret_names(a_workspace(credentials=OTHER), (released,)) == ("other",)


def test_secret_is_held_before_the_order_is_opened() -> None:
    """In one plan, the hold first: what can't be held is not bought with."""
    steps = decide(a_case(paid(), secrets=(SECRET,))).steps
    assert [type(step) for step in steps] == [HoldSecret, OpenOrder]


@pytest.mark.parametrize("state", ["Quoted", "Uncertain"])
def test_secret_is_held_while_the_order_is_open(state: str) -> None:
    """Whatever the pass does else."""
    order = an_order(state, workspace=paid())  # type: ignore[arg-type]  # two of its states
    assert not releases(decide(a_case(paid(), order, secrets=(HELD,))))


def test_secret_is_let_go_afterwards() -> None:
    """By the next pass, whether the workspace runs, is being deleted, or is gone."""
    for case in (
        running(HELD),
        running(HELD, paid(deleted=True)),
        a_case(None, an_order("NotPlaced", workspace=paid()), secrets=(HELD,)),
    ):
        assert releases(decide(case))
    assert not releases(decide(running(SECRET)))


def test_secret_that_is_deleted_before_anything_was_sent_is_let_go() -> None:
    """Held by an order that can't be sent without it, it would stay for ever, and no other could
    take its place."""
    order, going = an_order("Quoted", workspace=paid()), replace(HELD, deleting=True)
    problem = SecretMissing("mine")
    blind: dict[str, Any] = {"cloud": unread(problem), "signer": Signer(problem=problem)}
    assert decide(a_case(paid(), order, secrets=(going,), **blind)).steps == (ReleaseSecret(going),)


@pytest.mark.parametrize(
    ("secret", "steps"), [(SECRET, [HoldSecret, WriteIntent]), (HELD, [WriteIntent])]
)
def test_secret_is_held_before_the_order_may_be_sent(
    secret: Secret, steps: list[type[Step]]
) -> None:
    """It may be another one of that name by now."""
    case = a_case(paid(), an_order("Quoted", workspace=paid()), secrets=(secret,))
    assert [type(step) for step in decide(case).steps] == steps


def test_deletion_lets_go_of_the_secret_first() -> None:
    """Nobody would come back to it afterwards."""
    steps = [type(step) for step in decide(running(HELD, paid(deleted=True))).steps]
    assert steps.index(ReleaseSecret) < steps.index(RemoveFinalizer)


def test_nothing_is_sent_by_whoever_stands_in() -> None:
    """The Secret went between intent and call: the order is taken back."""
    order = an_order("Placing", workspace=paid())
    stands_in = Signer(problem=SecretMissing("mine"), stands_in_for=ACCOUNT)
    [step] = decide(a_case(paid(), order, intent=order, signer=stands_in)).steps
    assert not isinstance(step, PlaceOrder)
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Quoted"


def test_order_is_superseded_where_another_secret_is_named() -> None:
    """Who pays is part of what was agreed to."""
    order = an_order("Quoted", workspace=paid())
    [step] = decide(a_case(a_workspace(credentials=OTHER), order)).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Superseded"


def test_new_order_names_who_pays() -> None:
    """So that it can be looked after when the resource is gone."""
    steps = decide(a_case(paid(), secrets=(HELD,))).steps
    assert [step.spec.credentials for step in steps if isinstance(step, OpenOrder)] == [MINE]


def unread(problem: CredentialsUnusable) -> SeenCloud:
    return SeenCloud(account_id=Unknown(problem))


def test_order_waits_and_says_for_whom() -> None:
    """On the resource as Suspended, and in the ledger; the same once more when somebody can ask
    again."""
    problem = SecretMissing("mine")
    order = an_order("Uncertain", workspace=paid(), message="It is not known.")
    blind: dict[str, Any] = {"cloud": unread(problem), "signer": Signer(problem=problem)}
    [step] = decide(a_case(paid(), order, **blind)).steps
    assert isinstance(step, MoveOrder)
    assert (
        step.status.message
        == f"It is not known. Nobody can ask the cloud, because {problem}: create it, with the keys"
        " accessKeyId and accessKeySecret, or correct secretName"
    )
    told = order.model_copy(update={"status": step.status})
    plan = decide(a_case(paid(), told, **blind))
    assert (plan.steps, plan.verdict and (plan.verdict.kind, plan.verdict.reason)) == (
        (),
        ("Suspended", "SecretMissing"),
    )
    early = a_cloud(a_listing(at=NOW - minutes(0.5)))
    [step] = decide(a_case(paid(), told, cloud=early)).steps
    assert isinstance(step, MoveOrder)
    assert step.status == order.status


def test_who_stands_in_needs_no_resource() -> None:
    """It was let go with its order abandoned: the order is looked after, and nobody is said to be
    missing."""
    order = an_order("Uncertain", workspace=paid())
    stands_in = Signer(problem=SecretMissing("mine"), stands_in_for=ACCOUNT)
    [step] = decide(
        a_case(None, order, cloud=a_cloud(a_listing(at=NOW - minutes(0.5))), signer=stands_in)
    ).steps
    assert isinstance(step, MoveOrder)
    assert step.status == left_alone(order)


@pytest.mark.parametrize(
    "workspace", [paid(), paid(deleted=True), None], ids=["there", "being deleted", "gone"]
)
def test_order_says_that_it_can_not_be_asked_for_in_another_account(
    workspace: FlinkWorkspace | None,
) -> None:
    """It waits until there is a key of its own account again: so does whoever deleted the
    resource."""
    order = an_order("Uncertain", workspace=paid(), message="It is not known.")
    elsewhere = a_cloud(a_listing(), account_id="2")
    [step] = decide(a_case(workspace, order, cloud=elsewhere)).steps
    assert isinstance(step, MoveOrder)
    why = "Secret team/mine's access key is of account 2, this"
    place = f"order of {ACCOUNT}: put one into it of that account"
    assert (
        step.status.message == f"It is not known. Nobody can ask the cloud, because {why} {place}"
    )
    told = order.model_copy(update={"status": step.status})
    if workspace is None:
        told = told.model_copy(update={"status": left_alone(told)})
    plan = decide(a_case(workspace, told, cloud=elsewhere))
    assert (plan.steps, workspace is None or why in str(plan.verdict)) == ((), True)


def test_order_that_nobody_can_ask_for_is_not_being_sent_for_ever() -> None:
    """The process that was to send it is gone; that no look can tell the time any more does not
    keep it in Placing."""
    problem = SecretMissing("mine")
    blind: dict[str, Any] = {"cloud": unread(problem), "signer": Signer(problem=problem)}
    order = an_order("Placing", workspace=paid(), intent=NOW - minutes(1))
    assert decide(a_case(None, order, **blind)).steps == ()
    order = an_order("Placing", workspace=paid(), intent=NOW - minutes(3))
    [step] = decide(a_case(None, order, **blind)).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Uncertain"


def test_missing_secret_of_what_is_being_created_is_waited_for() -> None:
    """A person must bring it: nothing goes on by itself, and no other spec would help."""
    problem = SecretMissing("mine")
    blind: dict[str, Any] = {"cloud": unread(problem), "signer": Signer(problem=problem)}
    case = a_case(paid(), an_order("Placed", workspace=paid()), **blind)
    told = {
        each.type: (each.status, each.reason) for each in reported(case, decide(case)).conditions
    }
    assert (told["Ready"], told["Suspended"]) == (
        ("Unknown", "SecretMissing"),
        ("True", "SecretMissing"),
    )
    assert (told["Reconciling"][0], told["Stalled"][0]) == ("False", "False")


def test_missing_secret_is_a_prerequisite() -> None:
    """On its way at first, Stalled after the grace; of a workspace that runs only the cloud can't
    be asked."""
    problem = SecretMissing("mine")
    blind: dict[str, Any] = {"cloud": unread(problem), "signer": Signer(problem=problem)}
    first = a_case(paid(), **blind)
    status = reported(first, decide(first))
    told = {each.type: (each.status, each.reason) for each in status.conditions}
    assert (told["Ready"], told["Reconciling"][0]) == (("Unknown", "SecretMissing"), "True")
    assert told["CloudReachable"] == ("Unknown", "SecretMissing")
    later = a_case(paid(status=status), now=NOW + minutes(6), **blind)
    assert {each.type: each.status for each in reported(later, decide(later)).conditions}[
        "Stalled"
    ] == "True"
    known = reported(running(SECRET), decide(running(SECRET)))
    bound = a_case(paid(status=known), an_order("Fulfilled", workspace=paid()), **blind)
    kept = {each.type: each.status for each in reported(bound, decide(bound)).conditions}
    assert (kept["Ready"], kept["Stalled"], kept["CloudReachable"]) == ("True", "False", "Unknown")


def test_letting_go_needs_nobody_who_can_ask() -> None:
    """Without an open order a resource goes, whatever became of its Secret."""
    going = paid(deleted=True)
    case = a_case(going, an_order("Fulfilled", workspace=going), cloud=SeenCloud())
    assert [type(step) for step in decide(case).steps] == [RemoveFinalizer]


def test_resource_is_kept_before_its_order_is_opened() -> None:
    """Its own finalizer comes first: without it nobody would let go of the Secret."""
    steps = decide(a_case(paid(finalizers=()), secrets=(SECRET,))).steps
    assert [type(step) for step in steps] == [AddFinalizer, HoldSecret, OpenOrder]


def test_keys_are_not_shown() -> None:
    """Whatever prints a Secret or a signer prints no key."""
    assert "canary" not in repr((SECRET, Signer(ACCESS_KEY), ACCESS_KEY, HoldSecret(SECRET)))
