"""A workspace and an order that the API server accepts, as starting points of tests."""

from typing import Any

from flink_workspace_operator.api.names import API_VERSION

TIME = "2026-11-23T10:00:00Z"

PARAMETERS: dict[str, Any] = {
    "chargeType": "Subscription",
    "subscription": {"initialTerm": {"count": 1, "unit": "Month"}},
    "resources": {"cu": 10},
    "network": {"vpcId": "vpc-1", "vSwitchIds": ["vsw-1", "vsw-2"]},
    "storage": {"oss": {"bucket": "my-bucket"}},
}

WORKSPACE: dict[str, Any] = {
    "apiVersion": API_VERSION,
    "kind": "FlinkWorkspace",
    "metadata": {"name": "realtime-prod"},
    "spec": {"region": "cn-hangzhou", **PARAMETERS},
}
"""Only what is required."""

FULL_WORKSPACE: dict[str, Any] = {
    **WORKSPACE,
    "spec": {
        **WORKSPACE["spec"],
        "workspaceName": "realtime",
        "zoneId": "cn-hangzhou-i",
        "subscription": {
            "initialTerm": {"count": 3, "unit": "Year"},
            "renewal": {"mode": "Automatic"},
        },
        "storage": {"type": "OSS", "oss": {"bucket": "my-bucket"}},
        "architecture": "ARM",
        "monitoring": "CloudMonitor",
        "resourceGroupId": "rg-1",
        "tags": [{"key": "team", "value": "data"}],
        "ramRole": {"management": "Require"},
        "purchase": {"maximumPrice": {"amount": "3000.00", "currency": "CNY"}},
        "adoption": {"policy": "ByInstanceId", "instanceId": "sc_flinkserverless_public_cn-1"},
        "outputs": {"configMapName": "realtime-ids"},
        "suspend": True,
    },
}
"""Every field, none with its default."""

BY_USE: dict[str, Any] = {
    **WORKSPACE,
    "spec": {
        key: value
        for key, value in WORKSPACE["spec"].items()
        if key not in ("subscription", "resources")
    }
    | {"chargeType": "PayAsYouGo"},
}

ORDER: dict[str, Any] = {
    "apiVersion": API_VERSION,
    "kind": "FlinkWorkspaceOrder",
    "metadata": {"name": "realtime-prod-1"},
    "spec": {
        "workspaceRef": {"name": "realtime-prod", "uid": "0b254cd7", "generation": 1},
        "accountId": "1234567890",
        "region": "cn-hangzhou",
        "workspaceName": "realtime-prod",
        "action": "Create",
        "create": PARAMETERS,
        "token": "0123456789abcdef",
    },
}

QUOTED: dict[str, Any] = {
    "state": "Quoted",
    "quote": {"basis": "Term", "currency": "CNY", "tradeAmount": "1200.00", "quotedAt": TIME},
    "digest": "sha256:1",
}
PLACING: dict[str, Any] = {
    **QUOTED,
    "state": "Placing",
    "intentTime": TIME,
    "nonce": "nonce-1",
    "intentMark": "mark1" * 4,
    "settledNotBefore": TIME,
    "approval": {"required": False},
}
PLACED: dict[str, Any] = {**PLACING, "state": "Placed", "instanceId": "f-cn-1"}
