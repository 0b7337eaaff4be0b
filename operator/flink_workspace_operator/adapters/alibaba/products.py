"""The services and actions that the operator uses.

How parameters travel is measured with the SDKs: reads of the Flink console by query, its writes and
price questions as a form, its tags and all of RAM, VPC, STS and billing by query.
"""

from typing import Final

from alibabacloud_bssopenapi20171214.client import Client as BillingClient
from alibabacloud_foasconsole20211028.client import Client as FlinkConsoleClient
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_vpc20160428.client import Client as VpcClient

from flink_workspace_operator.adapters.alibaba.endpoints import Product, find_endpoint
from flink_workspace_operator.adapters.alibaba.session import Api

_HOME: Final = "cn-hangzhou"

BILLING: Final = Product("bss", "2017-12-14", BillingClient)
FLINK: Final = Product("foasconsole", "2021-10-28", FlinkConsoleClient, regional=True)
RAM: Final = Product("ram", "2015-05-01", RamClient, home=_HOME)
STS: Final = Product("sts", "2015-04-01", StsClient, home=_HOME)
VPC: Final = Product("vpc", "2016-04-28", VpcClient)

DESCRIBE_INSTANCES: Final = Api(FLINK, "DescribeInstances", "GET")
DESCRIBE_SUPPORTED_REGIONS: Final = Api(FLINK, "DescribeSupportedRegions", "GET")
DESCRIBE_SUPPORTED_ZONES: Final = Api(FLINK, "DescribeSupportedZones", "GET")
QUERY_CREATE_INSTANCE_PRICE: Final = Api(FLINK, "QueryCreateInstancePrice", place="body")
CREATE_INSTANCE: Final = Api(FLINK, "CreateInstance", place="body")
TAG_RESOURCES: Final = Api(FLINK, "TagResources")

QUERY_ORDERS: Final = Api(BILLING, "QueryOrders")
GET_ORDER_DETAIL: Final = Api(BILLING, "GetOrderDetail")

GET_ROLE: Final = Api(RAM, "GetRole")
LIST_POLICIES_FOR_ROLE: Final = Api(RAM, "ListPoliciesForRole")
CREATE_ROLE: Final = Api(RAM, "CreateRole")
ATTACH_POLICY_TO_ROLE: Final = Api(RAM, "AttachPolicyToRole")

GET_CALLER_IDENTITY: Final = Api(STS, "GetCallerIdentity")

DESCRIBE_VPCS: Final = Api(VPC, "DescribeVpcs")
DESCRIBE_V_SWITCHES: Final = Api(VPC, "DescribeVSwitches")

_REGION: Final = "REGION"


def hosts(instead: str | None) -> dict[str, str]:
    """The host of each service, for people; `instead` as in `find_endpoint`. Billing and VPC may
    have others in other regions than the one that is named."""
    found = {
        FLINK.name: find_endpoint(FLINK, _REGION, instead),
        **{each.name: find_endpoint(each, None, instead) for each in (RAM, STS)},
        **{
            f"{each.name} in {_HOME}": find_endpoint(each, _HOME, instead)
            for each in (BILLING, VPC)
        },
    }
    oss = instead.partition("://")[2] if instead else f"oss-{_REGION}.aliyuncs.com"
    return {"oss": oss, **{name: endpoint.host for name, endpoint in found.items()}}
