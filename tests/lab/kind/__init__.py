"""An engine and a node image for `make kind`, made here."""
