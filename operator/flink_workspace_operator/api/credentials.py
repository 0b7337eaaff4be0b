"""A resource's own access key: the account behind it pays instead of the operator's."""

from typing import Annotated

from pydantic import Field

from flink_workspace_operator.api.base import ApiModel, named_object, validated


class Credentials(ApiModel):
    """A Secret in the same namespace."""

    secret_name: Annotated[
        str,
        Field(max_length=253, json_schema_extra=validated(named_object("secretName", "Secret"))),
    ]
    """Name of the Secret. Its keys: accessKeyId, accessKeySecret and, for temporary keys,
    securityToken. The account that they belong to pays. The Secret may be renewed at any time,
    within that account."""
