# %% G1.1
character = "Ross Geller"
uts = tuple(u.text for u in corpus.iter_utterances() if u.get_speaker().id == character)
