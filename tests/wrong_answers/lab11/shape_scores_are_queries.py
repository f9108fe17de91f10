# fails: g2.3.shape
# says: shape of q
# %% G2.3
scores_shape = (1, 1, "T", "n_embd")
