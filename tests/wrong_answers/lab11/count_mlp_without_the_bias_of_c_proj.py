# fails: g2.5.mlp
# says: MLP's c_proj
# misconception: g2_5.mlp-no-c-proj-bias
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
fc, proj = nn.Linear(D, 4 * D), nn.Linear(4 * D, D, bias=False)
n_attention = 4 * D * D + 2 * D
n_mlp = sum(p.numel() for m in (fc, proj) for p in m.parameters())
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
