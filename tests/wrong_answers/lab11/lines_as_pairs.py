# fails: g1.1.lines
# says: something else than texts
# %% G1.1
uts = [(u.id, u.text) for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
