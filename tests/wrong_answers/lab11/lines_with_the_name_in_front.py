# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.name-in-front
# %% G1.1
uts = [f"{u.speaker.id}: {u.text}" for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
