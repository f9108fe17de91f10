# fails: g2.3.shape
# says: B = 1
# misconception: g2_3.batch-of-four
# %% G2.3
scores_shape = (4, 1, 10, 10)
