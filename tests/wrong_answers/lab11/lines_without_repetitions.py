# fails: g1.1.lines
# says: only once
# %% G1.1
uts = list(dict.fromkeys(u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing"))
