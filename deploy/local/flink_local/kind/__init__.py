"""A cluster of containers on this machine, by the `kind` command and a container engine."""
