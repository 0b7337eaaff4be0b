"""The ports on real programs: the official SDKs of the cloud, and the Kubernetes client."""
