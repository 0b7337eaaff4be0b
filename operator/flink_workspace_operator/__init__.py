"""Buys and manages fully managed Flink workspaces on Alibaba Cloud, one `FlinkWorkspace` each.

Read `reconcile.py` first: it shows one whole pass.
The folders are the flow of the data:

- `api`       what users write and read: the models and the CRDs made from them
- `core`      pure decisions: facts that were read, what to do about them, what to report
- `ports.py`  the two outside worlds, cloud and cluster, as Protocols
- `adapters`  those Protocols on the official SDKs and on the Kubernetes client
- `runtime`   when each key gets its pass, and on which worker
- `handlers.py`, `wiring.py`, `__main__.py`   the process around it
"""

__version__ = "0.1.0"
