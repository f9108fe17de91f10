# fails: g1.1.lines
# says: Utterance objects
# misconception: g1_1.utterances-for-texts
# %% G1.1
uts = [u for u in corpus.iter_utterances() if u.speaker.id == "Monica Geller"]
