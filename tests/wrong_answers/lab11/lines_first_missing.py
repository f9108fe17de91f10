# fails: g1.1.lines
# says: are missing
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Joey Tribbiani"][1:]
