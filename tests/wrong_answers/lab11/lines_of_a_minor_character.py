# fails: g1.1.lines
# says: not one of the six
# misconception: g1_1.minor-characters
# %% G1.1
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id not in (*CHARACTERS, "TRANSCRIPT_NOTE")]
