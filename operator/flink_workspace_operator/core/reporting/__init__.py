"""What to say about a pass: conditions, status and events. Nothing here decides anything."""
