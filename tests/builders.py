"""Facts for pure tests, short, with defaults in which everything is in order and nothing is bought
yet."""

from datetime import UTC, datetime, timedelta
from typing import Any, overload

from flink_workspace_operator.api.base import Metadata
from flink_workspace_operator.api.names import (
    DIRECTORIES,
    LEDGER_FINALIZER,
    ORDER_TAG,
    PURCHASE_FINALIZER,
)
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
    Quote,
    StateTime,
    WorkspaceReference,
)
from flink_workspace_operator.api.order_states import Evidence, OrderState
from flink_workspace_operator.api.parameters import (
    Network,
    OssBucket,
    Resources,
    Storage,
    Subscription,
    Term,
)
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, FlinkWorkspaceSpec
from flink_workspace_operator.core.case import Case, case_of
from flink_workspace_operator.core.facts.boundary import Boundary
from flink_workspace_operator.core.facts.identity import Claim, Key, Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import (
    Bucket,
    Listing,
    Policy,
    Role,
    SeenInstance,
    SeenNetwork,
    SeenVSwitch,
    Unknown,
)
from flink_workspace_operator.core.facts.snapshot import Intent, Remembered, Seen, SeenCloud
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.plan import Plan, Verdict
from flink_workspace_operator.core.reporting.report import report
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
SETTINGS = Settings(**ALLOWED)
WINDOW = SETTINGS.settle_window
KEY = Key("team", "demo")
OWNER = Owner("cluster-1", KEY)
ACCOUNT, REGION = "1000000000000001", "cn-hangzhou"
TARGET = PurchaseTarget(ACCOUNT, REGION, "demo")
VPC, V_SWITCH, BUCKET = "vpc-1", "vsw-1", "my-bucket"
ID = "sc_flink-1"
MARK = "m" * 32


ANNOUNCED = dict.fromkeys(
    ("Placing", "Uncertain", "Placed", "Fulfilled"), NOW - timedelta(minutes=1)
)
"""When an order in such a state was announced, where a test does not say it."""
EVIDENCE: dict[str | None, Evidence] = {
    "Rejected": "Answer",
    "NotPlaced": "AbsentAfterWindow",
    "Placed": "Answer",
}
COPY_WINDOW = SETTINGS.copy_window


def token(number: int) -> str:
    """The token of the order with this number."""
    return f"token{number}".ljust(32, "0")


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def a_workspace(
    *,
    uid: str = "uid-1",
    generation: int = 1,
    annotations: dict[str, str] | None = None,
    finalizers: tuple[str, ...] = (PURCHASE_FINALIZER,),
    deleted: bool = False,
    status: FlinkWorkspaceStatus | None = None,
    **spec: Any,  # noqa: ANN401 - any field of what is built
) -> FlinkWorkspace:
    """team/demo: a subscription of 10 CU in one vSwitch; further words change its spec."""
    wanted: dict[str, Any] = {
        "region": REGION,
        "charge_type": "Subscription",
        "subscription": Subscription(initial_term=Term(count=1, unit="Month")),
        "resources": Resources(cu=10),
        "network": Network(vpc_id=VPC, v_switch_ids=(V_SWITCH,)),
        "storage": Storage(oss=OssBucket(bucket=BUCKET)),
    }
    metadata = Metadata(
        name=KEY.name,
        namespace=KEY.namespace,
        uid=uid,
        resource_version="100",
        generation=generation,
        creation_timestamp=LONG_AGO,
        deletion_timestamp=NOW if deleted else None,
        finalizers=finalizers,
        annotations=annotations or {},
    )
    spec_ = FlinkWorkspaceSpec.model_validate({**wanted, **spec})
    return FlinkWorkspace(metadata=metadata, spec=spec_, status=status or FlinkWorkspaceStatus())


def a_quote(at: datetime = NOW, amount: str = "1200.00") -> Quote:
    """The price of a month."""
    return Quote(basis="Term", currency="CNY", trade_amount=amount, quoted_at=at)


def an_order(
    state: OrderState | None = "Quoted",
    number: int = 1,
    *,
    uid: str = "uid-1",
    generation: int = 1,
    intent: datetime | None = None,
    at: datetime | None = None,
    resource_version: str = "7",
    created: datetime = LONG_AGO,
    workspace: FlinkWorkspace | None = None,
    account_id: str = ACCOUNT,
    **status: Any,  # noqa: ANN401 - any field of what is built
) -> FlinkWorkspaceOrder:
    """Order `demo-<number>` of `workspace`, in `state` since `at`, announced at `intent`."""
    of = workspace or a_workspace(uid=uid, generation=generation)
    intent = intent or {**ANNOUNCED, "Rejected": at or NOW, "NotPlaced": (at or NOW) - WINDOW}.get(
        state or ""
    )
    if state in ("Placed", "Fulfilled"):
        status.setdefault("instance_id", ID)
    if state is not None:
        status.setdefault("quote", a_quote())
        status["times"] = (StateTime(state=state, time=at or intent or NOW),)
    if intent is not None:
        status.setdefault("nonce", "n" * 32)
        status.setdefault("intent_mark", MARK)
        status.setdefault("settled_not_before", intent + WINDOW)
        status.setdefault("evidence", EVIDENCE.get(state))
    return FlinkWorkspaceOrder(
        metadata=Metadata(
            name=f"demo-{number}",
            namespace=KEY.namespace,
            uid=f"order-uid-{number}",
            resource_version=resource_version,
            creation_timestamp=created,
            finalizers=(LEDGER_FINALIZER,),
        ),
        spec=FlinkWorkspaceOrderSpec(
            workspace_ref=WorkspaceReference(name=KEY.name, uid=uid, generation=generation),
            account_id=account_id,
            region=of.spec.region,
            workspace_name=of.workspace_name,
            credentials=of.spec.credentials,
            action="Create",
            create=of.parameters,
            token=token(number),
        ),
        status=FlinkWorkspaceOrderStatus(state=state, intent_time=intent, **status),
    )


