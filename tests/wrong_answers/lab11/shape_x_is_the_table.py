# fails: g2.2.shape
# says: axes
# misconception: g2_2.table-itself
# %% G2.2
x_shape = "(vocab_size, n_embd)"
