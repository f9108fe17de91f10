# fails: g2.5.wte
# says: an object of type Tensor
# misconception: g2_5.tensor-for-a-number
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = torch.empty(50304, 768, device="meta")
n_total = 124457472
