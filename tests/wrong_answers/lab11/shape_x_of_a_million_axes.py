# fails: g2.2.shape
# says: 1,000,000 entries
# misconception: g2_2.shape-of-too-many-axes
# %% G2.2
x_shape = "b," * 10**6
