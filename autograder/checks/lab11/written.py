"""What a person marks: ids, titles and points; the rubrics stand with the reference answers."""

from __future__ import annotations

from autograder.checks.framework import Exercise

EXERCISES = {
    id: Exercise(id, title, (), by_hand=1.0)
    for id, title in {
        "G1.2": "Why the tokenizer of the pre-trained model",
        "G1.3": "Why the targets are shifted by one",
        "G2.1": "Why lm_head and wte can be tied",
        "G2.4": "Why the mask hides the future",
    }.items()
}
