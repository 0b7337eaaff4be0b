"""All rights that one question needs: the first that is missing hides the next."""

from collections.abc import Awaitable

from flink_workspace_operator.core.facts.advice import all_rights
from flink_workspace_operator.core.facts.failures import CloudFailure, PermissionMissing


async def with_next(first: PermissionMissing, question: Awaitable[object]) -> PermissionMissing:
    """The missing right, with the one that the next call lacks. Its answer does not matter."""
    try:
        await question
    except PermissionMissing as second:
        return all_rights((first, second)) or first
    except CloudFailure:
        return first
    return first
