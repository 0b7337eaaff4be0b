"""What users may write into a FlinkWorkspace: the API server refuses the rest, and says where and
why."""

import pytest
import yaml

from flink_local.manifests import REPOSITORY
from tests.scenario.api.samples import BY_USE, FULL_WORKSPACE, WORKSPACE
from tests.scenario.api.server import REMOVED, Kind, Wire, accepted, changed, refused

NAME_RULE = "must start with a lower case letter, hold only lower case letters, digits and '-'"
RESERVED_KEY = "`key` must not start with 'acs:', 'aliyun', 'http://' or 'https://'"
BOTH_OR_NONE = "must be set with chargeType 'Subscription' and left out with 'PayAsYouGo'"
TERM_RULE = "`count` must be 1 to 36 with unit 'Month', or 1 to 5 with unit 'Year'"
ID_RULE = "`instanceId` must be set with policy 'ByInstanceId' and left out with any other"
REQUIRED = "Required value"
INVISIBLE = (
    "must not contain control characters, such as line ends, or other characters that can't be seen"
)

# field that is changed, its value, field that the refusal names, its words
BAD: list[tuple[str, object, str, str]] = [
    ("metadata.name", "a" * 61, "metadata", "`metadata.name` must have at most 60 characters"),
    ("metadata.name", "1st", "spec.workspaceName", NAME_RULE),
    ("metadata.name", "a.b", "spec.workspaceName", NAME_RULE),
    ("spec", REMOVED, "spec", REQUIRED),
    ("spec.workspaceName", "", "spec.workspaceName", NAME_RULE),
    ("spec.workspaceName", "a" * 61, "spec.workspaceName", "may not be more than 60"),
    ("spec.workspaceName", "Realtime", "spec.workspaceName", NAME_RULE),
    ("spec.workspaceName", "1st", "spec.workspaceName", NAME_RULE),
    (
        "spec.workspaceName",
        "Realtime",
        "spec.workspaceName",
        "an existing workspace whose name has capitals can be adopted with adoption.policy",
    ),
    ("spec.workspaceName", "a-", "spec.workspaceName", NAME_RULE),
    ("spec.workspaceName", "a_b", "spec.workspaceName", NAME_RULE),
    ("spec.region", REMOVED, "spec.region", REQUIRED),
    (
        "spec.region",
        "x",
        "spec.region",
        "is 'x', but must be the id of a region, such as cn-hangzhou",
    ),
    ("spec.region", "x" * 41, "spec.region", "may not be more than 40"),
    (
        "spec.region",
        "cn_hangzhou",
        "spec.region",
        "is 'cn_hangzhou', but must be the id of a region, such as cn-hangzhou",
    ),
    (
        "spec.zoneId",
        "",
        "spec.zoneId",
        "is '', but must be the id of a zone, such as cn-hangzhou-i, or left out",
    ),
    (
        "spec.zoneId",
        "CN-I",
        "spec.zoneId",
        "is 'CN-I', but must be the id of a zone, such as cn-hangzhou-i, or left out",
    ),
    ("spec.zoneId", "z" * 65, "spec.zoneId", "may not be more than 64"),
    ("spec.chargeType", REMOVED, "spec.chargeType", REQUIRED),
    ("spec.chargeType", "PRE", "spec.chargeType", 'supported values: "Subscription", "PayAsYouGo"'),
    ("spec.chargeType", "PayAsYouGo", "spec.subscription", BOTH_OR_NONE),
    ("spec.chargeType", "PayAsYouGo", "spec.resources", BOTH_OR_NONE),
    ("spec.subscription", REMOVED, "spec.subscription", BOTH_OR_NONE),
    ("spec.subscription", {}, "spec.subscription.initialTerm", REQUIRED),
    (
        "spec.subscription.initialTerm",
        {"unit": "Year", "count": 6},
        "spec.subscription.initialTerm",
        TERM_RULE,
    ),
    (
        "spec.subscription.initialTerm.count",
        REMOVED,
        "spec.subscription.initialTerm.count",
        REQUIRED,
    ),
    (
        "spec.subscription.initialTerm.count",
        0,
        "spec.subscription.initialTerm.count",
        "greater than or equal to 1",
    ),
    ("spec.subscription.initialTerm.count", 37, "spec.subscription.initialTerm", TERM_RULE),
    (
        "spec.subscription.initialTerm.count",
        37,
        "spec.subscription.initialTerm.count",
        "less than or equal to 36",
    ),
    (
        "spec.subscription.initialTerm.count",
        1.5,
        "spec.subscription.initialTerm.count",
        "must be of type integer",
    ),
    ("spec.subscription.initialTerm.unit", REMOVED, "spec.subscription.initialTerm.unit", REQUIRED),
    (
        "spec.subscription.initialTerm.unit",
        "Day",
        "spec.subscription.initialTerm.unit",
        'values: "Month", "Year"',
    ),
    (
        "spec.subscription.renewal.mode",
        "Never",
        "spec.subscription.renewal.mode",
        'values: "Manual", "Automatic"',
    ),
    ("spec.resources", REMOVED, "spec.resources", BOTH_OR_NONE),
    ("spec.resources.cu", REMOVED, "spec.resources.cu", REQUIRED),
    ("spec.resources.cu", 0, "spec.resources.cu", "greater than or equal to 1"),
    ("spec.resources.cu", 10001, "spec.resources.cu", "less than or equal to 10000"),
    ("spec.resources.cu", "10", "spec.resources.cu", "must be of type integer"),
    ("spec.network", REMOVED, "spec.network", REQUIRED),
    ("spec.network.vpcId", REMOVED, "spec.network.vpcId", REQUIRED),
    (
        "spec.network.vpcId",
        "vsw-1",
        "spec.network.vpcId",
        "is 'vsw-1', but must be the id of a VPC, such as vpc-bp1example, not its name",
    ),
    ("spec.network.vpcId", "vpc-" + "1" * 61, "spec.network.vpcId", "may not be more than 64"),
    ("spec.network.vSwitchIds", REMOVED, "spec.network.vSwitchIds", REQUIRED),
    ("spec.network.vSwitchIds", [], "spec.network.vSwitchIds", "at least 1 items"),
    (
        "spec.network.vSwitchIds",
        [f"vsw-{n}" for n in range(6)],
        "spec.network.vSwitchIds",
        "at most 5 items",
    ),
    ("spec.network.vSwitchIds[1]", "vsw-1", "spec.network.vSwitchIds[1]", "Duplicate value"),
    (
        "spec.network.vSwitchIds[0]",
        "vpc-1",
        "spec.network.vSwitchIds[0]",
        "is 'vpc-1', but must be the id of a vSwitch, such as vsw-bp1example, not its name",
    ),
    (
        "spec.network.vSwitchIds[0]",
        "vsw-" + "1" * 61,
        "spec.network.vSwitchIds[0]",
        "may not be more than 64",
    ),
    ("spec.storage", REMOVED, "spec.storage", REQUIRED),
    ("spec.storage.type", "FullyManaged", "spec.storage.type", 'supported values: "OSS"'),
    ("spec.storage.oss", REMOVED, "spec.storage.oss", REQUIRED),
    ("spec.storage.oss.bucket", REMOVED, "spec.storage.oss.bucket", REQUIRED),
    (
        "spec.storage.oss.bucket",
        "ab",
        "spec.storage.oss.bucket",
        "is 'ab', but must be the name of an OSS bucket without 'oss://': 3 to 63 lower case letters",
    ),
    ("spec.storage.oss.bucket", "a" * 64, "spec.storage.oss.bucket", "may not be more than 63"),
    (
        "spec.storage.oss.bucket",
        "My-bucket",
        "spec.storage.oss.bucket",
        "is 'My-bucket', but must be the name of an OSS bucket without 'oss://': 3 to 63 lower case letters",
    ),
    (
        "spec.storage.oss.bucket",
        "my-bucket-",
        "spec.storage.oss.bucket",
        "is 'my-bucket-', but must be the name of an OSS bucket without 'oss://': 3 to 63 lower case letters",
    ),
    ("spec.architecture", "x86", "spec.architecture", 'supported values: "X86", "ARM"'),
    ("spec.monitoring", "None", "spec.monitoring", 'supported values: "ARMS", "CloudMonitor"'),
    (
        "spec.resourceGroupId",
        "1",
        "spec.resourceGroupId",
        "is '1', but must be the id of a resource group, such as rg-acfexample, not its name",
    ),
    ("spec.resourceGroupId", "rg-" + "1" * 62, "spec.resourceGroupId", "may not be more than 64"),
    ("spec.tags", [{"key": str(n)} for n in range(16)], "spec.tags", "at most 15 items"),
    ("spec.tags", [{"key": "a"}, {"key": "a", "value": "b"}], "spec.tags[1]", "Duplicate value"),
    ("spec.tags[0].key", REMOVED, "spec.tags[0].key", REQUIRED),
    ("spec.tags[0].key", "", "spec.tags[0].key", "at least 1 chars"),
    ("spec.tags[0].key", "k" * 65, "spec.tags[0].key", "may not be more than 64"),
    ("spec.tags[0].key", "acs:team", "spec.tags[0].key", RESERVED_KEY),
    ("spec.tags[0].key", "aliyun-team", "spec.tags[0].key", RESERVED_KEY),
    ("spec.tags[0].key", "http://team", "spec.tags[0].key", RESERVED_KEY),
    ("spec.tags[0].key", "https://team", "spec.tags[0].key", RESERVED_KEY),
    (
        "spec.tags[0].key",
        "flink.alicloud.dev/order",
        "spec.tags[0].key",
        "the operator keeps its own tags there",
    ),
    (
        "spec.tags[0].key",
        " \tFlink.AliCloud.dev/order",
        "spec.tags[0].key",
        "the operator keeps its own tags there",
    ),
    ("spec.tags[0].key", "ACS:team", "spec.tags[0].key", RESERVED_KEY),
    ("spec.tags[0].key", " Aliyun-team", "spec.tags[0].key", RESERVED_KEY),
    ("spec.tags[0].key", "te\x1bam", "spec.tags[0].key", INVISIBLE),
    ("spec.tags[0].value", "v" * 65, "spec.tags[0].value", "may not be more than 64"),
    ("spec.tags[0].value", "data\n", "spec.tags[0].value", INVISIBLE),
    ("spec.tags[0].value", "\x1b[2J", "spec.tags[0].value", INVISIBLE),
    ("spec.tags[0].value", "da\u202eta", "spec.tags[0].value", INVISIBLE),
    (
        "spec.ramRole.management",
        "Never",
        "spec.ramRole.management",
        'supported values: "Ensure", "Require"',
    ),
    (
        "spec.adoption.policy",
        "Always",
        "spec.adoption.policy",
        'values: "Never", "IfNameMatches", "ByInstanceId"',
    ),
    ("spec.adoption", {"policy": "ByInstanceId"}, "spec.adoption.instanceId", ID_RULE),
    (
        "spec.adoption",
        {"policy": "IfNameMatches", "instanceId": "i"},
        "spec.adoption.instanceId",
        ID_RULE,
    ),
    ("spec.adoption", {"instanceId": "i"}, "spec.adoption.instanceId", ID_RULE),
    (
        "spec.adoption.instanceId",
        "",
        "spec.adoption.instanceId",
        "is '', but must be the id of an instance, such as sc_",
    ),
    ("spec.adoption.instanceId", "i" * 129, "spec.adoption.instanceId", "may not be more than 128"),
    (
        "spec.adoption.instanceId",
        "a b",
        "spec.adoption.instanceId",
        "is 'a b', but must be the id of an instance, such as sc_",
    ),
    ("spec.credentials", {}, "spec.credentials.secretName", REQUIRED),
    (
        "spec.credentials.secretName",
        "",
        "spec.credentials.secretName",
        "is '', but must be the name of a Secret in this namespace: lower case letters",
    ),
    (
        "spec.credentials.secretName",
        "a" * 254,
        "spec.credentials.secretName",
        "may not be more than 253",
    ),
    (
        "spec.credentials.secretName",
        "Keys",
        "spec.credentials.secretName",
        "is 'Keys', but must be the name of a Secret in this namespace: lower case letters",
    ),
    ("spec.purchase.approval", "Maybe", "spec.purchase.approval", 'supported values: "Automatic"'),
    (
        "spec.purchase",
        {},
        "spec.purchase",
        "`purchase` must set `maximumPrice` or `approval`, or be left out",
    ),
    (
        "spec.purchase.maximumPrice",
        REMOVED,
        "spec.purchase",
        "`purchase` must set `maximumPrice` or `approval`, or be left out",
    ),
    ("spec.purchase.maximumPrice.amount", REMOVED, "spec.purchase.maximumPrice.amount", REQUIRED),
    (
        "spec.purchase.maximumPrice.amount",
        3000,
        "spec.purchase.maximumPrice.amount",
        "must be of type string",
    ),
    *(
        (
            "spec.purchase.maximumPrice.amount",
            amount,
            "spec.purchase.maximumPrice.amount",
            f"`amount` is '{amount}', but must be an amount of money in quotes, with a point and at most two places",
        )
        for amount in (
            "",
            "-1",
            "+1",
            "1.005",
            "1,000.00",
            "01",
            ".5",
            "1e3",
            "1.",
            " 1",
            "CNY 1",
            "1" * 13,
        )
    ),
    (
        "spec.purchase.maximumPrice.amount",
        "1" * 16,
        "spec.purchase.maximumPrice.amount",
        "may not be more than 15",
    ),
    (
        "spec.purchase.maximumPrice.currency",
        REMOVED,
        "spec.purchase.maximumPrice.currency",
        REQUIRED,
    ),
    *(
        (
            "spec.purchase.maximumPrice.currency",
            currency,
            "spec.purchase.maximumPrice.currency",
            f"`currency` is '{currency}', but must be the code of a currency, such as CNY or USD",
        )
        for currency in ("", "cny", "CN")
    ),
    (
        "spec.purchase.maximumPrice.currency",
        "RMB$",
        "spec.purchase.maximumPrice.currency",
        "`currency` is 'RMB$', but must be the code of a currency",
    ),
    ("spec.outputs", {}, "spec.outputs.configMapName", REQUIRED),
    (
        "spec.outputs.configMapName",
        "",
        "spec.outputs.configMapName",
        "is '', but must be the name of a ConfigMap in this namespace: lower case letters",
    ),
    (
        "spec.outputs.configMapName",
        "a" * 254,
        "spec.outputs.configMapName",
        "may not be more than 253",
    ),
    (
        "spec.outputs.configMapName",
        "Ids",
        "spec.outputs.configMapName",
        "is 'Ids', but must be the name of a ConfigMap in this namespace: lower case letters",
    ),
    (
        "spec.outputs.configMapName",
        "a..b",
        "spec.outputs.configMapName",
        "is 'a..b', but must be the name of a ConfigMap in this namespace: lower case letters",
    ),
    (
        "spec.outputs.configMapName",
        "a-",
        "spec.outputs.configMapName",
        "is 'a-', but must be the name of a ConfigMap in this namespace: lower case letters",
    ),
    ("spec.suspend", "yes", "spec.suspend", "must be of type boolean"),
]


