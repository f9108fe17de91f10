# fails: g2.2.shape
# says: after each
# misconception: g2_2.heads-for-width
# %% G2.2
x_shape = ("b", "t", "n_head")
