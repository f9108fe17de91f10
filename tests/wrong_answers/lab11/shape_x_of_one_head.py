# fails: g2.2.shape
# says: as wide as one head
# %% G2.2
x_shape = ("b", "t", "n_embd / n_head")
