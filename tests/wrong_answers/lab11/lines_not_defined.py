# fails: g1.1.lines
# says: not defined
# misconception: none
# %% G1.1
texts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
