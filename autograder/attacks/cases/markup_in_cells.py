# tries: markdown cells with scripts, for who opens the notebook in formgrader
# in: nowhere
# honest: 0
# edit: markup_in_cells
