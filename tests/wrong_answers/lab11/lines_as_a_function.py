# fails: g1.1.lines
# says: call it
# misconception: g1_1.function-not-called
# %% G1.1
def uts():
    return [u.text for u in corpus.iter_utterances() if u.speaker.id == "Chandler Bing"]
