# %% G1.1
character = "Monica Geller"
frame = corpus.get_utterances_dataframe()
uts = frame[frame.speaker == character].text.astype("category")
