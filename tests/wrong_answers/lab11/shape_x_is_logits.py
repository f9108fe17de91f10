# fails: g2.2.shape
# says: logits
# misconception: g2_2.width-of-the-vocabulary
# %% G2.2
x_shape = ("b", "t", "vocab_size")
