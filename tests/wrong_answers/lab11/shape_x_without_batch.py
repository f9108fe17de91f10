# fails: g2.2.shape
# says: one sequence
# %% G2.2
x_shape = ("t", "n_embd")
