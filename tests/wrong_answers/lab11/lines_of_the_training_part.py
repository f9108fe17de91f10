# fails: g1.1.lines
# says: ends too early
# misconception: g1_1.only-the-first
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
uts = uts[: int(0.9 * len(uts))]
