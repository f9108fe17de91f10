# fails: g2.3.shape
# says: pair of positions
# %% G2.3
scores_shape = ("T", "n_embd")
