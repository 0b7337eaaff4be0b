"""The images of `deploy/image/Dockerfile`, made without an engine or a registry.

Read in this order: `build` (what `make image` does), `dockerfile` (what it is told), `archive`
(what it writes)."""
