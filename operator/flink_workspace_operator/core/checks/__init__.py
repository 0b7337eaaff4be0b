"""The policy: one topic a module, each check a function of the case that gives a plan or None."""
