"""Names of RAM roles and other principals (ARN)."""

import re

_ARN = re.compile(
    r"acs:ram::(?P<account>\d{12,16}):(?P<kind>role|user|oidc-provider)/(?P<name>[^/]+)"
)


def account_of_arn(arn: str) -> str:
    """The account that an ARN belongs to; empty where it is none."""
    found = _ARN.fullmatch(arn)
    return found["account"] if found else ""


def name_in_arn(arn: str, kind: str) -> str | None:
    """The name that an ARN of this kind has; None where it is none of the kind."""
    found = _ARN.fullmatch(arn)
    return found["name"] if found and found["kind"] == kind else None
