# fails: g1.1.lines
# says: something else
# misconception: g1_1.tokens-for-texts
# %% G1.1
uts = [[ord(c) for c in u.text] or [0] for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
