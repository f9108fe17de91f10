# fails: g2.2.shape
# says: last position alone
# misconception: g2_2.last-position-only
# %% G2.2
x_shape = ("b", 1, "n_embd")
