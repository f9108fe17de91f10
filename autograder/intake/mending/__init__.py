"""The steps by which a submitted notebook is held against the release; see autograder.intake.mend.

Each step is a function of the work so far: `claims` (what cells say they are), `parts` (cells taken
apart and put together), `answers` and `words` (the student's work), `course_cells` (restored and
put back), `order` (what is executed when).
"""
