"""All settings, by environment: `FLINK_OPERATOR_` and the name in capitals. Read once, in `__main__`."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from flink_workspace_operator.endpoint import checked_form, is_loopback, is_plain

ENVIRONMENT_PREFIX = "FLINK_OPERATOR_"

Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
NamespaceName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
EVERYWHERE: Final = "*"
NamespaceOrAll = Annotated[str, Field(pattern=r"^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$")]
WindowSeconds = Annotated[float, Field(ge=5, le=7 * 24 * 3600)]


def _not_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    """Else a list that was meant to hold something, and holds nothing, would mean everything."""
    if not names:
        raise ValueError("must name at least one; leave it out for all")
    return names


def _all_or_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Else a list that says all would look like one that is bounded."""
    if EVERYWHERE in names and len(names) > 1:
        raise ValueError(f'"{EVERYWHERE}" means all namespaces and stands alone')
    return names


Endpoint = Annotated[str, Field(json_schema_extra={"pattern": r"^https?://[^/?#@ ]+$"}), AfterValidator(checked_form)]
Identity = Literal["key", "rrsa", "node"]
Allowed = Annotated[tuple[NamespaceOrAll, ...], AfterValidator(_all_or_names)]
"""Namespaces that may do something that is not for everybody."""

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
    """One base URL for every cloud service, for example that of the emulator. Left out: the real cloud.
    Plain http only to this machine, or with `emulator`."""
    emulator: bool = False
    """At `endpoint` is an emulator, on another machine: nothing that is bought there is real."""
    cluster_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Name of this cluster in ownership tags. Left out: the uid of the namespace kube-system.
    After losing a cluster, give the new one the old value and it binds to what the old one bought."""
    namespace: Annotated[str, Field(min_length=1, max_length=63)] = "flink-workspace-operator"
    """The operator's own namespace; the claims and the Lease that names the leader are kept there."""

    identity: Identity | None = None
    """Where the operator's own access key comes from: the key of its environment, the RAM role of its Pod by RRSA, or
    the RAM role of its node. Left out: the first that is set up, but never the node's."""
    account_id: Annotated[str, Field(pattern="^[0-9]{1,32}$")] | None = None
    """The account that the operator's own identity must be of, or it buys nothing. Left out: any."""
    identity_namespaces: Allowed | None = None
    """Namespaces whose resources the operator's own identity buys for, as a JSON list; ["*"] means all. The others need
    spec.credentials. Left out: none. What it bought before is looked after everywhere."""
    adoption_namespaces: Allowed | None = None
    """Namespaces in which adoption.policy may be ByInstanceId, as a JSON list; ["*"] means all. Left out: none."""
    namespaces: Annotated[tuple[NamespaceName, ...], AfterValidator(_not_empty)] | None = None
    """Namespaces to look after, as a JSON list of names. Left out: all.
    One in which the operator has not all rights is left out until it has, and the log says which are missing."""

    role_name: Annotated[str, Field(pattern="^[A-Za-z0-9.-]{1,64}$")] = "AliyunStreamAsiDefaultRole"
    """RAM role that Flink works through."""
    # Open question: RoleTrust.
    role_trusted_service: Annotated[str, Field(min_length=1, max_length=200)] = "stream.aliyuncs.com"
    """Service that may assume the role, where the operator creates it. The real value is not published."""
    role_policies: tuple[str, ...] = ("AliyunStreamAsiDefaultRolePolicy", "AliyunDLFFullAccess")
    """System policies to attach to the role, as a JSON list of names."""

    prerequisite_grace_seconds: Seconds = 300
    """How long a missing prerequisite counts as on its way, before the resource is reported as stalled."""
    expiry_warning_days: Annotated[int, Field(ge=1, le=60)] = 7
    """ExpiryHealthy turns False this long before the end of the paid time."""
    low_addresses: Annotated[int, Field(ge=1, le=100000)] = 50
    """A vSwitch with fewer free addresses is reported as Low; with none as Exhausted."""

    quote_validity_seconds: Seconds = 900
    """A price older than this is asked for again before it is acted upon."""
    # Open questions: SignatureValidity, BookingTime, VisibilityTime, NonceMemory.
    signature_validity_seconds: WindowSeconds = 900
    """How long the cloud's gateway accepts a signed call."""
    longest_commit_seconds: WindowSeconds = 300
    """Longest time from the gateway to the booking."""
    longest_visibility_seconds: WindowSeconds = 300
    """Longest time from the booking until a look shows it."""
    nonce_memory_seconds: WindowSeconds = 1860
    """How long the gateway remembers a signature nonce."""
    short_windows: bool = False
    """Allow the four times above to be shorter than their defaults without `endpoint`, that is, with the real cloud."""
    purchase_timeout_seconds: WindowSeconds = 60
    """How long to wait for the answer to a purchase."""
    read_timeout_seconds: Seconds = 15
    """How long to wait for any other answer of the cloud."""

    date_tolerance_seconds: Seconds | None = None
    """How far the Date of an answer may be from this node's clock; beyond, it dates nothing, and the cloud is asked
    again. Left out: 300 with the real cloud, which is less than a window holds beyond what a call needs; with
    `endpoint` any, because tests move the clock of an emulator."""

    refusal_backoff_seconds: Seconds = 1800
    """Wait after a refused or lost purchase before the next order; doubles each time."""
    refusal_backoff_max_seconds: Seconds = 86400
    """The longest such wait."""
    throttled_backoff_seconds: Seconds = 120
    """The first such wait where the purchase was throttled."""

    resync_seconds: Seconds = 600
    """How often a workspace that is in order is looked at, and all resources and orders are listed: what a watch
    missed is found no later than this."""
    survey_seconds: Seconds = 3600
    """How often orphans are looked for, in all regions."""
    listing_max_age_seconds: Seconds = 5
    """How old a look at a region, a role, a network or a bucket may be to serve another workspace.
    A purchase asks for a fresh one of its region, and what the operator itself has changed is asked for again."""
    workers: Annotated[int, Field(ge=1, le=256)] = 16
    """How many workspaces are worked on at once."""
    drain_seconds: Seconds = 90
    """How long passes under way may take to end on SIGTERM; longer than the wait for a purchase's answer."""
    lease_seconds: Annotated[int, Field(ge=3, le=300)] = 15
    """How long a leader that fell silent still counts as one. It stops by itself after two thirds of it."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of /healthz, /readyz and /metrics; 0 turns it off."""
    health_address: Annotated[str, Field(pattern="^[0-9a-fA-F:.]{2,45}$")] | None = None
    """Address to answer on, for example 127.0.0.1. Left out: all, as a kubelet and Prometheus need it."""
    log_format: Literal["text", "json"] = "text"
    """text for people, json for collectors."""

    @model_validator(mode="after")
    def _endpoint_is_safe(self) -> "Settings":
        """Without TLS, access keys and tokens are shown to whoever is on the way, and answers are anybody's."""
        if self.endpoint is None:
            if self.emulator:
                raise ValueError("emulator is about endpoint: set both, or neither")
        elif is_plain(self.endpoint) and not is_loopback(self.endpoint) and not self.emulator:
            raise ValueError(
                "endpoint must begin with https://, unless it is on this machine; if no real cloud is there, set"
                " emulator to true"
            )
        return self

    @model_validator(mode="after")
    def _windows_cover_the_real_cloud(self) -> "Settings":
        """With windows that are shorter than the cloud needs, what is bought counts as absent and is bought again."""
        if self.endpoint is not None or self.short_windows:
            return self
        for name in WINDOWS:
            least = type(self).model_fields[name].default
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name} must be at least {least} with the real cloud, or what is bought may be bought again;"
                    " if you know that your cloud is quicker, set short_windows to true"
                )
        return self

    @model_validator(mode="after")
    def _drain_outlasts_purchase(self) -> "Settings":
        if self.drain_seconds <= self.purchase_timeout_seconds:
            raise ValueError("drain_seconds must be longer than purchase_timeout_seconds, or a stop loses an answer")
        return self

    @property
    def emulated(self) -> bool:
        """True if an emulator answers in the cloud's place: without TLS it can be nothing else."""
        return self.emulator or (self.endpoint is not None and is_plain(self.endpoint))

    def buys_for(self, namespace: str) -> bool:
        """True if the operator's own identity may buy for resources of the namespace."""
        return _is_in(namespace, self.identity_namespaces)

    def adopts_by_id_in(self, namespace: str) -> bool:
        """True if resources of the namespace may name any instance of the account as theirs."""
        return _is_in(namespace, self.adoption_namespaces)

    @property
    def date_tolerance(self) -> timedelta | None:
        """How far the Date of an answer may be from this node's clock; None: any."""
        seconds = self.date_tolerance_seconds
        if seconds is None and self.endpoint is None:
            seconds = 300
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def resync(self) -> timedelta:
        """The longest time between two looks."""
        return timedelta(seconds=self.resync_seconds)

    @property
    def longest_call(self) -> timedelta:
        """From the last list before a purchase to its answer at the latest, with all reads between."""
        return timedelta(seconds=2 * self.purchase_timeout_seconds)

    @property
    def copy_window(self) -> timedelta:
        """The longest time from an answer until a list shows what another copy of the call bought."""
        return timedelta(seconds=self.longest_commit_seconds + self.longest_visibility_seconds)

    @property
    def settle_window(self) -> timedelta:
        """After this long past the intent, a complete look that shows nothing proves that nothing was bought."""
        return timedelta(seconds=max(self._through_seconds, self.nonce_memory_seconds))

    @property
    def spare_window(self) -> timedelta:
        """The last part of the settle window, in which no call of the intent can be executed or shown any more."""
        return self.settle_window - timedelta(seconds=self._through_seconds)

    @property
    def _through_seconds(self) -> float:
        return self.signature_validity_seconds + self.longest_commit_seconds + self.longest_visibility_seconds


def _is_in(namespace: str, allowed: tuple[str, ...] | None) -> bool:
    return allowed is not None and (EVERYWHERE in allowed or namespace in allowed)
