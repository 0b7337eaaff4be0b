"""The chart: what it makes of values, what it says to wrong ones, and what its releases do to a
real cluster."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY
from tests.packages.programs import Refusal
from tests.packages.rendering import CHART, OPERATOR, Manifest, bare_pods, helm, helm_template, one
from tests.packages.test_kustomize import apply, environment
from tests.patience import patience
from tests.scenario.manifests import pay_as_you_go

SECONDS: Final = 30.0
DIGEST: Final = f"sha256:{'0' * 64}"
KEY_VALUES: Final = (
    *(
        "watchNamespaces",
        "credentials.workspaceNamespaces",
        "outputs.workspaceNamespaces",
        "rrsa.roleName",
    ),
    *("roles.aggregateToEdit", "guard.enabled", "components/limits"),
    *("identity.namespaces", "identity.accountId", "extraEnv", "caBundle", "extraEgressPorts"),
)
"""What the page on installing has to tell of."""
WRONG: Final = [
    ("replicas=0", "at '/replicas': minimum: got 0, want 1"),
    ("replicaCount=3", "additional properties 'replicaCount' not allowed"),
    (
        'image.digest="latest"',
        "at '/image/digest': 'latest' does not match pattern '^(sha256:[0-9a-f]{64})?$'",
    ),
    ('image.repository=""', "at '/image/repository': minLength: got 0, want 1"),
    (
        'image.repository="a@sha256:0"',
        "at '/image/repository': 'a@sha256:0' does not match pattern",
    ),
    ("imagePullSecrets=[{}, 5]", "at '/imagePullSecrets/1': got number, want object"),
    ('watchNamespaces="team-a"', "at '/watchNamespaces': got string, want array"),
    ('watchNamespaces=["Team"]', "at '/watchNamespaces/0': 'Team' does not match pattern"),
    ('watchNamespaces=["a", "a"]', "at '/watchNamespaces': items at 0 and 1 are equal"),
    (
        'credentials.existingSecret=""',
        "at '/credentials/existingSecret': '' does not match pattern",
    ),
    (
        'credentials.rrsa.stsVpcRegion="sts.x"',
        "at '/credentials/rrsa/stsVpcRegion': 'sts.x' does not",
    ),
    (
        'credentials.rrsa.roleName="acs:ram::1:role/x"',
        "at '/credentials/rrsa/roleName': 'acs:ram::1:role/x' does not",
    ),
    (
        "credentials.accessKeyId=1",
        "at '/credentials': additional properties 'accessKeyId' not allowed",
    ),
    (
        "settings.FLINK_OPERATOR_WORKERS=0",
        "at '/settings/FLINK_OPERATOR_WORKERS': minimum: got 0, want 1",
    ),
    (
        "settings.FLINK_OPERATOR_WORKER=5",
        "additional properties 'FLINK_OPERATOR_WORKER' not allowed",
    ),
    (
        'settings.FLINK_OPERATOR_NAMESPACES=["a"]',
        "additional properties 'FLINK_OPERATOR_NAMESPACES' not allowed",
    ),
    (
        'credentials.workspaceNamespaces=["team-a"]',
        "at '/credentials/workspaceNamespaces/0': got string, want object",
    ),
    (
        'credentials.workspaceNamespaces=[{"namespace": "team-a"}]',
        "at '/credentials/workspaceNamespaces/0': missing property 'secrets'",
    ),
    (
        'credentials.workspaceNamespaces=[{"namespace": "team-a", "secrets": []}]',
        "at '/credentials/workspaceNamespaces/0/secrets': minItems: got 0, want 1",
    ),
    (
        'credentials.workspaceNamespaces=[{"namespace": "team-a", "secrets": ["alicloud", "*"]}]',
        'credentials.workspaceNamespaces: "*" stands for all Secrets of team-a: leave the others out, or leave it out',
    ),
    (
        'credentials.workspaceNamespaces=[{"namespace": "a", "secrets": ["b"]}, {"namespace": "a", "secrets": ["c"]}]',
        "credentials.workspaceNamespaces: a is listed twice: give all its Secrets in one place",
    ),
    (
        'outputs.workspaceNamespaces=["*"]',
        "at '/outputs/workspaceNamespaces/0': '*' does not match pattern",
    ),
    (
        'outputs={"workspaceNamespaces": ["team-a"], "allNamespaces": true}',
        "outputs.allNamespaces gives the right in every namespace: leave outputs.workspaceNamespaces out, or allNamesp",
    ),
    (
        'outputs={"allNamespaces": true}|watchNamespaces=["team-a"]',
        "outputs.allNamespaces gives rights outside of watchNamespaces: list them in outputs.workspaceNamespaces",
    ),
    ('roles.aggregateToEdit="yes"', "at '/roles/aggregateToEdit': got string, want boolean"),
    (
        "roles.aggregateToView=true",
        "at '/roles': additional properties 'aggregateToView' not allowed",
    ),
    (
        'limits.all={"maximumCu": 20}',
        "limits.all and limits.namespaces limit nothing without limits.enabled: set it to true, or leave them out",
    ),
    (
        'limits.namespaces={"team-a": {"maximumCu": 20}}',
        "limits.all and limits.namespaces limit nothing without limits.enabled: set it to true, or leave them out",
    ),
    (
        'limits.all={"maximumCU": 20}',
        "at '/limits/all': additional properties 'maximumCU' not allowed",
    ),
    ('limits.all={"maximumCu": "20"}', "at '/limits/all/maximumCu': got string, want integer"),
    ('limits.all={"regions": "cn-hangzhou"}', "at '/limits/all/regions': got string, want array"),
    (
        'limits.all={"regions": ["*"]}',
        "at '/limits/all/regions/0': '*' does not match pattern '^[a-z0-9-]+$'",
    ),
    ('limits.all={"chargeTypes": ["PREPAY"]}', "must be one of 'Subscription', 'PayAsYouGo'"),
    (
        'limits.namespaces={"Team": {}}',
        "at '/limits/namespaces': additional properties 'Team' not allowed",
    ),
    ("guard=true", "at '/guard': got boolean, want object"),
    (
        'emulator={"enabled": true}|credentials.existingSecret="mine"',
        "emulator.enabled brings the keys that the emulator knows: leave credentials.existingSecret out",
    ),
    (
        'settings.FLINK_OPERATOR_ENDPOINT="cloud"',
        "'cloud' does not match pattern '^https?://[^/?#@ ]+$'",
    ),
    ('extraEnv=[{"value": "v"}]', "at '/extraEnv/0': missing property 'name'"),
    (
        'extraEnv=[{"name": "FLINK_OPERATOR_WORKERS", "value": "3"}]',
        "at '/extraEnv/0/name': 'not' failed",
    ),
    (
        'extraEnv=[{"name": "NO_PROXY", "val": "*"}]',
        "at '/extraEnv/0': additional properties 'val' not allowed",
    ),
    ('extraEnv=[{"name": "PORT", "value": 80}]', "at '/extraEnv/0/value': got number, want string"),
    ('extraEnv=[{"name": "A"}, {"name": "A"}]', "extraEnv sets A, which is set already"),
    (
        'caBundle={"configMap": "ca"}|extraEnv=[{"name": "SSL_CERT_FILE", "value": "f"}]',
        "extraEnv sets SSL_CERT_FILE, which is set already",
    ),
    (
        'emulator={"enabled": true}|extraEnv=[{"name": "ALIBABA_CLOUD_ACCESS_KEY_ID", "value": "k"}]',
        "extraEnv sets ALIBABA_CLOUD_ACCESS_KEY_ID, which is set already",
    ),
    ('caBundle.configMap="My CA"', "at '/caBundle/configMap': 'My CA' does not match pattern"),
    ('caBundle.key="../ca"', "at '/caBundle/key': '../ca' does not match pattern"),
    ("extraEgressPorts=[70000]", "at '/extraEgressPorts/0': maximum: got 70,000, want 65,535"),
    ("crds.keep=false", "at '/crds': additional properties 'keep' not allowed"),
    ('emulator.enabled="yes"', "at '/emulator/enabled': got string, want boolean"),
    (
        'emulator={"enabled": true}|credentials.rrsa.roleName="r"',
        "emulator.enabled and credentials.rrsa.roleName exclude each other",
    ),
    ('identity.namespaces=["*", "a"]', "at '/identity/namespaces'"),
    ("identity.accountId=5", "at '/identity/accountId': got number, want string"),
    (
        'settings.FLINK_OPERATOR_IDENTITY="secret"',
        "at '/settings/FLINK_OPERATOR_IDENTITY': value must be one of",
    ),
    (
        'identity.namespaces=["a"]|settings.FLINK_OPERATOR_IDENTITY_NAMESPACES=["b"]',
        "identity.namespaces sets FLINK_OPERATOR_IDENTITY_NAMESPACES: leave it out of settings",
    ),
    (
        'credentials.rrsa.roleName="r"|settings.FLINK_OPERATOR_IDENTITY="key"',
        "credentials.rrsa.roleName sets FLINK_OPERATOR_IDENTITY to rrsa",
    ),
    (
        'emulator={"enabled": true}|settings.FLINK_OPERATOR_ENDPOINT="http://cloud"',
        "emulator.enabled sets FLINK_OPERATOR_ENDPOINT: leave it out of settings",
    ),
]
"""Values as --set-json takes them, and what Helm says."""


def given(values: str) -> list[str]:
    """As arguments."""
    return [f"--set-json={each}" for each in values.split("|")]


def told(values: str) -> dict[str, str]:
    """The operator's environment with these values."""
    return environment(one(helm_template(*given(values)), "Deployment"))


