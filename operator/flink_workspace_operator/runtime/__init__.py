"""The queue of keys, its workers, watches, logs and health. Knows nothing of workspaces."""
