# fails: g1.1.lines
# says: only once
# misconception: g1_1.each-text-once
# %% G1.1
uts = list(dict.fromkeys(u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing"))
