# fails: g1.1.lines
# says: everybody
# misconception: g1_1.everybody
# %% G1.1
uts = [u.text for u in corpus.iter_utterances()]
