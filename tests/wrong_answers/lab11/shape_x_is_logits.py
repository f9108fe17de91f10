# fails: g2.2.shape
# says: logits
# %% G2.2
x_shape = ("b", "t", "vocab_size")
