# fails: g2.2.shape
# says: not a shape
# misconception: g2_2.number-for-a-shape
# %% G2.2
x_shape = 768
