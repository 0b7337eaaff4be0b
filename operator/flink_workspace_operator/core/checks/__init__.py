"""The policy: one topic a module, each check a function from the case to a plan or None."""
