# fails: g2.2.shape
# says: neither a number nor a name
# misconception: g2_2.name-of-no-size
# %% G2.2
x_shape = ("b", "t", "width")
