# fails: g2.2.shape
# says: before the tokens are looked up
# misconception: g2_2.before-the-lookup
# %% G2.2
x_shape = ("b", "t")
