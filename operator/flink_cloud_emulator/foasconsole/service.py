"""The Flink console API, foasconsole 2021-10-28: buying, finding and tagging workspaces."""

from flink_cloud_emulator.foasconsole import lookup, purchase, tags
from flink_cloud_emulator.rpc import RpcService

SERVICE = RpcService(
    name="foasconsole",
    version="2021-10-28",
    handlers={
        "CreateInstance": purchase.create_instance,
        "QueryCreateInstancePrice": purchase.query_create_instance_price,
        "DeleteInstance": purchase.delete_instance,
        "DescribeInstances": lookup.describe_instances,
        "DescribeNamespaces": lookup.describe_namespaces,
        "DescribeSupportedRegions": lookup.describe_supported_regions,
        "DescribeSupportedZones": lookup.describe_supported_zones,
        "TagResources": tags.tag_resources,
        "UntagResources": tags.untag_resources,
        "ListTagResources": tags.list_tag_resources,
    },
    ram_code="stream",
    ram_actions={
        "CreateInstance": "stream:CreateVvpInstance",
        "DeleteInstance": "stream:DeleteVvpInstance",
        "DescribeInstances": "stream:DescribeVvpInstances",
        "DescribeNamespaces": "stream:DescribeVvpNamespaces",
        "DescribeSupportedRegions": None,
        "DescribeSupportedZones": None,
        "TagResources": "stream:TagVvpResources",
        "UntagResources": "stream:UntagVvpResources",
        "ListTagResources": "stream:QueryTagVvpResources",
    },
    failure_styles=True,
)
