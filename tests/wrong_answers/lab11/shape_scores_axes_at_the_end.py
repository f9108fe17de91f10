# fails: g2.3.shape
# says: not their order
# misconception: g2_3.axes-in-another-order
# %% G2.3
scores_shape = ("T", "T", 1, 1)
