# fails: g2.2.shape
# says: write the shape down after each
# misconception: g2_2.block-size-for-length, g2_2.width-of-c-attn
# %% G2.2
x_shape = (4, 1024, 2304)
