# fails: g2.3.shape
# says: write the shape down after each
# misconception: g2_3.vocabulary-for-keys
# %% G2.3
scores_shape = (1, 1, "T", "vocab_size")
