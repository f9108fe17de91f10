# fails: g2.2.shape
# says: axes
# misconception: g2_2.batch-and-time-flattened
# %% G2.2
x_shape = ("b * t", "n_embd")
