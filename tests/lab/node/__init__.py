"""A real Kubernetes node on this machine: kubelet, containerd and kube-proxy beside a control plane
of their own.

Read in this order: `node` (what people and tests call), `inside` (what runs in the node's
namespaces)."""
