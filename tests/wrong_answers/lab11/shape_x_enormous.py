# fails: g2.2.shape
# says: hundreds of digits
# misconception: g2_2.number-without-end
# %% G2.2
x_shape = (10**6000, 10, 768)