@pytest.mark.parametrize(("values", "said"), WRONG, ids=[values for values, _ in WRONG])
def test_wrong_values_are_refused(values: str, said: str) -> None:
    """Before anything is rendered, with the place and what is wrong there."""
    with pytest.raises(Refusal) as refused:
        helm_template(*given(values))
    assert said in str(refused.value)


def test_settings_reach_the_operator_as_it_reads_them() -> None:
    """Numbers as digits, lists as JSON; a setting of the base is replaced and not set twice."""
    values = {
        "WORKERS": 3,
        "ROLE_POLICIES": ["A", "B"],
        "RESYNC_SECONDS": 604800,
        "LOG_FORMAT": "text",
    }
    settings = told(
        f"settings={json.dumps({f'FLINK_OPERATOR_{name}': value for name, value in values.items()})}"
    )
    assert settings == {
        "FLINK_OPERATOR_IDENTITY_NAMESPACES": "[]",
        "FLINK_OPERATOR_WORKERS": "3",
        "FLINK_OPERATOR_ROLE_POLICIES": '["A","B"]',
        "FLINK_OPERATOR_RESYNC_SECONDS": "604800",
        "FLINK_OPERATOR_LOG_FORMAT": "text",
    }


def test_sts_is_asked_in_the_vpc_where_a_region_is_named() -> None:
    """By the two variables that the cloud's SDK reads."""
    assert told('credentials.rrsa={"roleName": "r", "stsVpcRegion": "cn-hangzhou"}').items() >= {
        ("ALIBABA_CLOUD_STS_REGION", "cn-hangzhou"),
        ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true"),
    }
    plain = told('credentials.rrsa={"roleName": "r"}')
    assert not [name for name in plain if name.startswith("ALIBABA_CLOUD_")]
    assert plain["FLINK_OPERATOR_IDENTITY"] == "rrsa"


