# fails: g1.1.lines
# says: empty utterances are missing
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing" and u.text]
