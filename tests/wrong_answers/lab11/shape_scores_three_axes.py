# fails: g2.3.shape
# says: four axes
# %% G2.3
scores_shape = (1, "T", "T")
