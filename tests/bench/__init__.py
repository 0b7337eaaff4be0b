"""What the operator needs, measured: `make bench`."""
