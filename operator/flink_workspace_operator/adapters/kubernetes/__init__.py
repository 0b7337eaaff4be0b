"""The `Cluster` port on `kubernetes.aio`."""
