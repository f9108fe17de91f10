# fails: g2.3.shape
# says: 3 axes
# misconception: g2_3.batch-of-four, g2_3.one-axis-missing
# %% G2.3
scores_shape = (4, "T", "T")
