# fails: g2.2.shape
# says: after each
# misconception: g2_2.tables-side-by-side
# %% G2.2
x_shape = ["b", "t", "2 * n_embd"]
