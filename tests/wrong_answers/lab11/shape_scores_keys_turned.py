# fails: g2.3.shape
# says: write the shape down after each
# misconception: g2_3.width-kept
# %% G2.3
scores_shape = (1, 1, 768, 10)
