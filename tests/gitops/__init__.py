"""What the tools that apply and watch a FlinkWorkspace make of it: Argo CD, Flux, Helm, kubectl."""
