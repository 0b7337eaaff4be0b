"""Where workspaces are sold: regions with their names and zones.

Regions from the endpoint map of the official SDK 2.3.2, those used by the emulator's own networks and a few more;
the zones are made up in the form of the real ones.
"""

NAMES = {
    "cn-hangzhou": "China (Hangzhou)",
    "cn-beijing": "China (Beijing)",
    "cn-shanghai": "China (Shanghai)",
    "cn-shenzhen": "China (Shenzhen)",
    "cn-zhangjiakou": "China (Zhangjiakou)",
    "cn-hongkong": "China (Hong Kong)",
    "ap-southeast-1": "Singapore",
    "eu-central-1": "Germany (Frankfurt)",
    "us-east-1": "US (Virginia)",
}

ZONES = {region: tuple(f"{region}-{letter}" for letter in "ghij") for region in NAMES}
