# %% G2.5
D, L, V, C = 768, 12, 50304, 1024
c_attn = D * 3 * D + D
c_proj = D * D + D
n_attention = c_attn + c_proj
n_mlp = D * 4 * D + 4 * D + 4 * D * D + D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + C * D + 2 * D