def _with_more() -> Wire:
    limited = changed(
        WORKSPACE, "spec.purchase", {"maximumPrice": {"amount": "1.00", "currency": "CNY"}}
    )
    return changed(limited, "spec.tags", [{"key": "team", "value": "data"}])


@pytest.mark.parametrize(("path", "value", "field", "text"), BAD)
def test_what_is_out_of_range_is_refused(
    asked_workspaces: Kind, path: str, value: object, field: str, text: str
) -> None:
    """The refusal names the field and says what is allowed."""
    answer = refused(asked_workspaces.create(changed(_with_more(), path, value), dry_run=True))

    assert answer.says(field, text), answer


def _fields(node: Wire, path: str) -> set[str]:
    if "items" in node:
        return _fields(node["items"], f"{path}[0]")
    inner = node.get("properties", {})
    return (
        {path}.union(*(_fields(field, f"{path}.{name}") for name, field in inner.items()))
        if inner
        else {path}
    )


def test_every_field_of_the_spec_stands_in_the_table_of_bad_inputs() -> None:
    """A new field needs a row here: what is out of its range, and what the user is told."""
    schema = yaml.safe_load((REPOSITORY / "crds" / "flinkworkspaces.yaml").read_text())
    spec = schema["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    leaves = {
        path
        for path in _fields(spec, "spec")
        if not any(p.startswith(f"{path}.") for p in _fields(spec, "spec"))
    }

    assert leaves <= {path for path, *_ in BAD}


