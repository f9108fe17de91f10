# fails: g2.2.shape
# says: not their order
# %% G2.2
x_shape = ("t", "b", "n_embd")
