# fails: g2.3.shape
# says: there is one head
# %% G2.3
scores_shape = (4, 12, 10, 10)
