"""Orders, whatever they pay for; `actions` has the things that they may pay for."""
