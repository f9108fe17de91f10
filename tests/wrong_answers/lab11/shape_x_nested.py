# fails: g2.2.shape
# says: no list or tuple among them
# misconception: g2_2.shape-in-a-shape
# %% G2.2
x_shape = (("b", "t", "n_embd"),)
