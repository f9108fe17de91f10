# fails: g1.1.lines
# says: names
# misconception: g1_1.names-for-texts
# %% G1.1
uts = [u.speaker.id for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
