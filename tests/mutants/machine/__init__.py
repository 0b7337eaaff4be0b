"""Mutants by machine: each small change of the code that decides about money, and who notices it.

    changes.py     what is changed: operands dropped, conditions negated, early returns dropped
    money_path.py  where, and which tests must notice
    running.py     one process imports everything once; each mutant is a fork of it
    results.py     what is known from earlier runs, so that a run can be ended and taken up again
    accepted.py    the survivors that can't matter, each with the reason

It is our own because mutmut has none of these three changes and takes no further ones, and
cosmic-ray starts a new Python for every mutant, which takes longer here than most mutants live."""
