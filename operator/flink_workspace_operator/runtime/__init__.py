"""What keeps passes going: a queue of keys, workers that take from it, logs and health. Knows nothing of workspaces."""
