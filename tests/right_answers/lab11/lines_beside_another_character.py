# %% G1.1
character = "Monica Geller"
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]
