# fails: g2.2.shape
# says: neither a number nor a name
# %% G2.2
x_shape = (True, True, True)
