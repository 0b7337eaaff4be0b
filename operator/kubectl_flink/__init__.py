"""`kubectl flink`: how workspaces stand, what they cost, and what to type next.

It reads and writes by running kubectl, with the kubeconfig, the context and the rights of whoever
types it. It knows neither the cloud nor its keys.

    cli.py ──► kubectl.py ──► workspace.py, order.py ──► report.py, ledger.py ──► printing.py
    verbs      runs kubectl   what was read, as values   what it means, pure      tree, table, JSON
"""

__version__ = "0.1.0"
