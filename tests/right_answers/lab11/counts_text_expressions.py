# %% G2.5
n_attention = "4*768**2 + 2*768"
n_mlp = "8 · n_embd^2 + 5 · n_embd"
n_block = "2,360,832 + 4,722,432 + 4*768"
n_blocks = "n_layer × 7,086,336"
n_wte = "vocab_size * n_embd"
n_total = "12*7086336 + 50304*768 + block_size*768 + 2*768"
