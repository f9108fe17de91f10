"""`clean`, `without_headings` and `split`, by their properties and by hand."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data_scripts.speeches import VOCABULARY, clean, split, without_headings

SPEECHLIKE = st.text(alphabet=VOCABULARY + "ABZ,;'\n\r\t\u2019\ufeff")
TEXTS = st.text() | SPEECHLIKE


def test_the_vocabulary_is_the_curriculums_forty_characters():
    assert string.ascii_lowercase + string.digits + " .!?" == VOCABULARY
    assert len(set(VOCABULARY)) == 40


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Thank you, thank you!", "thank you thank you!"),
        ("We DON'T win.  Do we?\r\n\r\nNo.", "we don t win. do we? no."),
        ("$5 billion -- think of it", "5 billion think of it"),
        ("caf\u00e9 \u2019 na\u00efve", "caf na ve"),
        ("\t\n ,,, \n", ""),
        ("", ""),
        ("already clean. 0 to 9!", "already clean. 0 to 9!"),
    ],
)
def test_cleaning_gives_the_worked_results(text, cleaned):
    assert clean(text) == cleaned


@given(TEXTS)
@example("\u0130stanbul \u212a")  # letters whose lower case is two characters, or a plain k
def test_only_the_vocabulary_is_left(text):
    assert set(clean(text)) <= set(VOCABULARY)


@given(TEXTS)
def test_no_two_spaces_meet_and_none_is_at_an_end(text):
    cleaned = clean(text)
    assert "  " not in cleaned
    assert cleaned == cleaned.strip()


@given(TEXTS)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


@given(TEXTS)
def test_case_does_not_matter(text):
    assert clean(text.lower()) == clean(text)


@given(TEXTS)
def test_every_vocabulary_character_but_the_space_survives_in_order(text):
    solid = VOCABULARY.replace(" ", "")
    kept = "".join(character for character in text.lower() if character in solid)
    assert clean(text).replace(" ", "") == kept


@given(SPEECHLIKE, SPEECHLIKE)
def test_two_texts_clean_to_their_cleaned_halves(first, second):
    assert clean(first + "\n" + second) == clean(clean(first) + " " + clean(second))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_heading_lines_and_the_byte_order_mark_go(end):
    text = end.join(["\ufeffSPEECH 1", "", "One.", "SPEECH 12 ", "Two.", "SPEECH 3"])
    assert clean(without_headings(text)) == "one. two."


@pytest.mark.parametrize("line", ["My SPEECH 1", "SPEECH 1 was long", "speech 1", "SPEECH one"])
def test_lines_that_only_mention_a_speech_stay(line):
    assert without_headings(line) == line


@given(st.text(alphabet=VOCABULARY))
def test_the_split_keeps_everything_in_order(text):
    train, val = split(text)
    assert train + val == text
    assert 0 <= len(val) - len(text) / 10 < 1
