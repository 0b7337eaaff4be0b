"""A node, an engine and images for machines that have no container engine. What it is for:
README.md.

Read in this order: `image` (what is put together), `node` (a kubelet and all it needs, in
`namespaces` of its own), `kind` (an engine and a node image for `make kind`); then `e2e`, the tests
on the node."""
