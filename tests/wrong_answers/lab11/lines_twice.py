# fails: g1.1.lines
# says: no line twice
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
uts = uts + uts
