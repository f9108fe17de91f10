# fails: g1.1.lines
# says: not in the corpus
# misconception: g1_1.texts-from-elsewhere
# %% G1.1
uts = ["Welcome to my flat.", "Please take off your shoes."]
