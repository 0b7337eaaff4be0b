"""Whom a role trusts: its AssumeRolePolicyDocument.

Form: the cloud's documentation of trust policies; for RRSA a Federated principal with conditions on
`oidc:iss`, `oidc:aud` and `oidc:sub`. Of the operators of conditions, StringEquals and StringLike
are known; others never hold.
"""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from flink_cloud_emulator.ram.state import Role

_NOBODY: Mapping[str, Sequence[str]] = {}


def trusts(
    role: Role, kind: str, principals: set[str], context: Mapping[str, Sequence[str]] = _NOBODY
) -> bool:
    """True if a statement allows one of the principals, of this kind, to assume the role."""
    try:
        document = json.loads(role.trust)
    except ValueError:
        return False
    statements = document.get("Statement") if isinstance(document, dict) else None
    return any(
        _allows(each, kind, principals, context)
        for each in statements or ()
        if isinstance(each, dict)
    )


def _allows(
    statement: dict[str, Any], kind: str, principals: set[str], context: Mapping[str, Sequence[str]]
) -> bool:
    named = statement.get("Principal")
    trusted = (
        {each.lower() for each in _texts(named.get(kind))} if isinstance(named, dict) else set()
    )
    return (
        statement.get("Effect") == "Allow"
        and any(fnmatchcase("sts:AssumeRole", action) for action in _texts(statement.get("Action")))
        and bool(trusted & {each.lower() for each in principals})
        and _holds(statement.get("Condition") or {}, context)
    )


def _holds(conditions: Mapping[str, Any], context: Mapping[str, Sequence[str]]) -> bool:
    for operator, wanted in conditions.items():
        for key, patterns in wanted.items():
            seen = context.get(key, ())
            if operator == "StringEquals":
                if not set(_texts(patterns)) & set(seen):
                    return False
            elif operator != "StringLike" or not any(
                fnmatchcase(value, pattern) for value in seen for pattern in _texts(patterns)
            ):
                return False
    return True


def _texts(value: object) -> list[str]:
    """A text alone counts as a list of one."""
    several = value if isinstance(value, list) else [value]
    return [each for each in several if isinstance(each, str)]
