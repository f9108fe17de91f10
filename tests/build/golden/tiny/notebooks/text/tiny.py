"""A tiny course; this docstring is for its authors and reaches no notebook."""

# %% [markdown]
# # Tiny
# Everything a text source can say, once.

# %% given="imports"
from dataclasses import dataclass
from functools import cache

# %% given="pieces" from="solutions/tiny/pieces.py:SIDES, square, Side"
sides = [Side(name) for name in SIDES]

# %% [markdown]
# ## Boxes
# A box keeps what it is given.

# %% demonstration="picture"
marker = """
# %% not a cell
"""
print(marker)

# %% exercise="E1" from="solutions/tiny/box.py:Box"
# %% check="E1"

# %% [markdown]
# The same heading, the next position.

# %% [markdown]
# ## Boxes
# The same heading again.

# %% setting="full"
FULL = False

# %% exercise="E2" from="solutions/tiny/answers.py:total"
Box.total = total

# %% check="E2"

# %% [markdown]
# ## Numbers and words
# A value, a value with a function, an answer that a person marks, and one that nobody does.

# %% exercise="E3" from="solutions/tiny/values.py:width, left"

# %% check="E3"

# %% exercise="T1" from="solutions/tiny/values.py:area, whole"
# the cell's own line stays

# %% check="T1"

# %% [markdown] answer="T1"

# %% [markdown] written="E4"

# %% [markdown] answer="T2"
