# fails: g2.3.shape
# says: the product sums over its width
# misconception: g2_3.width-kept
# %% G2.3
scores_shape = (1, 1, 10, 64)
