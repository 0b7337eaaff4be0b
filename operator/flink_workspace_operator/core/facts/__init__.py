"""Values that were read, and identities. Nothing here knows a plan."""
