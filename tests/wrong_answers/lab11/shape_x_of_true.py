# fails: g2.2.shape
# says: neither a number nor a name
# misconception: g2_2.true-for-a-number
# %% G2.2
x_shape = (True, True, True)
