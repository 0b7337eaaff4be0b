"""Conditions, status and events of a pass. Nothing here decides anything."""
