# fails: g2.2.shape
# says: longest sequence
# misconception: g2_2.block-size-for-length
# %% G2.2
x_shape = ("b", "block_size", "n_embd")
