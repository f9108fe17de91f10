# fails: g2.2.shape
# says: neither a number
# misconception: g2_2.none-for-an-axis
# %% G2.2
x_shape = (None, 10, 768)
