"""Where the calls go."""

import pytest

from flink_workspace_operator.adapters.alibaba.endpoints import Endpoint, Product, find_endpoint
from flink_workspace_operator.adapters.alibaba.products import BILLING, FLINK, RAM, STS, VPC


@pytest.mark.parametrize(
    ("product", "region", "endpoint"),
    [
        (FLINK, "cn-hangzhou", "foasconsole.cn-hangzhou.aliyuncs.com"),
        (FLINK, "cn-chengdu", "foasconsole.cn-chengdu.aliyuncs.com"),
        (FLINK, None, "foasconsole.aliyuncs.com"),
        (VPC, "cn-hangzhou", "vpc.aliyuncs.com"),
        (VPC, "cn-beijing", "vpc.cn-beijing.aliyuncs.com"),
        (RAM, None, "ram.aliyuncs.com"),
        (STS, None, "sts.cn-hangzhou.aliyuncs.com"),
        (BILLING, "cn-hangzhou", "business.aliyuncs.com"),
        (BILLING, "eu-central-1", "business.ap-southeast-1.aliyuncs.com"),
    ],
)
def test_the_real_cloud_is_found_by_region(
    product: Product, region: str | None, endpoint: str
) -> None:
    """By the SDK's rules; but the Flink console has an endpoint in each region, also where the SDK
    knows of none."""
    assert find_endpoint(product, region, None) == Endpoint("HTTPS", endpoint)


@pytest.mark.parametrize(
    "product", [BILLING, FLINK, VPC, RAM, STS], ids=lambda product: product.name
)
def test_one_setting_points_everything_elsewhere(product: Product) -> None:
    """As host and port, because the SDK would sign a URL as the host."""
    assert find_endpoint(product, "cn-hangzhou", "http://127.0.0.1:9000") == Endpoint(
        "HTTP", "127.0.0.1:9000"
    )
