"""Lab 11: which slip turns the right answer into the one that a student gives.

answers  how an answer is written: words for a number, a tensor for its shape
lines    G1.1, the lines of one character
shapes   G2.2, G2.3 and the tasks that ask for a shape
total    G2.5, the parameters step by step
sizes    the tasks that ask for one number
data     the tasks of Part 1
"""
