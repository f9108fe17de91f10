# fails: g2.2.shape
# says: before the tokens are looked up
# %% G2.2
x_shape = ("b", "t")
