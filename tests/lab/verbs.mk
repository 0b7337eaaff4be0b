# What machines without a container engine use in its place: see README.md beside this. Included by the Makefile.
.PHONY: image node e2e-node kind-offline

image: $(VENV) ##+ make the images of the operator and of the emulator in .local/image, without an engine or a registry
	@$(RUN) -m tests.lab image

node: $(VENV) ##+ install and build what a node of this machine needs, unless it is there; needs root and Debian's apt
	@$(RUN) -m tests.lab build-node

e2e-node: node image helm ##+ the operator in a real cluster, on a node of this machine; minutes; needs root and Debian's apt
	@.venv/bin/pytest -m node tests/lab/e2e $(ARGS)

kind-offline: $(VENV) ##+ what `make kind` does, with an engine and a node image of our own, and removed again; needs the same
	@$(RUN) -m tests.lab kind-offline
