# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.everybody, g1_1.upper-or-lower-case
# %% G1.1
uts = [u.text.lower() for u in corpus.iter_utterances()]
