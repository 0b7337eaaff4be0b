"""Where workspaces are sold: regions with their names and zones.

The regions of the endpoint map of the official SDK 2.3.2, with their usual names; the zones are
made up in the form of the real ones.
"""

NAMES = {
    "cn-hangzhou": "China (Hangzhou)",
    "cn-beijing": "China (Beijing)",
    "cn-shanghai": "China (Shanghai)",
    "cn-shenzhen": "China (Shenzhen)",
    "cn-zhangjiakou": "China (Zhangjiakou)",
    "cn-qingdao": "China (Qingdao)",
    "cn-wulanchabu": "China (Ulanqab)",
    "cn-hongkong": "China (Hong Kong)",
    "cn-shanghai-finance-1": "China East 2 Finance",
    "cn-shenzhen-finance-1": "China South 1 Finance",
    "ap-northeast-1": "Japan (Tokyo)",
    "ap-southeast-1": "Singapore",
    "ap-southeast-3": "Malaysia (Kuala Lumpur)",
    "ap-southeast-5": "Indonesia (Jakarta)",
    "eu-central-1": "Germany (Frankfurt)",
    "eu-west-1": "UK (London)",
    "us-east-1": "US (Virginia)",
    "us-west-1": "US (Silicon Valley)",
}

ZONES = {region: tuple(f"{region}-{letter}" for letter in "ghij") for region in NAMES}
