"""The same claims at sizes that students do not see; never part of a student's installation.

A module `e1.py` here adds cases to checks of E1: `@E1.hidden("e1.causal")` above a function of
(student, rng). A check earns its points when its own function and all its hidden cases pass.
"""
