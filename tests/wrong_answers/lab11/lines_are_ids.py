# fails: g1.1.lines
# says: ids of utterances
# %% G1.1
uts = [u.id for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
