# tries: adds graded cells of its own, worth a hundred points each, which give them
# in: nowhere
# honest: 0
# edit: bonus_cells
