# fails: g1.1.lines
# says: something else than texts
# misconception: g1_1.several-things-for-each-line
# %% G1.1
uts = [(u.id, u.text) for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
