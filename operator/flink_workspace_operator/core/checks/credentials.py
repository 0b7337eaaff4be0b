"""The identity that signs calls: the keys of the resource's Secret, or the operator's own.

Purchases are signed only by the identity that the resource wants. To settle an order that may
have been sent, the operator's own identity replaces a Secret that is gone, if it is of the same
account. If it may not buy any more, because the namespace is not listed or its account is another
one, it still manages its earlier purchases.
"""

from collections.abc import Mapping
from dataclasses import replace

from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.names import LEDGER_FINALIZER, secret_finalizer
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.key_failures import (
    AccountNotAllowed,
    CredentialsUnusable,
    IdentityNotAllowed,
    SecretIncomplete,
    SecretMissing,
    SecretRefused,
)
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.facts.ownership import Adoptable, Ours
from flink_workspace_operator.core.facts.secret import AccessKey, Secret, Signer
from flink_workspace_operator.core.facts.snapshot import (
    open_order,
    order_to_ask_about,
    orders_of,
    shown_id,
)
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.plan import (
    HoldSecret,
    OpenOrder,
    Plan,
    ReleaseSecret,
    WriteIntent,
)
from flink_workspace_operator.core.verdicts import could_not_read
from flink_workspace_operator.settings import Settings

Orders = tuple[FlinkWorkspaceOrder, ...]
Secrets = Mapping[str, Secret | Absent | SecretRefused]


def secret_names(workspace: FlinkWorkspace | None, orders: Orders) -> tuple[str, ...]:
    """The Secrets of a key: the one to sign with, and those that its orders may still hold.

    Also that of an open order whose finalizer was removed manually.
    """
    kept = [
        each for each in orders if LEDGER_FINALIZER in each.metadata.finalizers or not each.settled
    ]
    in_use = [each.spec.credentials for each in kept]
    wanted = [] if workspace is None else [workspace.spec.credentials]
    return tuple(dict.fromkeys(each.secret_name for each in (*wanted, *in_use) if each is not None))


def signer(
    key: Key, workspace: FlinkWorkspace | None, orders: Orders, secrets: Secrets, settings: Settings
) -> Signer:
    """The identity that signs the calls of this pass."""
    order = open_order(orders)
    sent = order if order is not None and order.facts.may_be_under_way else None
    if workspace is None:
        sent = order_to_ask_about(orders)
    holder = workspace if workspace is not None else sent or order
    wanted = None if holder is None else holder.spec.credentials
    own = (
        Signer()
        if settings.buys_for(key.namespace)
        else Signer(problem=IdentityNotAllowed(key.namespace))
    )
    if wanted is None:
        return _own_or_stand_in(key, own, sent, was_own(workspace, orders, sent), secrets)
    usable = _usable(key, wanted, secrets, is_held=sent is not None)
    # The Secret that the resource names.
    if isinstance(usable, AccessKey):
        return Signer(usable, secret=_named(key, wanted))
    # Without that Secret nothing is bought, but what was sent is settled.
    return Signer(problem=usable) if sent is None else _stand_in(key, sent, own, secrets, usable)


def _own_or_stand_in(
    key: Key, own: Signer, sent: FlinkWorkspaceOrder | None, was_own: bool, secrets: Secrets
) -> Signer:
    """The operator's own identity, if it may buy here, or has to manage what it bought."""
    # It may buy.
    if own.problem is None:
        return own
    # It may not any more, and still manages its own purchases.
    if was_own:
        return replace(own, keeps_watch=True)
    # It may not, and another identity's call may be under way.
    return own if sent is None else _stand_in(key, sent, own, secrets, own.problem)


def was_own(
    workspace: FlinkWorkspace | None, orders: Orders, sent: FlinkWorkspaceOrder | None
) -> bool:
    """True if the resource's purchase was, or may have been, signed by the operator's identity.

    An adopted instance, and one that the ledger lacks, count as such.
    """
    if sent is not None:
        return sent.spec.credentials is None
    if workspace is None:
        return False
    bought = [each for each in orders_of(workspace, orders) if each.facts.is_paid]
    last = next(reversed((*bought, *(each for each in orders if each.outstanding))), None)
    if last is not None:
        return last.spec.credentials is None
    told = workspace.status.order
    is_missing = told is not None and told.name not in {order.metadata.name for order in orders}
    return is_missing or shown_id(workspace, orders) is not None


def held_to_account(signing: Signer, account_id: str | Unknown, settings: Settings) -> Signer:
    """The signer; the operator's own identity may buy only in the account of its settings."""
    allowed = settings.account_id
    if (
        signing != Signer()
        or allowed is None
        or isinstance(account_id, Unknown)
        or account_id == allowed
    ):
        return signing
    return Signer(problem=AccountNotAllowed(account_id, allowed), keeps_watch=True)


