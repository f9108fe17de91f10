# fails: g2.2.shape
# says: write the shape down after each
# misconception: none
# %% G2.2
x_shape = (17, 31, 5)
