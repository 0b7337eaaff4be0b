"""Buys and looks after fully managed Flink workspaces on Alibaba Cloud, one `FlinkWorkspace` resource each.

Read `reconcile.py` first: it tells the whole story of one pass.
The folders are the flow of the data:

- `api`       what users write and read: the models and the CRDs made from them
- `core`      pure thinking: what was seen, what to do about it, what to say about it
- `ports.py`  the two outside worlds, cloud and cluster, as Protocols
- `adapters`  those Protocols on the official SDKs and on the Kubernetes client
- `runtime`   which key is looked at when, and by whom
- `handlers.py`, `wiring.py`, `__main__.py`   the process around it
"""

__version__ = "0.1.0"
