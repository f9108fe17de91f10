# tries: hands in a cell of several million characters, nested where a compiler recurses
# in: E1
# honest: 0
# edit: long_cell
print("40.0")
