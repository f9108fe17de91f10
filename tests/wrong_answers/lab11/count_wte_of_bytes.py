# fails: g2.5.wte
# says: one row for each token
# misconception: g2_5.bytes-for-numbers
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D + 2 * D
n_mlp = 8 * D * D + 5 * D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D * torch.float32.itemsize
n_total = n_blocks + V * D + T * D + 2 * D
