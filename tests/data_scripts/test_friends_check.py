"""What is wrong with a corpus, and who is not in it, said in words."""

import pytest

from data_scripts.errors import BadSource
from data_scripts.friends import check_character, make
from data_scripts.friends_check import PUBLIC, Counts, differences
from tests.data_scripts.corpora import names_in, snapshot


def change(folder, name, old, new):
    path = folder / name
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("utterances.jsonl", "}, \"reply-to\": null", "", r"line 1: not whole JSON"),
        ("utterances.jsonl", '"text": "Who watered the cactus?"', '"text": null',
         r"line 2: the utterance has no 'text'"),
        ("utterances.jsonl", '"id": "s01_e01_c01_u002"', '"id": "s01_e01_c01_u001"',
         r"line 2: the utterance s01_e01_c01_u001 is there twice"),
        ("utterances.jsonl", '"speaker": "Ross Geller"', '"speaker": "Ross"',
         r"line 4: 'Ross' is not among the speakers"),
        ("conversations.json", "s01_e01_c02_u001", "s09_e01_c02_u001",
         r"line 4: s01_e01_c02_u001 is not in conversations\.json"),
        ("speakers.json", '"vectors": []}}', '"vec', r"speakers\.json: not whole JSON"),
        ("corpus.json", "{", "[{", r"corpus\.json: not whole JSON"),
        ("corpus.json", '{"name": "friends-corpus"}', "[]", r"corpus\.json: holds a list"),
        ("index.json", '["<class \'list\'>"]', '["bin"]', "pickle files, which are not copied"),
    ],
)  # fmt: skip
def test_a_broken_corpus_is_named_and_changes_nothing(mine, out, name, old, new, words):
    make(out)
    before = snapshot(out)
    change(mine, name, old, new)
    with pytest.raises(BadSource, match=words):
        make(out, mine)
    assert snapshot(out) == before
    assert names_in(out) == ["friends-corpus", "friends.json"]


def test_a_truncated_corpus_is_named(mine, out):
    path = mine / "utterances.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadSource, match=r"line 4: not whole JSON \(cut off, perhaps\)"):
        make(out, mine)


def test_a_corpus_that_ends_after_a_line_is_named(mine, out):
    path = mine / "utterances.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(BadSource, match=r"conversation s01_e01_c02_u001 .* has no utterance"):
        make(out, mine)


def test_an_empty_corpus_is_named(mine, out):
    (mine / "utterances.jsonl").write_bytes(b"")
    with pytest.raises(BadSource, match="the file is empty"):
        make(out, mine)


def test_the_old_field_names_of_convokit_are_as_good(mine, out):
    text = (mine / "utterances.jsonl").read_text()
    text = text.replace('"speaker"', '"user"').replace('"conversation_id"', '"root"')
    (mine / "utterances.jsonl").write_text(text)
    (mine / "speakers.json").rename(mine / "users.json")
    assert make(out, mine).by_character["Ross Geller"] == 1


# the record, the characters


def test_the_record_is_that_of_the_curriculum():
    assert (PUBLIC.utterances, PUBLIC.conversations, PUBLIC.speakers) == (67_373, 3_107, 700)
    assert PUBLIC.by_speaker == {
        "Monica Geller": 8_498, "Ross Geller": 9_161, "Phoebe Buffay": 7_539,
        "Chandler Bing": 8_568,
    }  # fmt: skip
    assert differences(PUBLIC) == []


def test_differences_from_the_record_are_said_in_words():
    found = Counts(67_373, 3_106, 700, {**PUBLIC.by_speaker, "Monica Geller": 8_440})
    assert differences(found) == [
        "3,106 conversations, but the record says 3,107",
        "8,440 utterances of Monica Geller, but the record says 8,498",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Monica Gellar", "no speaker 'Monica Gellar'; did you mean 'Monica Geller'"),
        ("phoebe", "did you mean 'Phoebe Buffay'"),
        ("MONICA GELLER", "did you mean 'Monica Geller'"),
        ("Chandler Bing", "Chandler Bing does not speak in this corpus; its speakers are .*Ross"),
        ("Xxxxx", "the speakers are TRANSCRIPT_NOTE, Monica Geller, Phoebe"),
        ("", "no speaker ''"),
    ],
)
def test_an_unknown_character_gets_the_near_miss(mine, name, words):
    with pytest.raises(BadSource, match=words):
        check_character(mine, name)


def test_a_character_who_speaks_is_fine(mine):
    assert check_character(mine, "Ross Geller") is None


def test_a_folder_without_a_corpus_has_no_characters(tmp_path):
    with pytest.raises(BadSource, match="not a ConvoKit corpus"):
        check_character(tmp_path, "Ross Geller")
