# %% G1.1
uts = [u.text.strip() for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing"]