def test_a_misspelled_field_is_refused(asked_workspaces: Kind) -> None:
    """A typo is not dropped silently: kubectl asks for strict validation."""
    answer = refused(
        asked_workspaces.create(changed(WORKSPACE, "spec.vpcID", "vpc-1"), dry_run=True)
    )

    assert 'unknown field "spec.vpcID"' in answer.message


@pytest.mark.parametrize(
    "manifest", [WORKSPACE, FULL_WORKSPACE, BY_USE], ids=["required", "every field", "by use"]
)
def test_good_input_is_accepted_as_written(asked_workspaces: Kind, manifest: Wire) -> None:
    """Nothing that the user wrote is changed."""
    stored = accepted(asked_workspaces.create(manifest, dry_run=True))

    assert _overlaid(stored["spec"], manifest["spec"]) == stored["spec"]


def _overlaid(below: Wire, above: Wire) -> Wire:
    merged = {
        key: _overlaid(below.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in above.items()
    }
    return {**below, **merged}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "a" * 60),
        ("metadata.name", "a"),
        ("spec.workspaceName", "a" * 60),
        ("spec.region", "x" * 40),
        ("spec.subscription.initialTerm", {"unit": "Month", "count": 36}),
        ("spec.subscription.initialTerm", {"unit": "Year", "count": 5}),
        ("spec.resources.cu", 1),
        ("spec.resources.cu", 10000),
        ("spec.network.vSwitchIds", [f"vsw-{n}" for n in range(5)]),
        ("spec.storage.oss.bucket", "abc"),
        ("spec.storage.oss.bucket", "a" * 63),
        ("spec.tags", [{"key": str(n), "value": ""} for n in range(15)]),
        ("spec.credentials", {"secretName": "a" * 253}),
        ("spec.outputs", {"configMapName": "a" * 253}),
        ("spec.outputs", {"configMapName": "ids.of-1.realtime"}),
        ("spec.tags[0]", {"key": "k" * 64, "value": "v" * 64}),
        ("spec.tags[0]", {"key": "费用 centre/team=a", "value": "<b>Zürich & 北京</b> 😀"}),
    ],
)
def test_the_ends_of_each_range_are_accepted(
    asked_workspaces: Kind, path: str, value: object
) -> None:
    """Bounds are inclusive."""
    accepted(asked_workspaces.create(changed(_with_more(), path, value), dry_run=True))


