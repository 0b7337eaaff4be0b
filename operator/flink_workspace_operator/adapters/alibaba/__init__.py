"""Alibaba Cloud behind the Protocol `Cloud`, on the official SDKs. `cloud.py` is the way in."""
