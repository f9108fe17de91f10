# fails: g1.1.lines
# says: one single text
# %% G1.1
uts = "\n".join(u.text for u in corpus.iter_utterances() if u.speaker.id == "Joey Tribbiani")
