# fails: g1.1.lines
# says: not as
# misconception: g1_1.texts-cut-off
# %% G1.1
uts = [u.text[:7] for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
