# fails: g2.2.shape
# says: not a shape
# misconception: g2_2.shape-without-axes
# %% G2.2
x_shape = ()
