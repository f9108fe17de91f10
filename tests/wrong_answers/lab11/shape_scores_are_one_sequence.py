# fails: g2.3.shape
# says: pair of positions
# misconception: g2_3.width-kept
# %% G2.3
scores_shape = ("T", "n_embd")
