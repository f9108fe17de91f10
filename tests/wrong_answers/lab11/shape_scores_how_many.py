# fails: g2.3.shape
# says: not a shape
# misconception: g2_3.number-for-a-shape
# %% G2.3
scores_shape = 100
