# fails: g2.3.shape
# says: longest sequence
# %% G2.3
scores_shape = (1, 1, 1024, 1024)
