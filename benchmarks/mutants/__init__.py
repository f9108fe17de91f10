"""Mistakes made by machine: right code with one thing changed, and whether that changes anything.

    replacements.py  which name may stand for which
    expressions.py   what can be changed in an expression
    statements.py    what can be changed among statements
    mutant.py        one changed program, its id, and all that a source has
    sources.py       the right programs that are changed, and a sample of their mutants
    comparison.py    two programs run side by side on the same inputs
    layers.py, models.py, optimizers.py, loops.py, writing.py   what is compared, by exercise
    equivalence.py   which of these belongs to which exercise
    layouts.py       the same with its numbers in other places
    runs.py          training runs that are right in another way
    allowed.py       changes that the curriculum's readings call right
    pool.py          many short jobs, each in a process of its own, within limits
    mixed_names.py   one name for another
    judging.py       what becomes of a mutant: equivalent, allowed, caught or survived
    judged.py        the same for many mutants
    survivors.py     mutants that keep their points, looked at

benchmarks/grader_quality.py runs it all.
"""
