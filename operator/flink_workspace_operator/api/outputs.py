"""The ConfigMap that hands a workspace's ids to other tools."""

from typing import Annotated

from pydantic import Field

from flink_workspace_operator.api.base import ApiModel, named_object, validated


class Outputs(ApiModel):
    """A ConfigMap in the same namespace."""

    config_map_name: Annotated[
        str,
        Field(
            max_length=253, json_schema_extra=validated(named_object("configMapName", "ConfigMap"))
        ),
    ]
    """Name of the ConfigMap. Its keys: instanceId, workspaceId, region, namespace (the default one
    for jobs), endpoint (of Flink's development API), bucket, artifactsPath, jobsPath,
    savepointsPath and logsPath (as oss://bucket/...). It holds no secret, and is deleted with this
    resource."""
