"""Try the operator on this machine: a real Kubernetes control plane, the cloud emulator, the
operator, a sample.

Read in this order: `trial` (what runs, and how it starts), `control_plane`, `processes`. People
call `demo` and `up`."""
