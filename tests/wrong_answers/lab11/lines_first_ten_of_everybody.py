# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.everybody, g1_1.only-the-first
# %% G1.1
uts = [u.text for u in list(corpus.iter_utterances())[:10]]
