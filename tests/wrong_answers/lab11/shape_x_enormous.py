# fails: g2.2.shape
# says: hundreds of digits
# %% G2.2
x_shape = (10**6000, 10, 768)
