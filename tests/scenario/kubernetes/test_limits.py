"""deploy/components/limits, as somebody meets it who may edit and buy in one namespace."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from tests.namespaces import Namespaces
from tests.objects import OPERATOR, Objects, Refused
from tests.scenario.api.server import REMOVED, changed
from tests.scenario.kubernetes.tenants import (
    EDITOR,
    Manifest,
    Tenant,
    in_force,
    said,
    until_refused,
    until_said,
)
from tests.scenario.manifests import subscription

LIMITS: Final = "flink-limits"
ALLOWED: Final = {
    "network": {"vpcId": "vpc-team", "vSwitchIds": ["vsw-1"]},
    "storage": {"oss": {"bucket": "team-1"}},
}

WITHOUT_LIMIT: Final = {
    **dict.fromkeys(("regions", "vpcs", "buckets", "chargeTypes", "adoption"), "*"),
    **dict.fromkeys(("maximumCu", "maximumTermMonths"), "9999"),
    "automaticRenewal": "true",
    "namesBeginWithNamespace": "false",
}
OUTSIDE: Final = {
    "region": "cn-beijing",
    "resources": {"cu": 500},
    "network": {"vpcId": "vpc-2", "vSwitchIds": ["vsw-1"]},
    "storage": {"oss": {"bucket": "theirs"}},
    "subscription": {"initialTerm": {"count": 2, "unit": "Year"}, "renewal": {"mode": "Automatic"}},
    "adoption": {"policy": "IfNameMatches"},
}

REFUSED: Final[list[tuple[str, Any, str]]] = [
    (
        "spec.region",
        "cn-beijing",
        "`spec.region` 'cn-beijing' is not allowed, but: cn-hangzhou, cn-shanghai.",
    ),
    (
        "spec.chargeType",
        "PayAsYouGo",
        "`spec.chargeType` 'PayAsYouGo' is not allowed, but: Subscription.",
    ),
    ("spec.network.vpcId", "vpc-2", "`spec.network.vpcId` 'vpc-2' is not allowed, but: vpc-team."),
    (
        "spec.storage.oss.bucket",
        "theirs",
        "`spec.storage.oss.bucket` 'theirs' is not allowed, but: team-1, team-2.",
    ),
    ("spec.resources.cu", 41, "`spec.resources.cu` 41 is more than the 40 that are allowed."),
    (
        "spec.subscription.initialTerm.count",
        2,
        "`spec.subscription.initialTerm` of 2 months is longer than the 1 that",
    ),
    (
        "spec.subscription.initialTerm",
        {"count": 1, "unit": "Year"},
        "`spec.subscription.initialTerm` of 12 months is longer than the 1 that are allowed.",
    ),
    (
        "spec.subscription.renewal",
        {"mode": "Automatic"},
        "'Automatic' is not allowed, but: Manual.",
    ),
    (
        "spec.adoption",
        {"policy": "IfNameMatches"},
        "`spec.adoption.policy` 'IfNameMatches' is not allowed, but: Never.",
    ),
    (
        "spec.adoption",
        {"policy": "ByInstanceId", "instanceId": "sc-1"},
        "`spec.adoption.policy` 'ByInstanceId' is not allowed, but: Never.",
    ),
    (
        "spec.workspaceName",
        "another",
        "(or, without it, `metadata.name`) 'another' is not allowed: it must begin with",
    ),
    (
        "metadata.name",
        "another",
        "(or, without it, `metadata.name`) 'another' is not allowed: it must begin with",
    ),
    (
        "metadata.labels",
        {f"label-{n}": "x" for n in range(65)},
        "a FlinkWorkspace has at most 64 labels",
    ),
    (
        "metadata.annotations",
        {"a": "x" * 32768},
        "the annotations of a FlinkWorkspace have at most 32 KiB together",
    ),
    (
        "metadata.annotations",
        {"a": "é" * 16384},
        "the annotations of a FlinkWorkspace have at most 32 KiB together",
    ),
    (
        "metadata.finalizers",
        [f"example.com/{n}" for n in range(65)],
        "at most 64 finalizers, owner references and field",
    ),
]
"""Field, value, and what the API server says."""

TAKEN: Final[list[tuple[str, Any]]] = [
    ("spec.region", "cn-shanghai"),
    ("spec.storage.oss.bucket", "team-2"),
    ("spec.resources.cu", 40),
    ("spec.subscription.renewal", {"mode": "Manual"}),
    ("spec.adoption", {"policy": "Never"}),
    ("spec.suspend", True),
    ("metadata.labels", {f"label-{n}": "x" for n in range(64)}),
    ("metadata.annotations", {f"{n:03}": "x" * 253 for n in range(128)}),
]

MISSPELT: Final = [
    ({"regoins": "cn-hangzhou"}, "no limits: regoins. There are regions, vpcs,"),
    ({"a.b.regions": "cn-hangzhou"}, "no limits: a.b.regions."),
    ({"maximumCu": "40 CU"}, "maximumCu: must be a whole number of at most five digits"),
    ({"team-a.maximumTermMonths": "-1"}, "team-a.maximumTermMonths: must be a whole number"),
    ({"automaticRenewal": "no"}, "automaticRenewal: must be 'true' or 'false'"),
    (
        {"team-a.chargeTypes": "Prepaid"},
        "team-a.chargeTypes: must be words with ',' between them, of: Subscription,",
    ),
    (
        {"adoption": "Never, Always"},
        "adoption: must be words with ',' between them, of: Never, IfNameMatches,",
    ),
]


@dataclass(frozen=True)
class Fenced:
    """A namespace with limits, somebody in it, and the namespace that the limits are kept in."""

    cluster: Cluster
    tenant: Tenant
    place: str

    @property
    def own(self) -> dict[str, str]:
        """What is said for the namespace, instead of what is said for all or beside it."""
        return {"vpcs": "vpc-team", "buckets": "team-1, team-2", "maximumCu": "40"}

    @property
    def namespace(self) -> str:
        return self.tenant.namespace

    def limit(self, **limits: str | None) -> None:
        """Change limits as whoever looks after the operator does; None takes one out."""
        Objects.of(self.cluster, self.place).patch(f"configmaps/{LIMITS}", {"data": limits})

    def workspace(self, name: str = "w") -> Manifest:
        """One that is allowed."""
        return subscription(f"{self.namespace}-{name}", **ALLOWED)


@pytest.fixture(scope="module")
def fenced(cluster: Cluster, namespaces: Namespaces) -> Iterator[Fenced]:
    """The component as it is shipped, with two more limits for this namespace, and another one for
    all."""
    with (
        namespaces.fresh() as namespace,
        namespaces.fresh() as place,
        in_force(cluster, "limits", namespace, place),
    ):
        tenant = Tenant.of(cluster, namespace, "edit", EDITOR)
        made = Fenced(cluster, tenant, place)
        own = {
            f"{namespace}.vpcs": "vpc-team",
            f"{namespace}.buckets": "team-1, team-2",
            f"{namespace}.maximumCu": "40",
        }
        made.limit(**own)
        for field, value, words in (REFUSED[2], REFUSED[4], REFUSED[12]):
            until_refused(tenant, changed(made.workspace(), field, value), words)
        yield made


def ids(cases: list[tuple[str, Any, str]]) -> list[str]:
    return [f"{number}-{field}" for number, (field, *_) in enumerate(cases)]


def refused_variant(fenced: Fenced, field: str, value: Any) -> Manifest:  # noqa: ANN401 - any JSON
    """What is allowed, but for one value."""
    wanted = changed(fenced.workspace(), field, value)
    if value == "PayAsYouGo":
        wanted = changed(changed(wanted, "spec.subscription", REMOVED), "spec.resources", REMOVED)
    return wanted


@pytest.mark.parametrize(("field", "value", "words"), REFUSED, ids=ids(REFUSED))
def test_what_is_not_allowed_is_refused(fenced: Fenced, field: str, value: Any, words: str) -> None:  # noqa: ANN401 - any JSON
    """With the field, what is allowed, and where that is said."""
    told = fenced.tenant.refusal(refused_variant(fenced, field, value))
    assert words in told
    if field.startswith("spec"):
        assert (
            f"It is said for the namespace '{fenced.namespace}' in the ConfigMap '{LIMITS}'" in told
        )
        assert (
            f" of the namespace '{fenced.place}': whoever looks after the operator can change it"
            in told
        )


@pytest.mark.parametrize(
    ("field", "value"), TAKEN, ids=[f"{n}-{field}" for n, (field, _) in enumerate(TAKEN)]
)
def test_what_is_allowed_is_taken(fenced: Fenced, field: str, value: Any) -> None:  # noqa: ANN401 - any JSON
    """Up to the last label, byte and CU."""
    assert fenced.tenant.refusal(changed(fenced.workspace(), field, value)) == ""


def test_several_reasons_come_one_after_the_other(fenced: Fenced) -> None:
    """The first is told; none of them is a way around another."""
    both = changed(
        changed(fenced.workspace(), "spec.region", "cn-beijing"), "spec.resources.cu", 41
    )
    assert "denied request" in fenced.tenant.refusal(both)


def test_the_limits_are_not_the_tenants(fenced: Fenced) -> None:
    """Who has `edit` writes ConfigMaps of the namespace, also one of that name: it says nothing
    here."""
    tenant = fenced.tenant
    own = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": LIMITS},
        "data": {"maximumCu": "9999"},
    }
    tenant.objects.apply(own)
    try:
        assert "41 is more than the 40" in tenant.refusal(
            changed(fenced.workspace(), "spec.resources.cu", 41)
        )
    finally:
        tenant.objects.remove(own)
    there = replace(tenant.objects, namespace=fenced.place)
    for change in (partial(there.delete), partial(there.patch, change={"data": {"regions": "*"}})):
        with pytest.raises(Refused, match=r"is forbidden: User .* cannot (delete|patch) resource"):
            change(f"configmaps/{LIMITS}")
    for resource in (
        "validatingadmissionpolicybindings",
        "validatingadmissionpolicies",
        "namespaces",
    ):
        assert [
            verb for verb in ("create", "patch", "delete") if tenant.objects.may(verb, resource)
        ] == []


def test_what_was_stored_before_a_limit_can_be_stopped_and_let_go(fenced: Fenced) -> None:
    """One that is outside of all limits is held by the operator, suspended, annotated, brought
    within one of them, and deleted; none of its values grows, or changes into another one that is
    not allowed."""
    tenant = fenced.tenant
    fenced.limit(**{f"{fenced.namespace}.{key}": value for key, value in WITHOUT_LIMIT.items()})
    large: Manifest = {**subscription("outside"), "spec": {**subscription()["spec"], **OUTSIDE}}
    until_said("taken", lambda: tenant.refusal(large) or "taken")
    tenant.objects.apply(large)
    fenced.limit(**{f"{fenced.namespace}.{key}": fenced.own.get(key) for key in WITHOUT_LIMIT})
    for field, value, words in REFUSED[:11]:
        until_said(words, partial(tenant.refusal, refused_variant(fenced, field, value)))

    operator(fenced, "outside", [PURCHASE_FINALIZER])
    edit(tenant, "outside", {"spec": {"suspend": True}})
    edit(tenant, "outside", {"metadata": {"annotations": {"flink.alicloud.dev/suspend": "true"}}})
    for change, words in (
        ({"resources": {"cu": 501}}, "501 is more than the 40"),
        ({"storage": {"oss": {"bucket": "others"}}}, "'others' is not allowed"),
        ({"network": {"vpcId": "vpc-others"}}, "'vpc-others' is not allowed"),
        ({"subscription": {"initialTerm": {"count": 3}}}, "of 36 months is longer than the 1"),
        (
            {"adoption": {"policy": "ByInstanceId", "instanceId": "sc-1"}},
            "'ByInstanceId' is not allowed",
        ),
    ):
        with pytest.raises(Refused) as refused:
            edit(tenant, "outside", {"spec": change})
        assert words in said(refused.value)
    edit(tenant, "outside", {"spec": {"resources": {"cu": 40}}})
    tenant.objects.delete("flinkworkspaces/outside")
    operator(fenced, "outside", [])
    assert tenant.objects.list("flinkworkspaces") == []


def operator(fenced: Fenced, name: str, finalizers: list[str]) -> None:
    """Set the finalizers as the operator does, with its own rights."""
    own = Objects.of(fenced.cluster, fenced.namespace).by(OPERATOR)
    own.patch(f"flinkworkspaces/{name}", {"metadata": {"finalizers": finalizers}})


def edit(tenant: Tenant, name: str, change: Manifest) -> None:
    tenant.objects.patch(f"flinkworkspaces/{name}", change)


def test_without_limits_nothing_may_be_asked_for(cluster: Cluster, namespaces: Namespaces) -> None:
    """A ConfigMap that was deleted by mistake is no licence."""
    with (
        namespaces.fresh() as namespace,
        namespaces.fresh() as place,
        in_force(cluster, "limits", namespace, place),
    ):
        Objects.of(cluster, place).delete(f"configmaps/{LIMITS}")
        tenant = Tenant.of(cluster, namespace, "edit", EDITOR)
        until_refused(tenant, subscription(f"{namespace}-w"), "no params found")


@pytest.mark.parametrize(
    ("limits", "words"), MISSPELT, ids=[next(iter(each)) for each, _ in MISSPELT]
)
def test_misspelt_limits_are_refused(fenced: Fenced, limits: dict[str, str], words: str) -> None:
    """Else they would limit nothing, and nobody would see it."""
    with pytest.raises(Refused) as refused:
        fenced.limit(**limits)
    assert words in said(refused.value)
