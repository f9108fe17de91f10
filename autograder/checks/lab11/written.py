"""What a person marks: ids, titles and points; the rubrics stand with the reference answers."""

from __future__ import annotations

from autograder.checks.framework import Exercise

G1_2 = Exercise(
    "G1.2", "Why the tokenizer of the pre-trained model", by_hand=1.0, minutes=5, difficulty=1
)
G1_3 = Exercise("G1.3", "Why the targets are shifted by one", by_hand=1.0, minutes=5, difficulty=1)
G2_1 = Exercise(
    "G2.1",
    "Why lm_head and wte can be tied",
    by_hand=1.0,
    asks="why `lm_head` and `wte` can be tied",
    minutes=8,
    difficulty=2,
)
G2_4 = Exercise("G2.4", "Why the mask hides the future", by_hand=1.0, minutes=8, difficulty=2)
