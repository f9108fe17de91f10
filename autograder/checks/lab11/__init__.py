"""Lab 11: checks of answers, where Assignment 4 has checks of code.

lines    G1.1, the lines of one character
data     the tasks of Part 1
shapes   G2.2, G2.3 and the tasks that ask for a shape
sizes    the tasks that ask for one number
total    G2.5, the parameter count step by step
written  what a person marks

counting and slips know the numbers, from the configuration alone; reading turns what students
write into numbers and shapes.
"""
