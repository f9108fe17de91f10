# fails: g2.3.shape
# says: 1 axes
# %% G2.3
scores_shape = ("T",)