@pytest.mark.parametrize(
    ("values", "namespaces"),
    [
        ("replicas=2", "[]"),
        ('identity.namespaces=["team-a", "team-b"]', '["team-a","team-b"]'),
        ('identity.namespaces=["*"]', '["*"]'),
        ('settings.FLINK_OPERATOR_IDENTITY_NAMESPACES=["team-a"]', '["team-a"]'),
        ("emulator.enabled=true", '["*"]'),
        ('emulator.enabled=true|identity.namespaces=["a"]', '["a"]'),
        ("emulator.enabled=true|settings.FLINK_OPERATOR_IDENTITY_NAMESPACES=[]", "[]"),
    ],
)
def test_who_is_paid_for_is_named(values: str, namespaces: str) -> None:
    """Nobody by default, unless it costs nothing; a setting that was there before the value goes
    on."""
    assert told(values)["FLINK_OPERATOR_IDENTITY_NAMESPACES"] == namespaces


def test_the_account_is_a_value() -> None:
    """As text: a number that long is not one for Helm."""
    assert (
        told('identity.accountId="1000000000000001"')["FLINK_OPERATOR_ACCOUNT_ID"]
        == "1000000000000001"
    )
    assert "FLINK_OPERATOR_ACCOUNT_ID" not in told("replicas=2")


