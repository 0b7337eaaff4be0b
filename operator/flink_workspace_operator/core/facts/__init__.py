"""What was read, and who is who, as values: nothing here knows of a plan."""
