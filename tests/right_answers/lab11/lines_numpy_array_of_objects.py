# %% G1.1
uts = np.array([u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"], dtype=object)