def stop_without_who_may_buy(case: Case) -> Plan | None:
    """Stop before anything new without an identity that may buy; owned instances stay managed."""
    problem, found = case.seen.signer.problem, case.found
    if problem is None or case.sent_order is not None or isinstance(found, Ours | Unknown):
        return None
    if case.bound_id is not None and not isinstance(found, Adoptable):
        return None
    return could_not_read(Unknown(problem), case.seen.cloud)


def _stand_in(
    key: Key,
    sent: FlinkWorkspaceOrder,
    own: Signer,
    secrets: Secrets,
    problem: CredentialsUnusable,
) -> Signer:
    """The identity that may settle an order: the Secret of its purchase, or the operator's own."""
    account_id, used = sent.spec.account_id, sent.spec.credentials
    if used is not None:
        usable = _usable(key, used, secrets, is_held=True)
        if isinstance(usable, AccessKey):
            return Signer(usable, problem, account_id, secret=_named(key, used))
    return Signer(problem=problem, stands_in_for=None if own.problem else account_id)


def _usable(
    key: Key, wanted: Credentials, secrets: Secrets, is_held: bool
) -> AccessKey | CredentialsUnusable:
    """The access key. A Secret that is being deleted counts only for the order that holds it."""
    found = secrets.get(wanted.secret_name, Absent())
    if isinstance(found, SecretRefused):
        return found
    if isinstance(found, Absent) or (found.deleting and not is_held):
        return SecretMissing(_named(key, wanted))
    return found.access_key or SecretIncomplete(_named(key, wanted), found.lacks)


def usable_key(secret: Key, found: Secret | Absent | SecretRefused) -> AccessKey:
    """The access key of a Secret, named by its namespace and name, for reading. Raises
    `CredentialsUnusable`."""
    wanted = Credentials(secret_name=secret.name)
    usable = _usable(secret, wanted, {secret.name: found}, is_held=True)
    if isinstance(usable, CredentialsUnusable):
        raise usable
    return usable


def _named(key: Key, wanted: Credentials) -> str:
    """The Secret, with its namespace."""
    return f"{key.namespace}/{wanted.secret_name}"


def with_secrets(case: LedgerCase, plan: Plan) -> Plan:
    """The plan, with steps that hold a Secret while its order is open, and release it afterwards.

    Not for the resource's lifetime: its deletion must not need a right that may be gone. A Secret
    that is being deleted is released if nothing was sent yet: it is of no more use, and while it is
    held nobody can create another of its name.
    """
    finalizer = secret_finalizer(case.seen.key.name)
    held = [each for each in case.seen.secrets if finalizer in each.finalizers]
    steps: tuple[ReleaseSecret, ...] = ()
    if any(isinstance(step, OpenOrder | WriteIntent) for step in plan.steps):
        free = (each for each in case.seen.secrets if each not in held)
        holds = tuple(HoldSecret(each) for each in free if _is_signed_with(case, each))
        # After the resource's own finalizer: without that, nobody would let go of the Secret.
        return replace(plan, steps=(*plan.steps[:-1], *holds, plan.steps[-1]))
    if case.order is None:
        steps = tuple(map(ReleaseSecret, held))
    elif case.sent_order is None:
        steps = tuple(ReleaseSecret(each) for each in held if each.deleting)
    return replace(plan, steps=(*steps, *plan.steps))


def _is_signed_with(case: LedgerCase, secret: Secret) -> bool:
    wanted = case.workspace.spec.credentials if isinstance(case, Case) else None
    return wanted is not None and wanted.secret_name == secret.name


def who_is_missing(case: LedgerCase) -> str | None:
    """The reason why nobody can settle an order that may have been sent; None if somebody can."""
    account, order, problem = case.seen.cloud.account_id, case.sent_order, case.seen.signer.problem
    if isinstance(account, Unknown):
        return None if problem is None else describe(problem)
    if order is None or order.spec.account_id == account:
        return None
    holder = case.workspace if isinstance(case, Case) else order
    return of_another_account(
        case.seen.key, holder.spec.credentials, account, f"this order of {order.spec.account_id}"
    )


def of_another_account(key: Key, wanted: Credentials | None, account: str, owned: str) -> str:
    """The message if the signer's account is not the purchase's, with the way out."""
    whose, place = (
        ("the operator's", "give the operator one of")
        if wanted is None
        else (f"Secret {_named(key, wanted)}'s", "put one into it of")
    )
    return f"{whose} access key is of account {account}, {owned}: {place} that account"