def test_the_key_comes_from_the_secret_that_is_named() -> None:
    """All parts of it."""
    [pod] = bare_pods(helm_template("--set=credentials.existingSecret=mine"))
    sources = [
        each["valueFrom"] for each in pod["spec"]["containers"][0]["env"] if "valueFrom" in each
    ]
    assert [each["secretKeyRef"]["name"] for each in sources if "secretKeyRef" in each] == [
        "mine"
    ] * 3


def test_a_password_of_a_proxy_comes_from_a_secret() -> None:
    """The variable is passed on as it is given."""
    source = {"secretKeyRef": {"name": "proxy", "key": "url"}}
    [pod] = bare_pods(
        helm_template(
            f'--set-json=extraEnv=[{{"name": "HTTPS_PROXY", "valueFrom": {json.dumps(source)}}}]'
        )
    )
    assert {"name": "HTTPS_PROXY", "valueFrom": source} in pod["spec"]["containers"][0]["env"]


def test_the_kubelet_waits_for_a_longer_drain() -> None:
    """Else a stop would lose the answer to a purchase."""
    deployment = one(
        helm_template("--set-json=settings.FLINK_OPERATOR_DRAIN_SECONDS=200.5"), "Deployment"
    )
    assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 231


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ("image.tag=v1", "registry.example.com/flink-workspace-operator:v1"),
        (
            f"image.tag=v1,image.digest={DIGEST}",
            f"registry.example.com/flink-workspace-operator@{DIGEST}",
        ),
    ],
)
def test_a_digest_wins_over_a_tag(values: str, image: str) -> None:
    """What is pinned is what runs."""
    [pod] = bare_pods(helm_template(f"--set={values}"))
    assert pod["spec"]["containers"][0]["image"] == image


def bound(manifests: list[Manifest], role: str) -> list[tuple[str, str, str]]:
    """Each binding of a role: its kind, its namespace, and the kind of the role."""
    bindings = [each for each in manifests if each.get("roleRef", {}).get("name") == role]
    return [
        (each["kind"], each["metadata"].get("namespace", ""), each["roleRef"]["kind"])
        for each in bindings
    ]


def test_secrets_are_read_by_their_names() -> None:
    """In the namespaces that are listed, by a Role there; all of a namespace's only where that is
    said."""
    named = {"namespace": "team-a", "secrets": ["alicloud", "other"]}
    value = json.dumps([named, {"namespace": "team-b", "secrets": ["*"]}])
    manifests = helm_template(f"--set-json=credentials.workspaceNamespaces={value}")
    role = f"{OPERATOR}-named-credentials"
    assert bound(manifests, role) == [("RoleBinding", "team-a", "Role")]
    assert bound(manifests, f"{OPERATOR}-credentials") == [("RoleBinding", "team-b", "ClusterRole")]
    found = one(manifests, "Role", role)
    assert found["metadata"]["namespace"] == "team-a"
    assert found["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "resourceNames": named["secrets"],
            "verbs": ["get", "patch"],
        }
    ]


def test_config_maps_are_written_in_listed_namespaces_only() -> None:
    """By default in none."""
    role = f"{OPERATOR}-outputs"
    assert bound(helm_template(), role) == []
    listed = helm_template('--set-json=outputs.workspaceNamespaces=["team-a", "team-b"]')
    assert bound(listed, role) == [
        ("RoleBinding", "team-a", "ClusterRole"),
        ("RoleBinding", "team-b", "ClusterRole"),
    ]


def test_limits_that_are_empty_allow_nothing_and_left_out_ones_limit_nothing() -> None:
    """As the policies read the ConfigMap."""
    limits = '--set-json=limits={"enabled": true, "all": {"vpcs": [], "maximumCu": 99999}}'
    assert one(helm_template(limits), "ConfigMap", "flink-limits")["data"] == {
        "vpcs": "",
        "maximumCu": "99999",
    }
    assert (
        one(helm_template("--set=limits.enabled=true"), "ConfigMap", "flink-limits")["data"] == {}
    )


