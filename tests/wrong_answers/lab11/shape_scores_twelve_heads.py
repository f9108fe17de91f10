# fails: g2.3.shape
# says: twelve heads
# misconception: g2_3.twelve-heads
# %% G2.3
scores_shape = (1, 12, "T", "T")
