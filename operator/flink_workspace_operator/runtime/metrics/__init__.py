"""Metrics: one module for each kind of source, and the registry of all.

    calls to the cloud, passes ──► counted as they happen
    workspaces, orders ──────────► from the last event of the watches
    queue, election ─────────────► read at each scrape

Names follow Prometheus' conventions: units in the name, moments and not ages, and no series for
unknown values. Labels come from closed sets or are names of resources, never text of the cloud.
"""
