# fails: g2.3.shape
# says: there is one head
# misconception: g2_3.batch-of-four, g2_3.twelve-heads
# %% G2.3
scores_shape = (4, 12, 10, 10)
