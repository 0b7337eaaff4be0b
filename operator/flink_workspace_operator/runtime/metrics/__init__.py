"""What Prometheus is told: one module for each kind of source, and the registry that puts them together.

    calls to the cloud, passes ──► counted as they happen
    workspaces, orders ──────────► what the watches saw last
    queue, election ─────────────► asked when Prometheus asks

Names are those of Prometheus's own conventions: units in the name, moments and not ages, and no series for what is not
known. Labels come from closed sets or are names of resources. Nothing that the cloud wrote becomes one.
"""
