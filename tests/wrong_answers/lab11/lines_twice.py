# fails: g1.1.lines
# says: no line twice
# misconception: g1_1.lines-repeated
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
uts = uts + uts
