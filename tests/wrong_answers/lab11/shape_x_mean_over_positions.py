# fails: g2.2.shape
# says: axes
# misconception: g2_2.time-axis-missing
# %% G2.2
x_shape = "(B, C)"
