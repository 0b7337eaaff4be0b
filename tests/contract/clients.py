"""What the contract tests ask the port for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import KeySource
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.api.parameters import Network, Resources, WorkspaceParameters
from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.settings import Settings
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience

TOKEN = "token-of-the-order"
OWNER = Owner("cluster-1", Key("team-a", "realtime-prod"))
NAME = "realtime-prod"
TIMEOUTS = ("read_timeout_seconds", "purchase_timeout_seconds")


def open_cloud(
    account: EmulatedAccount, calls: CallObserver = unobserved, **changes: object
) -> AlibabaCloud:
    """The port on an account of the emulator. Its time-outs are those of an idle machine."""
    told: dict[str, object] = {"read_timeout_seconds": 1, "purchase_timeout_seconds": 5, **changes}
    stretched = {name: patience(float(str(told[name]))) for name in TIMEOUTS}
    settings = Settings.model_validate({"endpoint": account.url, **told, **stretched})
    return AlibabaCloud(
        settings, static_keys(account.access_key_id, account.access_key_secret), calls
    )


@asynccontextmanager
async def open_session(
    settings: Settings, keys: KeySource, calls: CallObserver = unobserved
) -> AsyncIterator[Session]:
    """Calls of the RPC services in the name of these keys."""
    connections = Connections()
    try:
        yield Session(settings, keys, connections, calls)
    finally:
        await connections.close()


def static_keys(key_id: str, secret: str) -> Client:
    """A client of the credentials SDK that always gives one key."""
    return Client(Config(type="access_key", access_key_id=key_id, access_key_secret=secret))


def target(account: EmulatedAccount, name: str = NAME) -> PurchaseTarget:
    """What is bought."""
    return PurchaseTarget(account.id, account.region, name)


def network(account: EmulatedAccount, *v_switch_ids: str) -> Network:
    """The account's VPC with some vSwitches, by default one."""
    return Network(vpc_id=account.vpc, v_switch_ids=v_switch_ids or account.v_switches[:1])


def parameters(account: EmulatedAccount, **changes: object) -> WorkspaceParameters:
    """A subscription of 10 CU for a month."""
    wanted: dict[str, object] = {
        "charge_type": "Subscription",
        "subscription": {"initial_term": {"count": 1, "unit": "Month"}},
        "resources": Resources(cu=10),
        "network": network(account),
        "storage": {"oss": {"bucket": account.bucket}},
    }
    return WorkspaceParameters.model_validate({**wanted, **changes})


def pay_as_you_go(account: EmulatedAccount) -> WorkspaceParameters:
    """A workspace that is billed by use."""
    return parameters(account, charge_type="PayAsYouGo", subscription=None, resources=None)


def purchase(account: EmulatedAccount, **changes: object) -> PaidCall:
    """A purchase signed now, with a nonce of its own."""
    wanted: dict[str, object] = {
        "target": target(account),
        "block": parameters(account),
        "ownership": OWNER.tags(TOKEN),
        "signed_at": datetime.now(UTC),
        "nonce": f"nonce-of-{account.id}",
    }
    return PaidCall(**{**wanted, **changes})  # type: ignore[arg-type]  # the values above and those of a test
