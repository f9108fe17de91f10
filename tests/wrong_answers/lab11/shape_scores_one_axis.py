# fails: g2.3.shape
# says: one axis
# %% G2.3
scores_shape = ("T",)
