# %% G1.1
names = {u.id: u.speaker.id for u in corpus.iter_utterances()}
uts = [corpus.get_utterance(i).text for i, who in names.items() if who == "Rachel Green"]
# %% G2.2
x_shape = "b x t x n_embd"
# %% G2.3
scores_shape = "(T, T)"
# %% G2.5
n_attention, n_mlp = 2_362_368, 4_722_432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 12 * n_block
n_wte = 50304 * 768
n_total = n_blocks + n_wte + 1024 * 768 + 1536