def an_instance(
    instance_id: str = ID,
    *,
    order: int | None = 1,
    owner: Owner = OWNER,
    **said: Any,  # noqa: ANN401 - any value
) -> SeenInstance:
    """What order `order` of the owner bought, running and as described. `order=None`: without any
    of our marks."""
    facts: dict[str, Any] = {
        "name": "demo",
        "region": REGION,
        "cluster_status": "RUNNING",
        "order_state": "NORMAL",
        "charge_type": "Subscription",
        "cu": 10,
        "create_time": NOW - minutes(1),
        "expire_time": NOW + timedelta(days=20),
        "vpc_id": VPC,
        "v_switch_ids": (V_SWITCH,),
        "bucket": BUCKET,
        "tags": {} if order is None else owner.tags(token(order)),
    }
    return SeenInstance(instance_id=instance_id, **{**facts, **said})


def unmarked(instance: SeenInstance) -> dict[str, str]:
    """The ownership tags of an instance without that of its order."""
    return {key: value for key, value in instance.tags.items() if key != ORDER_TAG}


def a_listing(*instances: SeenInstance, at: datetime = NOW) -> Listing:
    """A complete look at the moment `at`."""
    return Listing(instances, at)


def a_cloud(listing: Listing | Unknown | None = None, **answers: Any) -> SeenCloud:  # noqa: ANN401 - any field of what is built
    """Every question is answered, every prerequisite is in order, and nothing is bought."""
    asked: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": REGION,
        "listing": a_listing() if listing is None else listing,
        "regions": frozenset({REGION}),
        "zones": frozenset({"cn-hangzhou-i"}),
        "role": Role(
            SETTINGS.role_name,
            "acs:ram::1:role/x",
            frozenset(Policy(name) for name in SETTINGS.role_policies),
        ),
        "network": SeenNetwork(True, (SeenVSwitch(V_SWITCH, VPC, "cn-hangzhou-i", 200),)),
        "storage": Bucket(BUCKET, frozenset(DIRECTORIES)),
        "quote": a_quote(),
    }
    return SeenCloud(**{**asked, **answers})


def a_claim(
    holder: Key | None = KEY,
    *,
    alive: bool = True,
    target: PurchaseTarget = TARGET,
    uid: str = "uid-1",
) -> Claim:
    """The claim on the target."""
    return Claim("claim-1", holder, alive, "3", target, uid)


def seen(
    workspace: FlinkWorkspace | None,
    *orders: FlinkWorkspaceOrder,
    cloud: SeenCloud | None = None,
    intent: FlinkWorkspaceOrder | None = None,
    remembered: Remembered | None = None,
    **read: Any,  # noqa: ANN401 - any field of what is built
) -> Seen:
    """What a pass read. `intent`: this process remembers that it announced this order and sent
    nothing."""
    known = remembered or Remembered()
    if intent is not None:
        generation = workspace.metadata.generation if workspace else 1
        known = Remembered(
            intent=Intent(intent.metadata.uid, intent.status.intent_mark or "", generation)
        )
    facts: dict[str, Any] = {"now": NOW, "claim": a_claim(), "boundary": Boundary(), **read}
    return Seen(
        key=KEY,
        owner=OWNER,
        workspace=workspace,
        orders=orders,
        cloud=cloud or a_cloud(),
        remembered=known,
        **facts,
    )


@overload
def a_case(
    workspace: FlinkWorkspace,
    *orders: FlinkWorkspaceOrder,
    settings: Settings = SETTINGS,
    **read: Any,  # noqa: ANN401 - whatever `seen` takes
) -> Case: ...


@overload
def a_case(
    workspace: None,
    *orders: FlinkWorkspaceOrder,
    settings: Settings = SETTINGS,
    **read: Any,  # noqa: ANN401 - whatever `seen` takes
) -> LedgerCase: ...


def a_case(
    workspace: FlinkWorkspace | None,
    *orders: FlinkWorkspaceOrder,
    settings: Settings = SETTINGS,
    **read: Any,
) -> LedgerCase:
    """The case of `seen(...)`, with a token for a new order."""
    return case_of(seen(workspace, *orders, **read), settings, token="f" * 32)


def reported(case: Case, verdict: Verdict | Plan) -> FlinkWorkspaceStatus:
    """The status after a pass that changed no order."""
    of = verdict.verdict if isinstance(verdict, Plan) else verdict
    assert of is not None
    return report(case, of)
