# fails: g2.2.shape
# says: axes
# misconception: g2_2.batch-axis-missing, g2_2.axes-in-another-order
# %% G2.2
x_shape = ("n_embd", "t")
