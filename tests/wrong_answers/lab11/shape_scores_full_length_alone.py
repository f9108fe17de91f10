# fails: g2.3.shape
# says: write the shape down after each
# misconception: g2_3.block-size-for-length
# %% G2.3
scores_shape = ("block_size", "block_size")
