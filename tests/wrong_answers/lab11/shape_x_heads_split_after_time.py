# fails: g2.2.shape
# says: inside the attention
# misconception: g2_2.split-into-heads
# %% G2.2
x_shape = torch.zeros(4, 10, 12, 64).shape
