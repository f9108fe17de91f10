# fails: g2.3.shape
# says: longest sequence
# misconception: g2_3.block-size-for-length
# %% G2.3
scores_shape = (1, 1, 1024, 1024)
