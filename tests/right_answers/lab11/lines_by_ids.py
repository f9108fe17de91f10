# %% G1.1
uts = [corpus.get_utterance(id).text for id in corpus.get_utterance_ids()
       if corpus.get_utterance(id).speaker.id == "Monica Geller"]
