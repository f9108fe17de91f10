# fails: g1.1.lines
# says: Speaker objects
# %% G1.1
uts = [u.speaker for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