def test_policies_are_about_the_operator_of_this_release() -> None:
    """In another namespace it has another name, and keeps its limits there."""
    manifests = helm_template(
        "--namespace=elsewhere", "--set=guard.enabled=true,limits.enabled=true"
    )
    text = json.dumps(
        [each for each in manifests if each["kind"].startswith("ValidatingAdmission")]
    )
    assert text.count("system:serviceaccount:elsewhere:flink-workspace-operator'") == 3
    binding = one(manifests, "ValidatingAdmissionPolicyBinding", "flink-workspace-limits")
    assert binding["spec"]["paramRef"]["namespace"] == "elsewhere"
    assert "flink-workspace-operator:flink-workspace-operator" not in text
    assert '"kubernetes.io/metadata.name": "elsewhere"' in text


def notes(*values: str) -> str:
    """What Helm tells who has installed it."""
    arguments = ("--dry-run=client", f"--namespace={OPERATOR}", *values)
    return helm("install", OPERATOR, CHART, *arguments).partition("NOTES:")[2]


def test_notes_say_who_may_buy() -> None:
    """Nobody by the role edit, unless that was asked for; and how much is bounded by what."""
    told = notes()
    assert "Nobody but administrators may buy yet, not even who has the role edit or admin" in told
    assert "--clusterrole=flink-workspace-editor" in told
    assert "--hard=count/flinkworkspaceorders.flink.alicloud.dev=3" in told
    everybody = notes("--set=roles.aggregateToEdit=true")
    assert "Whoever has the role edit or admin in a namespace may buy there." in everybody
    assert "flink-buyers" not in everybody


def test_everything_is_in_the_releases_namespace() -> None:
    """Also those whom rights are given to."""
    manifests = helm_template("--namespace=elsewhere", "--set=emulator.enabled=true")
    assert {each["metadata"].get("namespace", "elsewhere") for each in manifests} == {"elsewhere"}
    subjects = [subject["namespace"] for each in manifests for subject in each.get("subjects", ())]
    assert subjects
    assert set(subjects) == {"elsewhere"}


def test_pods_are_restricted(cluster: Cluster) -> None:
    """With every value that changes a Pod, they pass the restricted Pod Security Standard of a real
    API server."""
    changed = '--set-json=imagePullSecrets=[{"name": "registry"}]'
    apply(cluster, bare_pods(helm_template(changed, "--set=emulator.enabled=true")))
    apply(
        cluster,
        bare_pods(
            helm_template(changed, "--set=credentials.rrsa.roleName=role,caBundle.configMap=ca")
        ),
    )


def test_a_second_installation_is_refused(cluster: Cluster) -> None:
    """Here the first one was made without Helm."""
    with pytest.raises(
        Refusal,
        match=r"This cluster has an operator already, installed without Helm\. A cluster has one",
    ):
        helm(
            "install", "second", CHART, "--namespace=default", f"--kubeconfig={cluster.kubeconfig}"
        )


@pytest.fixture
def release(bare_cluster: Cluster) -> Iterator[Callable[..., str]]:
    """Helm on a cluster with a release, which it uninstalls, and removes what stays then."""

    def helm_there(verb: str, *arguments: str | Path) -> str:
        where = ("--namespace=flink-workspace-operator", f"--kubeconfig={bare_cluster.kubeconfig}")
        return helm(verb, OPERATOR, *arguments, *where)

    helm_there("install", CHART, "--create-namespace")
    yield helm_there
    helm_there("uninstall", "--ignore-not-found")
    bare_cluster.kubectl("delete", "customresourcedefinitions", "--all", "--wait=false")
    bare_cluster.kubectl("delete", "namespace", OPERATOR, f"--timeout={patience(SECONDS):.0f}s")


