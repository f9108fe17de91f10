# fails: g2.2.shape
# says: axes
# misconception: g2_2.scores-for-x
# %% G2.2
x_shape = "b, n_head, t, t"
