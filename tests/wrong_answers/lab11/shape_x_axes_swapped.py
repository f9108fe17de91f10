# fails: g2.2.shape
# says: another order
# misconception: g2_2.axes-in-another-order
# %% G2.2
x_shape = ("b", "n_embd", "t")
