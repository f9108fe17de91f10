# fails: g2.3.shape
# says: four axes
# misconception: g2_3.one-axis-missing
# %% G2.3
scores_shape = (1, "T", "T")
