"""The Flink console API, foasconsole 2021-10-28: buying, finding and tagging workspaces.

Parameters: those of the SDK's request models that are emulated, so that none is accepted and left
out. Verbs: the cloud's OpenAPI metadata. Permissions: the documentation of the actions, and for
tagging names that others use.
"""

from flink_cloud_emulator.foasconsole import lookup, purchase, tags
from flink_cloud_emulator.rpc import EITHER, READ, WRITE, RpcAction, RpcService

_PRICED = (
    "Region",
    "InstanceName",
    "ChargeType",
    "ArchitectureType",
    "AutoRenew",
    "Duration",
    "PricingCycle",
    "ResourceSpec",
    "Ha",
    "Storage",
    "VpcId",
    "VSwitchIds",
    "UsePromotionCode",
)
_BOUGHT = (
    *_PRICED,
    "MonitorType",
    "ResourceGroupId",
    "DefaultNamespaceResourceSpec",
    "Tag",
    "Tag.",
)
_PAGE = ("PageIndex", "PageSize")
_FILTERS = (
    "InstanceId",
    "InstanceName",
    "NamespaceName",
    "ChargeType",
    "Elastic",
    "ArchitectureType",
    "ResourceGroupId",
    "Tags",
)
_TAGGED = ("RegionId", "ResourceType", "ResourceId.")

SERVICE = RpcService(
    name="foasconsole",
    version="2021-10-28",
    actions={
        "CreateInstance": RpcAction(
            purchase.create_instance, _BOUGHT, WRITE, "stream:CreateVvpInstance"
        ),
        # Which permission a price needs is not published: this one is made up by the rule of the
        # others.
        "QueryCreateInstancePrice": RpcAction(
            purchase.query_create_instance_price, _PRICED, WRITE, "stream:QueryCreateInstancePrice"
        ),
        "DeleteInstance": RpcAction(
            purchase.delete_instance, ("Region", "InstanceId"), WRITE, "stream:DeleteVvpInstance"
        ),
        "DescribeInstances": RpcAction(
            lookup.describe_instances,
            ("Region", *_FILTERS, *_PAGE),
            READ,
            "stream:DescribeVvpInstances",
        ),
        "DescribeNamespaces": RpcAction(
            lookup.describe_namespaces,
            ("Region", "InstanceId", "Namespace", *_PAGE),
            READ,
            "stream:DescribeVvpNamespaces",
        ),
        "DescribeSupportedRegions": RpcAction(lookup.describe_supported_regions, (), READ),
        "DescribeSupportedZones": RpcAction(
            lookup.describe_supported_zones, ("Region", "ArchitectureType"), READ
        ),
        "TagResources": RpcAction(
            tags.tag_resources, (*_TAGGED, "Tag."), EITHER, "stream:TagVvpResources"
        ),
        "UntagResources": RpcAction(
            tags.untag_resources, (*_TAGGED, "TagKey.", "All"), EITHER, "stream:UntagVvpResources"
        ),
        "ListTagResources": RpcAction(
            tags.list_tag_resources, (*_TAGGED, "Tag."), EITHER, "stream:QueryTagVvpResources"
        ),
    },
    failure_styles=True,
)
