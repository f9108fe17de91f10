# %% G1.1
character = CHARACTERS[-1]
uts = [f"{u.text}\n" for u in corpus.iter_utterances() if u.speaker.id == character]
