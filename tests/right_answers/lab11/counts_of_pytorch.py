# %% G2.5
n_attention, n_mlp = 2_362_368, 4_722_432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 12 * n_block
n_wte = 50304 * 768
n_total = n_blocks + n_wte + 1024 * 768 + 1536
