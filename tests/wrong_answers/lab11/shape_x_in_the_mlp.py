# fails: g2.2.shape
# says: hidden layer of the MLP
# misconception: g2_2.width-of-the-hidden-layer
# %% G2.2
x_shape = torch.empty(4, 10, 3072).size()
