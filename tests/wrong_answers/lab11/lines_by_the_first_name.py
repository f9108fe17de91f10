# fails: g1.1.lines
# says: lines of others
# misconception: g1_1.part-of-the-name
# %% G1.1
frame = corpus.get_utterances_dataframe()
uts = frame[frame.speaker.str.startswith("Monica")].text.tolist()