def adopting(name: str, policy: str) -> Wire:
    """A resource with this workspace name and adoption policy."""
    by_id = {"instanceId": "sc_1"} if policy == "ByInstanceId" else {}
    named = changed(WORKSPACE, "spec.workspaceName", name)
    return changed(named, "spec.adoption", {"policy": policy, **by_id})


def test_a_workspace_with_an_older_name_can_be_adopted(asked_workspaces: Kind) -> None:
    """The cloud once took capitals. By id alone: every other policy may buy."""
    accepted(asked_workspaces.create(adopting("Realtime-Prod", "ByInstanceId"), dry_run=True))
    for name, policy in (
        ("Realtime-Prod", "IfNameMatches"),
        ("Realtime-Prod", "Never"),
        ("1st", "ByInstanceId"),
    ):
        assert refused(asked_workspaces.create(adopting(name, policy), dry_run=True)).says(
            "spec.workspaceName", NAME_RULE
        )


def test_no_refusal_of_the_schema_is_a_regular_expression() -> None:
    """Users read a rule in words, and what to write instead."""
    for plural in ("flinkworkspaces", "flinkworkspaceorders"):
        schema = yaml.safe_load((REPOSITORY / "crds" / f"{plural}.yaml").read_text())
        whole = schema["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        assert patterns(whole, plural) == []


def patterns(node: Wire, path: str) -> list[str]:
    """Paths of fields with a bare regular expression."""
    below = {**node.get("properties", {}), **({"[]": node["items"]} if "items" in node else {})}
    found = [each for name, field in below.items() for each in patterns(field, f"{path}.{name}")]
    return [path, *found] if "pattern" in node else found


def test_what_is_left_out_gets_its_default(asked_workspaces: Kind) -> None:
    """The stored object shows all that counts; the status says that nobody has looked yet."""
    stored = accepted(asked_workspaces.create(WORKSPACE, dry_run=True))

    assert stored["spec"]["subscription"]["renewal"] == {"mode": "Manual"}
    assert stored["spec"]["storage"]["type"] == "OSS"
    assert {
        key: stored["spec"][key]
        for key in ("architecture", "monitoring", "ramRole", "suspend", "tags")
    } == {
        "architecture": "X86",
        "monitoring": "ARMS",
        "ramRole": {"management": "Ensure"},
        "suspend": False,
        "tags": [],
    }
    assert stored["status"] == {"observedGeneration": -1, "conditions": []}


def test_null_means_left_out(asked_workspaces: Kind) -> None:
    """As templates write it; no meaning hangs on null."""
    spec = {
        **WORKSPACE["spec"],
        "zoneId": None,
        "workspaceName": None,
        "tags": None,
        "ramRole": None,
    }
    stored = accepted(asked_workspaces.create({**WORKSPACE, "spec": spec}, dry_run=True))

    assert stored["spec"] == accepted(asked_workspaces.create(WORKSPACE, dry_run=True))["spec"]
