"""A real Argo CD on a real control plane, with the operator and the emulated cloud at work: `make
e2e-argocd`."""
