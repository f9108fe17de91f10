# fails: g2.3.shape
# says: write the shape down after each
# misconception: g2_3.scores-between-heads
# %% G2.3
scores_shape = (1, 10, 12, 12)
