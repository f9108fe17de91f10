# fails: g1.1.lines
# says: are missing
# misconception: g1_1.short-lines-left-out
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing" and len(u.text) > 10]
