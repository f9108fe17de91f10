# fails: g1.1.lines
# says: no list around it
# %% G1.1
uts = [[u.text] for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
