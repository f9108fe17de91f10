# fails: g2.2.shape
# says: not a shape
# misconception: g2_2.none-for-an-answer
# %% G2.2
x_shape = None
