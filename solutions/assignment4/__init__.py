"""Assignment 4, a small transformer from scratch; read in the order data, attention, mlp, block,
gpt, optimizer, train, generate, lstm.

Notation in every docstring: N batch, T sequence length, D hidden size, h heads, d = D / h head
size, V vocabulary, L layers, C context size.

The notebook's exercise cells are cut from these files: what stands between the two SOLUTION
markers is what a student writes.
"""
