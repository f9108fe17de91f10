# fails: g2.2.shape
# says: not their order
# misconception: g2_2.axes-in-another-order
# %% G2.2
x_shape = ("t", "b", "n_embd")
