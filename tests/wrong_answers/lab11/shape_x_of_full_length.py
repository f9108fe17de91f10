# fails: g2.2.shape
# says: longest sequence
# %% G2.2
x_shape = ("b", "block_size", "n_embd")
