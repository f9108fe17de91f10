# tries: hands in two thousand cells of its own
# in: E1
# honest: 0
# edit: many_cells
print("40.0")
