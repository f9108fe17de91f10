# fails: g2.3.shape
# says: so many heads
# misconception: g2_3.twelve-heads, g2_3.one-axis-missing
# %% G2.3
scores_shape = "12, T, T"
