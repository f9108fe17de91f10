# fails: g2.2.shape
# says: as wide as one head
# misconception: g2_2.width-of-one-head
# %% G2.2
x_shape = ("b", "t", "n_embd / n_head")
