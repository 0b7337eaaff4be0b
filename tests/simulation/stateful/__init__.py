"""A machine that does to a simulated world whatever can be done to it, in any order, and what it
may expect of it."""
