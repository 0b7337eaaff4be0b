"""What holds whatever was seen: the rules that protect money, and the shape of what is told."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flink_workspace_operator.api.names import (
    ABANDON_ORDER,
    PURCHASE_FINALIZER,
    RECONCILE_REQUESTED_AT,
    SUSPEND,
)
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus, Quote
from flink_workspace_operator.api.order_states import MOVES, OrderState
from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.api.purchase import MaximumPrice, Purchase
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case, case_of
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content, Unread
from flink_workspace_operator.core.facts.failures import (
    BalanceTooLow,
    Fate,
    NameTaken,
    OutputsRefused,
    ParametersRefused,
    PermissionMissing,
    ServerError,
    Throttled,
    Unexplained,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.key_failures import (
    CredentialsRefused,
    KeyRefused,
    KeyUnavailable,
)
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bought,
    BucketElsewhere,
    NotBought,
    SeenNetwork,
    Unknown,
)
from flink_workspace_operator.core.facts.ownership import Ownership, classify
from flink_workspace_operator.core.facts.snapshot import (
    Answered,
    Intent,
    Remembered,
    Seen,
    SeenCloud,
)
from flink_workspace_operator.core.orders import answers
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    AttachPolicy,
    CreateDirectory,
    CreateRole,
    DeleteOutputs,
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Step,
    TakeClaim,
    Verdict,
    VerdictKind,
    WriteIntent,
    WriteOutputs,
)
from flink_workspace_operator.core.reporting.report import report
from tests.builders import (
    ACCOUNT,
    COPY_WINDOW,
    ID,
    KEY,
    MARK,
    NOW,
    OWNER,
    REGION,
    SETTINGS,
    TARGET,
    WINDOW,
    a_claim,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    seen,
)
from tests.simulation.rules import is_within

TYPES = {
    *("Ready", "Reconciling", "Stalled", "Suspended"),
    *("RamRoleReady", "NetworkReady", "OssDirectoriesReady"),
    *("Purchased", "WorkspaceRunning", "InSync", "ExpiryHealthy", "CloudReachable"),
}
FROZEN = {"quote", "digest", "intent_time", "nonce", "intent_mark", "settled_not_before"}
FAILURES = st.sampled_from(
    [
        kind("foasconsole.DescribeInstances", "code\nof two lines", fate=fate)
        for kind in (
            *(
                Unreachable,
                ServerError,
                Throttled,
                CredentialsRefused,
                PermissionMissing,
                KeyUnavailable,
                KeyRefused,
            ),
            *(ParametersRefused, NameTaken, BalanceTooLow, Unexplained),
        )
        for fate in get_args(Fate)
    ]
)
UNKNOWN = st.one_of(st.just(Unknown()), FAILURES.map(Unknown))
AGES = st.sampled_from([minutes(m) for m in (-1, 0, 0.5, 3, 14.9, 15, 20, 31.1, 45, 3000)])
STATES = st.sampled_from([None, *get_args(OrderState)])
OUTSTANDING = st.sampled_from([None, None, NOW - minutes(1), NOW, NOW + minutes(10)])
NEIGHBOURS = st.sampled_from(
    [
        *[()] * 9,
        (Neighbour(Key("a", "b"), ACCOUNT, REGION, "sc_flink-9"),),
        (Neighbour(Key("a", "b"), ACCOUNT, REGION, ID),),
        (Neighbour(Key("a", "b"), ACCOUNT, REGION, "sc_flink-9", NOW),),
    ]
)
THEIRS = ConfigMap("ids", "uid-ids", "1", Content({}, {}, ()))
OUTPUTS = ((THEIRS,), Unread(OutputsRefused("cannot get resource configmaps")), Unread())
"""What keeps a workspace that wants outputs from handing them on."""
MAXIMA = st.sampled_from(
    [
        *[None] * 4,
        *(
            Purchase(maximum_price=MaximumPrice(amount=amount, currency=currency))
            for amount, currency in (("1200.00", "CNY"), ("1199.99", "CNY"), ("9999.00", "USD"))
        ),
    ]
)
ANSWERS = st.sampled_from(
    [None, "NameTaken", "BalanceTooLow", "ParametersRefused", "Unexplained", "Throttled"]
)


@st.composite
def workspaces(draw: st.DrawFn) -> FlinkWorkspace:
    annotations = draw(
        st.dictionaries(
            st.sampled_from([RECONCILE_REQUESTED_AT, ABANDON_ORDER]),
            st.sampled_from(["demo-1", "x"]),
        )
    )
    annotations |= draw(
        st.sampled_from([{}, {}, {}, {SUSPEND: "false"}, {SUSPEND: "no"}, {SUSPEND: ""}])
    )
    return a_workspace(
        uid=draw(st.sampled_from(["uid-1", "uid-2"])),
        generation=draw(st.integers(1, 2)),
        annotations=annotations,
        finalizers=draw(
            st.sampled_from([(PURCHASE_FINALIZER,), (PURCHASE_FINALIZER,), ("other",), ()])
        ),
        deleted=draw(st.sampled_from([False, False, False, True])),
        suspend=draw(st.sampled_from([False, False, True])),
        workspace_name=draw(st.sampled_from([None, None, None, "former"])),
        resources={"cu": draw(st.sampled_from([10, 10, 20]))},
        outputs=draw(st.sampled_from([None, Outputs(config_map_name="ids")])),
        purchase=draw(MAXIMA),
        status=FlinkWorkspaceStatus(
            outputs=draw(st.sampled_from([None, None, Outputs(config_map_name="ids")]))
        ),
    )


@st.composite
def orders(draw: st.DrawFn, number: int) -> FlinkWorkspaceOrder:
    state = draw(STATES)
    named = a_workspace(workspace_name=draw(st.sampled_from([None, None, None, "former"])))
    return an_order(
        state,
        number,
        uid=draw(st.sampled_from(["uid-1", "uid-2"])),
        intent=None if state in (None, "Superseded") else NOW - draw(AGES),
        at=NOW - draw(AGES),
        created=NOW - draw(AGES),
        account_id=draw(st.sampled_from([ACCOUNT, ACCOUNT, ACCOUNT, "2"])),
        workspace=named,
        answer=draw(ANSWERS),
        evidence=draw(st.sampled_from([None, "Answer", "ForeignInstance", "AbsentAfterWindow"])),
        outstanding_until=draw(OUTSTANDING) if state == "Rejected" else None,
        quote=a_quote(NOW - draw(AGES), amount=draw(st.sampled_from(["1200.00", "1200.01"]))),
    )


@st.composite
def clouds(draw: st.DrawFn) -> SeenCloud:
    marks = st.sampled_from(
        [
            OWNER.tags("x"),
            {},
            Owner("cluster-2", KEY).tags("y"),
            Owner("cluster-1", Key("a", "b")).tags("z"),
        ]
    )
    instances = st.builds(
        lambda id_, order, tags, name, status, age, paid: an_instance(
            id_,
            order=order,
            name=name,
            cluster_status=status,
            order_state=paid,
            create_time=NOW - age,
            **({} if order else {"tags": tags}),
        ),
        st.sampled_from([ID, "sc_flink-2"]),
        st.sampled_from([None, 1, 2]),
        marks,
        st.sampled_from(["demo", "demo", "former", "other"]),
        st.sampled_from(["RUNNING", "CREATING", "DELETING", "NEW"]),
        AGES,
        st.sampled_from(["NORMAL", "CEASE"]),
    )
    found = st.lists(instances, max_size=2, unique_by=lambda each: each.instance_id)
    listings = st.builds(lambda each, age: a_listing(*each, at=NOW + age), found, AGES)
    empty = st.builds(lambda age: a_listing(at=NOW + age), AGES)
    cloud = a_cloud(draw(st.one_of(*[empty] * 3, *[listings] * 3, UNKNOWN)))
    role, network, storage = Absent(), SeenNetwork(False, ()), BucketElsewhere("b", None)
    return replace(
        cloud,
        account_id=draw(st.one_of(*[st.just(ACCOUNT)] * 9, st.just("2"), UNKNOWN)),
        role=draw(st.one_of(*[st.just(cloud.role)] * 8, st.just(role), UNKNOWN)),
        network=draw(st.one_of(*[st.just(cloud.network)] * 8, st.just(network), UNKNOWN)),
        storage=draw(st.one_of(*[st.just(cloud.storage)] * 8, st.just(storage), UNKNOWN)),
        quote=draw(st.one_of(*[st.just(cloud.quote)] * 8, UNKNOWN)),
    )


@st.composite
def facts(draw: st.DrawFn) -> Seen:
    """Anything that a pass may have read, with what the process may remember of it."""
    workspace = draw(st.one_of(workspaces(), workspaces(), workspaces(), st.none()))
    ledger_ = tuple(
        draw(orders(number)) for number in range(1, draw(st.sampled_from([0, 0, 1, 1, 2])) + 1)
    )
    remembered = Remembered(missing_since=draw(st.sampled_from([None, NOW - minutes(6)])))
    if ledger_:
        last = ledger_[-1].metadata
        intent = Intent(
            last.uid, draw(st.sampled_from([MARK, MARK, "other"])), draw(st.integers(1, 2))
        )
        answer = draw(st.one_of(st.just(Bought(ID, None, None)), FAILURES.map(NotBought)))
        remembered = replace(
            remembered,
            intent=draw(st.sampled_from([None, intent])),
            answers=draw(st.sampled_from([*[()] * 9, (Answered(last.uid, MARK, answer, NOW),)])),
        )
    claim = draw(
        st.sampled_from(
            [
                a_claim(),
                a_claim(),
                None,
                a_claim(Key("a", "b")),
                a_claim(Key("a", "b"), alive=False),
            ]
        )
    )
    found = draw(st.sampled_from([(), (), *OUTPUTS]))
    return seen(
        workspace,
        *ledger_,
        cloud=draw(clouds()),
        remembered=remembered,
        claim=claim,
        own_claims=(a_claim(),),
        outputs=found,
        neighbours=draw(NEIGHBOURS),
    )


@st.composite
def about_to_send(draw: st.DrawFn) -> Seen:
    """An intent of this process, and facts that may or may not allow the call."""
    before: OrderState | None = draw(
        st.sampled_from([None, None, None, None, "NotPlaced", "Rejected", "Placed", "Superseded"])
    )
    until = draw(OUTSTANDING) if before == "Rejected" else None
    earlier = [an_order(before, 1, intent=NOW - WINDOW, outstanding_until=until)] if before else []
    placing = an_order(
        "Placing", len(earlier) + 1, intent=NOW - draw(st.sampled_from([minutes(0), draw(AGES)]))
    )
    workspace = draw(st.one_of(*[st.just(a_workspace())] * 3, workspaces()))
    cloud = draw(st.one_of(*[st.just(a_cloud())] * 3, clouds()))
    known = draw(st.sampled_from([placing, placing, placing, None]))
    found = draw(st.sampled_from([(), (), *OUTPUTS]))
    return seen(
        workspace,
        *earlier,
        placing,
        cloud=cloud,
        intent=known,
        outputs=found,
        neighbours=draw(NEIGHBOURS),
    )


@st.composite
def about_to_order(draw: st.DrawFn) -> Seen:
    """One thing may be in the way of an order, or of its intent."""
    refused = an_order("Rejected", outstanding_until=draw(OUTSTANDING), at=NOW - minutes(40))
    lists = [[], [an_order("Quoted")], [an_order("NotPlaced", at=NOW - WINDOW)], [draw(orders(1))]]
    lists += [[refused], [refused, an_order("Quoted", 2)]]
    workspace, cloud, claim = a_workspace(), a_cloud(), a_claim()
    match draw(st.integers(0, 5)):
        case 0:
            workspace = draw(workspaces())
        case 1:
            cloud = draw(clouds())
        case 2:
            claim = a_claim(Key("a", "b"), alive=draw(st.booleans()))
        case 3:
            lists += [[an_order("Rejected", 1, at=NOW), draw(orders(2))]]
    neighbours = draw(NEIGHBOURS)
    return seen(
        workspace, *draw(st.sampled_from(lists)), cloud=cloud, claim=claim, neighbours=neighbours
    )


ANYTHING = st.one_of(facts(), facts(), about_to_order(), about_to_send())
quick = settings(
    max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def new_status(step: object) -> tuple[FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus] | None:
    return (step.order, step.status) if isinstance(step, MoveOrder | WriteIntent) else None


def assert_free(read: Seen, name: str) -> None:
    """Nobody braked, nothing is outstanding under this name, and the list shows what others own."""
    workspace, listing = read.workspace, read.cloud.listing
    assert workspace is not None
    assert not isinstance(listing, Unknown)
    assert not workspace.spec.suspend
    assert workspace.metadata.annotations.get(SUSPEND) in (None, "false")
    assert not any(each.outstanding for each in read.orders if each.spec.workspace_name == name)
    shown = {each.instance_id for each in listing.instances}
    delay = SETTINGS.longest_call + SETTINGS.copy_window
    must = [
        each
        for each in read.neighbours
        if each.bought_at is None or listing.date > each.bought_at + delay
    ]
    assert {each.instance_id for each in must} <= shown


def assert_within(read: Seen, quote: Quote | None) -> None:
    """The price is not above the maximum of the resource."""
    assert read.workspace is not None
    purchase = read.workspace.spec.purchase
    assert is_within(quote, None if purchase is None else purchase.maximum_price)


def asking(read: Seen, **wishes: object) -> Seen:
    """The same, with a spec that says this, where there is one."""
    assume(read.workspace is not None)
    assert read.workspace is not None
    spec = read.workspace.spec.model_copy(update=wishes)
    return replace(read, workspace=read.workspace.model_copy(update={"spec": spec}))


def annotating(read: Seen, annotations: dict[str, str]) -> Seen:
    """The same, with these annotations, where there is a resource."""
    assume(read.workspace is not None)
    assert read.workspace is not None
    metadata = read.workspace.metadata
    told = metadata.model_copy(update={"annotations": {**metadata.annotations, **annotations}})
    return replace(read, workspace=read.workspace.model_copy(update={"metadata": told}))


@quick
@given(ANYTHING)
def test_there_is_always_a_plan(read: Seen) -> None:
    """And one that leads somewhere: it does something, or says something, or has nothing left to
    look after."""
    plan = decide(case_of(read, SETTINGS, "f" * 32))
    assert plan.steps or plan.verdict or read.workspace is None or plan.requeue.after
    if not plan.steps and plan.requeue.after is not None:
        assert plan.requeue.after > timedelta(0) or plan.retry is not None


@settings(quick, max_examples=400)
@given(ANYTHING)
def test_money_is_spent_only_if_everything_is_as_announced_and_nothing_is_there(read: Seen) -> None:
    """Step 7, all of it; and the call is alone in its plan."""
    plan = decide(case_of(read, SETTINGS, "f" * 32))
    for step in plan.steps:
        if not isinstance(step, PlaceOrder):
            continue
        assert plan.steps == (step,)
        intent, workspace, listing = read.remembered.intent, read.workspace, read.cloud.listing
        assert intent is not None
        assert workspace is not None
        assert not isinstance(listing, Unknown)
        announced = (step.order.metadata.uid, step.order.status.intent_mark)
        assert announced == (intent.order_uid, intent.mark)
        assert step.order.state == "Placing"
        assert workspace.metadata.uid == step.order.spec.workspace_ref.uid
        assert workspace.metadata.generation == intent.generation
        assert workspace.metadata.deletion_timestamp is None
        assert_free(read, step.order.spec.workspace_name)
        assert_within(read, step.order.status.quote)
        assert read.cloud.account_id == step.order.spec.account_id == step.call.target.account_id
        assert not any(
            instance.name == step.call.target.workspace_name for instance in listing.instances
        )
        assert step.call.signed_at == step.order.status.intent_time
        assert listing.date < step.call.signed_at + timedelta(
            seconds=SETTINGS.signature_validity_seconds
        )
        others = [each for each in read.orders if each is not step.order]
        assert not any(each.state in ("Placed", "Fulfilled", "Uncertain") for each in others)


@settings(quick, max_examples=200)
@given(st.one_of(about_to_order(), about_to_send(), facts()), MAXIMA)
def test_nothing_is_opened_announced_or_sent_above_the_maximum(
    read: Seen, maximum: Purchase | None
) -> None:
    """Whatever else was read; and what is announced carries the maximum that held."""
    limited = asking(read, purchase=maximum)
    for step in decide(case_of(limited, SETTINGS, "f" * 32)).steps:
        match step:
            case OpenOrder() | WriteIntent():
                assert_within(limited, step.status.quote)
            case PlaceOrder():
                assert_within(limited, step.order.status.quote)
        if isinstance(step, WriteIntent):
            assert step.status.maximum_price == (None if maximum is None else maximum.maximum_price)


@quick
@given(ANYTHING, st.sampled_from(OUTPUTS))
def test_nothing_is_bought_that_can_not_be_handed_on(
    read: Seen, outputs: tuple[ConfigMap, ...] | Unread
) -> None:
    """Neither opened, announced nor sent; and no ConfigMap is written where one is not known to be
    ours or missing."""
    wanting = replace(asking(read, outputs=Outputs(config_map_name="ids")), outputs=outputs)
    steps = decide(case_of(wanting, SETTINGS, "f" * 32)).steps
    assert not any(
        isinstance(step, OpenOrder | WriteIntent | PlaceOrder | WriteOutputs | DeleteOutputs)
        for step in steps
    )


def assert_secured(read: Seen, before: tuple[Step, ...]) -> None:
    """Finalizer and claim are the resource's, or the steps before make them so; no living one loses
    its claim."""
    assert read.workspace is not None
    assert PURCHASE_FINALIZER in read.workspace.metadata.finalizers or AddFinalizer() in before
    claim, takes = read.claim, any(isinstance(each, TakeClaim) for each in before)
    if claim is None or claim.holder != KEY:
        assert takes
        assert claim is None or not claim.alive


@quick
@given(ANYTHING)
def test_an_order_is_opened_only_if_nothing_is_open_and_nothing_is_there(read: Seen) -> None:
    """Finalizer, claim, ledger and look come first; the number was never used."""
    steps = decide(case_of(read, SETTINGS, "f" * 32)).steps
    for step in steps:
        if not isinstance(step, OpenOrder):
            continue
        assert_secured(read, steps[: steps.index(step)])
        assert_free(read, step.spec.workspace_name)
        assert all(order.settled for order in read.orders)
        assert all(int(order.metadata.name[-1]) < step.number for order in read.orders)
        listing = read.cloud.listing
        assert not isinstance(listing, Unknown)
        assert not any(instance.name == step.spec.workspace_name for instance in listing.instances)


@quick
@given(ANYTHING)
def test_an_order_is_announced_only_if_nothing_of_an_earlier_call_can_come_any_more(
    read: Seen,
) -> None:
    """And on a list that can be trusted, while nobody brakes; the mark is what the process
    remembers."""
    for step in decide(case_of(read, SETTINGS, "f" * 32)).steps:
        if isinstance(step, WriteIntent):
            assert_free(read, step.order.spec.workspace_name)
            assert step.order.state in ("Quoted", "AwaitingApproval")
            assert step.status.intent_mark == step.mark == "f" * 32


@quick
@given(ANYTHING)
def test_a_refused_call_is_over_only_by_the_clouds_clock(read: Seen) -> None:
    """Whatever ours says, and never before it can be."""
    for step in decide(case_of(read, SETTINGS, "f" * 32)).steps:
        if (
            isinstance(step, MoveOrder)
            and step.order.outstanding
            and not step.status.outstanding_until
        ):
            assert step.order.status.outstanding_until is not None
            assert not isinstance(read.cloud.listing, Unknown)
            assert read.cloud.listing.date > step.order.status.outstanding_until


@quick
@given(ANYTHING)
def test_every_move_is_legal(read: Seen) -> None:
    """As the API server would see it; what is frozen stays."""
    for step in decide(case_of(read, SETTINGS, "f" * 32)).steps:
        if (move := new_status(step)) is None:
            continue
        order, status = move
        assert status.state == order.state or status.state in MOVES[order.state]
        assert status.state != "Placed" or status.instance_id
        assert status.state != "Placing" or (status.intent_time and status.nonce and status.quote)
        if order.state not in (None, "Quoted", "AwaitingApproval"):
            before, after = (each.model_dump(include=FROZEN) for each in (order.status, status))
            assert before == after
        FlinkWorkspaceOrderStatus.model_validate(status.as_wire())


@quick
@given(STATES, st.one_of(st.just(Bought(ID, "o", "r" * 9)), FAILURES.map(NotBought)))
def test_every_answer_makes_a_legal_move(
    state: OrderState | None, answer: Bought | NotBought
) -> None:
    """Or none, or adds to what is known."""
    status = answers.after_answer(an_order(state), answer, NOW, COPY_WINDOW)
    assert status is None or status.state in (state, *MOVES[state])


@quick
@given(ANYTHING, st.sampled_from([None, "true", "no", ""]))
def test_suspended_writes_nothing_to_the_cloud(read: Seen, annotated: str | None) -> None:
    """Whatever is missing; in the spec, or by an annotation."""
    braked = (
        asking(read, suspend=True) if annotated is None else annotating(read, {SUSPEND: annotated})
    )
    plan = decide(case_of(braked, SETTINGS, "f" * 32))
    assert not any(
        isinstance(step, CreateRole | AttachPolicy | CreateDirectory | PlaceOrder)
        for step in plan.steps
    )


def told(read: Seen, kind: VerdictKind | None = None) -> FlinkWorkspaceStatus | None:
    """The status after the pass; `kind`: after one that came to that verdict."""
    case = case_of(read, SETTINGS, "f" * 32)
    if not isinstance(case, Case):
        return None
    verdict = (
        decide(case).verdict
        if kind is None
        else Verdict(kind, "Reason", "two\nlines" * 200, "NetworkReady")
    )
    return report(case, verdict) if verdict else None


def again(read: Seen, status: FlinkWorkspaceStatus, later: timedelta = timedelta(0)) -> Seen:
    assert read.workspace is not None
    return replace(
        read, workspace=read.workspace.model_copy(update={"status": status}), now=read.now + later
    )


@quick
@given(ANYTHING, st.sampled_from([None, *get_args(VerdictKind)]))
def test_what_is_told_has_its_shape(read: Seen, kind: VerdictKind | None) -> None:
    """All conditions, one line each, of this generation; what contradicts itself is never said."""
    status = told(read, kind)
    assume(status is not None)
    assert status is not None
    assert read.workspace is not None
    of = {condition.type: condition for condition in status.conditions}
    assert of.keys() == TYPES
    assert len(status.conditions) == len(TYPES)
    for condition in of.values():
        assert "\n" not in condition.message
        assert 0 < len(condition.message) <= 1024
        assert condition.observed_generation == read.workspace.metadata.generation
    assert (of["Stalled"].status, of["Reconciling"].status) != ("True", "True")
    ran = any(order.state == "Fulfilled" for order in read.orders)
    assert of["Ready"].status != "False" or of["Stalled"].status == "True" or ran
    FlinkWorkspaceStatus.model_validate(status.as_wire())


@quick
@given(ANYTHING, st.sampled_from([timedelta(0), timedelta(seconds=7)]))
def test_the_same_facts_are_told_once(read: Seen, later: timedelta) -> None:
    """A second pass over them changes nothing, not even a time; else each pass would wake the
    next."""
    first = told(read)
    assume(first is not None)
    assert first is not None
    second = told(again(read, first, later))
    assert second is not None
    third = told(again(read, second, later))
    assert third is not None
    assert third.as_wire() == second.as_wire()
    plan = decide(case_of(read, SETTINGS, "f" * 32))
    if not plan.steps and first.account_id == (read.workspace and read.workspace.status.account_id):
        assert second.as_wire() == first.as_wire()


@quick
@given(ANYTHING)
def test_a_time_moves_only_with_its_status(read: Seen) -> None:
    """`kubectl wait` and the five minutes of a prerequisite count from it."""
    first = told(read)
    assume(first is not None)
    assert first is not None
    second = told(again(read, first, minutes(9)))
    assume(second is not None)
    assert second is not None
    for was, is_ in zip(first.conditions, second.conditions, strict=True):
        assert (was.status == is_.status) == (was.last_transition_time == is_.last_transition_time)


@quick
@given(st.integers(1, 2), st.booleans(), st.sampled_from([WINDOW, minutes(0)]))
def test_a_converged_workspace_is_left_alone(
    generation: int, suspend: bool, age: timedelta
) -> None:
    """Running, bound and in order: no step, whatever the price or the prerequisites are now."""
    read = seen(
        a_workspace(generation=generation, suspend=suspend),
        an_order("Fulfilled"),
        cloud=a_cloud(a_listing(an_instance(), at=NOW + age), role=Absent(), quote=Unknown()),
    )
    assert decide(case_of(read, SETTINGS)).steps == ()


@quick
@given(clouds(), st.lists(orders(1), max_size=1))
def test_an_unknown_look_classifies_as_unknown(
    cloud: SeenCloud, ledger_: list[FlinkWorkspaceOrder]
) -> None:
    """And a known one never does."""
    found = classify(cloud.listing, Ownership(TARGET, OWNER, tuple(ledger_)))
    assert isinstance(found, Unknown) == isinstance(cloud.listing, Unknown)
