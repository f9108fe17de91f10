# fails: g1.1.lines
# says: empty utterances are missing
# misconception: g1_1.empty-lines-left-out
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing" and u.text]
