# fails: g2.2.shape
# says: not a shape
# %% G2.2
x_shape = 768
