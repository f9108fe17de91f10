# fails: g2.3.shape
# says: not their order
# %% G2.3
scores_shape = ("T", "T", 1, 1)
