# fails: g2.3.shape
# says: one axis
# misconception: g2_3.one-query-only
# %% G2.3
scores_shape = ("T",)