def test_uninstalling_leaves_what_was_bought(
    bare_cluster: Cluster, release: Callable[..., str]
) -> None:
    """The definitions and all resources stay; the operator, its rights and its Service are gone; it
    can come again."""
    bare_cluster.kubectl("apply", "--filename=-", stdin=json.dumps(pay_as_you_go("kept")))
    assert "These resources were kept due to the resource policy" in release("uninstall")
    assert (
        bare_cluster.kubectl("get", "flinkworkspaces", "--output=name")
        == "flinkworkspace.flink.alicloud.dev/kept\n"
    )
    left = bare_cluster.kubectl(
        "get", "deployments,services,clusterroles", f"--namespace={OPERATOR}", "--output=name"
    )
    assert OPERATOR not in left
    release("install", CHART)
    assert "kept" in bare_cluster.kubectl("get", "flinkworkspaces", "--output=name")
    bare_cluster.kubectl("delete", "flinkworkspace/kept")


def test_a_second_release_is_told_of_the_first(
    bare_cluster: Cluster, release: Callable[..., str]
) -> None:
    """By name and namespace, before anything of the first is changed."""
    with pytest.raises(
        Refusal, match=f"by Helm as release {OPERATOR} in namespace {OPERATOR}. A cluster has one"
    ):
        helm(
            "install",
            "second",
            CHART,
            "--namespace=default",
            f"--kubeconfig={bare_cluster.kubeconfig}",
        )
    release("upgrade", CHART)


def test_upgrading_brings_newer_definitions(
    bare_cluster: Cluster, release: Callable[..., str]
) -> None:
    """Unlike those in a chart's folder crds/, which Helm installs once and never again."""
    name = "crd/flinkworkspaces.flink.alicloud.dev"
    older = [{"op": "remove", "path": "/spec/names/shortNames"}]
    bare_cluster.kubectl("patch", name, "--type=json", f"--patch={json.dumps(older)}")
    release("upgrade", CHART, "--force-conflicts")
    assert json.loads(bare_cluster.kubectl("get", name, "--output=json"))["spec"]["names"][
        "shortNames"
    ] == ["fws"]


def edit_buys(cluster: Cluster) -> bool:
    """As the cluster's own role stands now."""
    rules = json.loads(cluster.kubectl("get", "clusterrole/edit", "--output=json"))["rules"]
    return any(
        "flinkworkspaces" in rule["resources"] and "create" in rule["verbs"] for rule in rules
    )


def until(fact: Callable[[], bool]) -> None:
    """A controller does it, or the API server takes a moment."""
    end = monotonic() + patience(SECONDS)
    while not fact():
        assert monotonic() < end, f"not the case after {SECONDS:.0f} s"


def test_an_upgrade_takes_buying_from_who_may_edit(
    bare_cluster: Cluster, release: Callable[..., str]
) -> None:
    """Given by a value, and by nothing else; who had it by an earlier version has it no more."""
    assert not edit_buys(bare_cluster)
    release("upgrade", CHART, "--set=roles.aggregateToEdit=true")
    until(lambda: edit_buys(bare_cluster))
    release("upgrade", CHART, "--reset-values")
    until(lambda: not edit_buys(bare_cluster))


def test_limits_come_and_go_with_their_value(
    bare_cluster: Cluster, release: Callable[..., str]
) -> None:
    """Also for administrators; what is refused then is taken without them."""

    def refusal() -> str:
        wanted = json.dumps(pay_as_you_go("w", region="cn-beijing"))
        try:
            bare_cluster.kubectl("create", "--dry-run=server", "--filename=-", stdin=wanted)
        except LocalFailure as refused:
            return str(refused)
        return ""

    release(
        "upgrade",
        CHART,
        "--set=guard.enabled=true",
        '--set-json=limits={"enabled":true,"all":{"regions":["a-1"]}}',
    )
    until(lambda: "`spec.region` 'cn-beijing' is not allowed, but: a-1." in refusal())
    release("upgrade", CHART, "--reset-values")
    until(lambda: refusal() == "")


def test_what_is_installed_is_documented() -> None:
    """Every value has a line in values.yaml, and the page tells the words of the chart."""
    page = (REPOSITORY / "docs" / "install.md").read_text()
    schema: Manifest = json.loads((CHART / "values.schema.json").read_text())
    text = (CHART / "values.yaml").read_text()
    assert [name for name in schema["properties"] if f"\n{name}:" not in text] == []
    assert [name for name in KEY_VALUES if name not in page] == []
