"""All settings, from the environment: `FLINK_OPERATOR_` and the name in capitals. Read once."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from flink_workspace_operator.endpoint import checked_form, is_loopback, is_plain

ENVIRONMENT_PREFIX = "FLINK_OPERATOR_"

Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
NAMESPACE_PATTERN: Final = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
NAMESPACE_OR_ALL_PATTERN: Final = r"^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$"
ACCOUNT_PATTERN: Final = "^[0-9]{1,32}$"
ROLE_PATTERN: Final = "^[A-Za-z0-9.-]{1,64}$"
ADDRESS_PATTERN: Final = "^[0-9a-fA-F:.]{2,45}$"
NamespaceName = Annotated[str, Field(pattern=NAMESPACE_PATTERN)]
EVERYWHERE: Final = "*"
NamespaceOrAll = Annotated[str, Field(pattern=NAMESPACE_OR_ALL_PATTERN)]
WindowSeconds = Annotated[float, Field(ge=5, le=7 * 24 * 3600)]


def _not_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list: it could be taken for all namespaces."""
    if not names:
        raise ValueError("must name at least one; leave it out for all")
    return names


def _all_or_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse "*" beside names: a list for all would look like a bounded one."""
    if EVERYWHERE in names and len(names) > 1:
        raise ValueError(f'"{EVERYWHERE}" means all namespaces and stands alone')
    return names


Endpoint = Annotated[
    str, Field(json_schema_extra={"pattern": r"^https?://[^/?#@ ]+$"}), AfterValidator(checked_form)
]
Identity = Literal["key", "rrsa", "node"]
Allowed = Annotated[tuple[NamespaceOrAll, ...], AfterValidator(_all_or_names)]
"""Namespaces with a permission that not all have."""

WINDOWS: Final = (
    "signature_validity_seconds",
    "longest_commit_seconds",
    "longest_visibility_seconds",
    "nonce_memory_seconds",
)
"""The parts of the window of a lost purchase."""


class Settings(BaseSettings):
    """Settings of the operator. Every field is `FLINK_OPERATOR_<NAME>` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, frozen=True, use_attribute_docstrings=True, extra="ignore"
    )

    endpoint: Endpoint | None = None
    """One base URL for every cloud service, for example that of the emulator. Left out: the real
    cloud. Plain http only to this machine, or with `emulator`."""
    emulator: bool = False
    """True if `endpoint` is an emulator on another machine: its purchases are not real."""
    cluster_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Name of this cluster in ownership tags. Left out: the uid of the namespace kube-system. After
    losing a cluster, give the new one the old value and it binds to what the old one bought."""
    namespace: Annotated[str, Field(min_length=1, max_length=63)] = "flink-workspace-operator"
    """The operator's own namespace, with the claims and the Lease that names the leader."""

    identity: Identity | None = None
    """Source of the operator's own access key: the key of its environment, the RAM role of its Pod
    by RRSA, or the RAM role of its node. Left out: the first that is set up, but never the
    node's."""
    account_id: Annotated[str, Field(pattern=ACCOUNT_PATTERN)] | None = None
    """Account of the operator's own identity. In any other it buys nothing. Left out: any."""
    identity_namespaces: Allowed | None = None
    """Namespaces whose resources the operator's own identity buys for, as a JSON list; ["*"] means
    all. The others need spec.credentials. Left out: none. Its earlier purchases stay managed
    everywhere."""
    require_policy: bool = False
    """True: nothing is bought in a namespace that no FlinkPurchasePolicy covers."""
    adoption_namespaces: Allowed | None = None
    """Namespaces in which adoption.policy may be ByInstanceId, as a JSON list; ["*"] means all.
    Left out: none."""
    namespaces: Annotated[tuple[NamespaceName, ...], AfterValidator(_not_empty)] | None = None
    """Namespaces to manage, as a JSON list of names. Left out: all.
    A namespace without all rights for the operator is left out until it has them, and logged."""

    role_name: Annotated[str, Field(pattern=ROLE_PATTERN)] = "AliyunStreamAsiDefaultRole"
    """RAM role that Flink works through."""
    # Open question: RoleTrust.
    role_trusted_service: Annotated[str, Field(min_length=1, max_length=200)] = (
        "stream.aliyuncs.com"
    )
    """Service that may assume the role, if the operator creates it. The real one is not
    published."""
    role_policies: tuple[str, ...] = ("AliyunStreamAsiDefaultRolePolicy", "AliyunDLFFullAccess")
    """System policies to attach to the role, as a JSON list of names."""

    prerequisite_grace_seconds: Seconds = 300
    """Seconds that a missing prerequisite counts as progress; then the resource is stalled."""
    expiry_warning_days: Annotated[int, Field(ge=1, le=60)] = 7
    """ExpiryHealthy turns False this long before the end of the paid time."""
    low_addresses: Annotated[int, Field(ge=1, le=100000)] = 50
    """A vSwitch with fewer free addresses is reported as Low; with none as Exhausted."""

    quote_validity_seconds: Seconds = 900
    """A price is asked anew before each purchase. If that is not answered, an older one counts for
    so long."""
    # Open questions: SignatureValidity, BookingTime, VisibilityTime, NonceMemory.
    signature_validity_seconds: WindowSeconds = 900
    """Seconds that the cloud's gateway accepts a signed call."""
    longest_commit_seconds: WindowSeconds = 300
    """Longest time from the gateway to the booking."""
    longest_visibility_seconds: WindowSeconds = 300
    """Longest time from the booking until a list shows it."""
    nonce_memory_seconds: WindowSeconds = 1860
    """Seconds that the gateway remembers a signature nonce."""
    short_windows: bool = False
    """Allow the four times above to be shorter than their defaults without `endpoint`, that is,
    with the real cloud."""
    purchase_timeout_seconds: WindowSeconds = 60
    """Timeout of a purchase call."""
    read_timeout_seconds: Seconds = 15
    """Timeout of any other call to the cloud."""

    date_tolerance_seconds: Seconds | None = None
    """Largest offset of an answer's Date from this node's clock; beyond, it dates nothing, and the
    cloud is asked again. Left out: 300 with the real cloud, which is less than a window's spare
    time; with `endpoint` any, because tests move the clock of an emulator."""

    refusal_backoff_seconds: Seconds = 1800
    """Wait after a refused or lost purchase before the next order; doubles each time."""
    refusal_backoff_max_seconds: Seconds = 86400
    """The longest such wait."""
    throttled_backoff_seconds: Seconds = 120
    """The first such wait where the purchase was throttled."""

    resync_seconds: Seconds = 600
    """Seconds between passes over a workspace without changes, and between lists of all resources
    and orders: the longest time until an event that a watch missed is noticed."""
    survey_seconds: Seconds = 3600
    """Seconds between surveys for orphans. One follows each deletion too, after seconds."""
    listing_max_age_seconds: Seconds = 5
    """Age up to which a list of a region, a role, a network or a bucket serves other workspaces.
    A purchase lists anew, and what the operator changed itself is read again."""
    workers: Annotated[int, Field(ge=1, le=256)] = 16
    """Number of concurrent passes."""
    drain_seconds: Seconds = 90
    """Seconds for passes under way to end on SIGTERM; longer than the timeout of a purchase."""
    lease_seconds: Annotated[int, Field(ge=3, le=300)] = 15
    """Seconds that a silent leader stays leader. It stops by itself after two thirds of it."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of /healthz, /readyz and /metrics; 0 turns it off."""
    health_address: Annotated[str, Field(pattern=ADDRESS_PATTERN)] | None = None
    """Address to answer on, for example 127.0.0.1. Left out: all, as a kubelet and Prometheus need
    it."""
    log_format: Literal["text", "json"] = "text"
    """text for people; json for collectors, with a line for each change of an order."""

    @model_validator(mode="after")
    def _endpoint_is_safe(self) -> "Settings":
        """Refuse plain http to others: anybody on the network path could read keys and forge
        answers."""
        if self.endpoint is None:
            if self.emulator:
                raise ValueError("emulator is about endpoint: set both, or neither")
        elif is_plain(self.endpoint) and not is_loopback(self.endpoint) and not self.emulator:
            raise ValueError(
                "endpoint must begin with https://, unless it is on this machine; if no real cloud"
                " is there, set emulator to true"
            )
        return self

    @model_validator(mode="after")
    def _windows_cover_the_real_cloud(self) -> "Settings":
        """Refuse short windows: a purchase would count as absent, and be bought again."""
        if self.endpoint is not None or self.short_windows:
            return self
        for name in WINDOWS:
            least = type(self).model_fields[name].default
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name} must be at least {least} with the real cloud, or what is bought may be"
                    " bought again; if you know that your cloud is quicker, set short_windows to"
                    " true"
                )
        return self

    @model_validator(mode="after")
    def _drain_outlasts_purchase(self) -> "Settings":
        if self.drain_seconds <= self.purchase_timeout_seconds:
            raise ValueError(
                "drain_seconds must be longer than purchase_timeout_seconds, or a stop loses an"
                " answer"
            )
        return self

    @property
    def emulated(self) -> bool:
        """True if the endpoint is an emulator: without TLS it can be nothing else."""
        return self.emulator or (self.endpoint is not None and is_plain(self.endpoint))

    def buys_for(self, namespace: str) -> bool:
        """True if the operator's own identity may buy for resources of the namespace."""
        return _is_in(namespace, self.identity_namespaces)

    def adopts_by_id_in(self, namespace: str) -> bool:
        """True if resources of the namespace may name any instance of the account as theirs."""
        return _is_in(namespace, self.adoption_namespaces)

    @property
    def date_tolerance(self) -> timedelta | None:
        """Largest offset of an answer's Date from this node's clock; None: any."""
        seconds = self.date_tolerance_seconds
        if seconds is None and self.endpoint is None:
            seconds = 300
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def resync(self) -> timedelta:
        """The longest time between two passes."""
        return timedelta(seconds=self.resync_seconds)

    @property
    def longest_call(self) -> timedelta:
        """The longest time from the last list before a purchase to its answer."""
        return timedelta(seconds=2 * self.purchase_timeout_seconds)

    @property
    def copy_window(self) -> timedelta:
        """The longest time from an answer until a list shows what another copy of the call
        bought."""
        return timedelta(seconds=self.longest_commit_seconds + self.longest_visibility_seconds)

    @property
    def settle_window(self) -> timedelta:
        """The time after the intent from which on a complete list proves that nothing was
        bought."""
        return timedelta(seconds=max(self._through_seconds, self.nonce_memory_seconds))

    @property
    def spare_window(self) -> timedelta:
        """The last part of the settle window: no call of the intent can be executed or shown in
        it."""
        return self.settle_window - timedelta(seconds=self._through_seconds)

    @property
    def _through_seconds(self) -> float:
        return (
            self.signature_validity_seconds
            + self.longest_commit_seconds
            + self.longest_visibility_seconds
        )


def _is_in(namespace: str, allowed: tuple[str, ...] | None) -> bool:
    return allowed is not None and (EVERYWHERE in allowed or namespace in allowed)
