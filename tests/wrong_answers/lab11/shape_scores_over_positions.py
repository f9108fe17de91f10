# fails: g2.3.shape
# says: not over positions
# misconception: g2_3.summed-over-positions
# %% G2.3
scores_shape = (1, 1, "n_embd", "n_embd")
