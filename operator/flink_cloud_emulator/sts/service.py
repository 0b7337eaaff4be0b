"""STS 2015-04-01: who is calling."""

from flink_cloud_emulator.rpc import Answer, RpcCall, RpcService


def get_caller_identity(call: RpcCall) -> Answer:
    """The account and identity behind a key; needs no permission."""
    return {
        "IdentityType": "Account",
        "AccountId": call.account.id,
        "PrincipalId": call.account.id,
        "UserId": call.account.id,
        "Arn": f"acs:ram::{call.account.id}:root",
    }


SERVICE = RpcService(
    name="sts",
    version="2015-04-01",
    handlers={"GetCallerIdentity": get_caller_identity},
    ram_code="sts",
    ram_actions={"GetCallerIdentity": None},
)
