# fails: g2.2.shape
# says: another order
# %% G2.2
x_shape = ("b", "n_embd", "t")
