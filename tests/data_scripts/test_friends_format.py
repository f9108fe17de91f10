"""Scenes become the five files that ConvoKit writes, and ConvoKit reads them back."""

import json
import random
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_scripts.errors import BadSource
from data_scripts.friends_format import (
    FILES,
    NOTE_SPEAKER,
    Scene,
    corpus_files,
    parse_script,
    tokens,
    without_notes,
)

SCRIPT = """\
== s01_e02_c01
(A kitchen.)
Monica Geller: You moved the paprika.
Joey Tribbiani: (whispering) I can't see it. Where's it gone?

== s01_e02_c03
Mr. Okafor: Note: the lift is broken.
"""


def load(folder, files, monkeypatch):
    """Write the files, and load the folder with ConvoKit; its settings go into the folder's."""
    monkeypatch.setenv("HOME", str(folder))
    convokit = pytest.importorskip("convokit")
    place = folder / "corpus"
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    return convokit.Corpus(filename=str(place))


def utterances(files):
    return [json.loads(line) for line in files["utterances.jsonl"].splitlines()]


def test_ids_name_the_place_and_a_scene_is_a_conversation():
    files, rows = corpus_files(parse_script(SCRIPT, "mine.txt"))
    assert [row[0] for row in rows] == [
        "s01_e02_c01_u001", "s01_e02_c01_u002", "s01_e02_c01_u003", "s01_e02_c03_u001",
    ]  # fmt: skip
    assert json.loads(files["conversations.json"]) == {
        "s01_e02_c01_u001": {"meta": {"season": "s01", "episode": "e02", "scene": "c01"},
                             "vectors": []},
        "s01_e02_c03_u001": {"meta": {"season": "s01", "episode": "e02", "scene": "c03"},
                             "vectors": []},
    }  # fmt: skip


def test_each_line_replies_to_the_one_before_it_in_its_scene():
    told = utterances(corpus_files(parse_script(SCRIPT, "mine.txt"))[0])
    assert [u["reply-to"] for u in told] == [None, "s01_e02_c01_u001", "s01_e02_c01_u002", None]
    assert [u["conversation_id"][-8:] for u in told] == ["c01_u001"] * 3 + ["c03_u001"]
    assert {u["timestamp"] for u in told} == {None}


def test_a_note_is_nobodys_and_its_words_are_in_the_metadata():
    note, plain, noted, _ = utterances(corpus_files(parse_script(SCRIPT, "mine.txt"))[0])
    assert (note["speaker"], note["text"]) == (NOTE_SPEAKER, "")
    assert note["meta"]["transcript_with_note"] == "(A kitchen.)"
    assert noted["text"] == "I can't see it. Where's it gone?"
    assert noted["meta"]["transcript_with_note"].startswith("(whispering) I can't")
    assert noted["meta"]["tokens_with_note"][0][:3] == ["(", "whispering", ")"]
    assert plain["meta"]["transcript_with_note"] is plain["meta"]["tokens_with_note"] is None


def test_the_metadata_fields_are_those_of_the_real_corpus():
    fields = ["tokens", "character_entities", "emotion", "caption", "transcript_with_note",
              "tokens_with_note"]  # fmt: skip
    for utterance in utterances(corpus_files(parse_script(SCRIPT, "mine.txt"))[0]):
        assert list(utterance["meta"]) == fields


def test_sentences_become_lists_of_words_and_marks():
    assert tokens("I can't see it. Where's the twenty-one?") == [
        ["I", "ca", "n't", "see", "it", "."],
        ["Where", "'s", "the", "twenty-one", "?"],
    ]
    assert tokens("") == tokens("  ") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("(sits down) Fine.", "Fine."),
        ("Well (pause) no. [Time lapse]", "Well no."),
        ("(sighs)", ""),
        ("A smile :) and an open (bracket", "A smile :) and an open (bracket"),
        ("  as it is ", "  as it is "),
    ],
)
def test_what_is_said_is_the_line_without_its_brackets(line, said):
    assert without_notes(line) == said


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Monica Geller: Hello.", r"mine\.txt: line 1: stands before the first scene"),
        ("== s01_e01_c01\n(A.)\nno colon", r"mine\.txt: line 3: neither a scene"),
        ("== s01_e01_c01\nMonica Geller:", r"line 2: neither"),
        ("== s01_e01_c02\n(A.)\n== s01_e01_c02\n", r"line 3: .* does not come after"),
        ("== s01_e02_c01\n(A.)\n== s01_e01_c09\n", r"line 3: .* does not come after"),
        ("", "no scene with a line"),
        ("== s01_e01_c01\n\n", "no scene with a line"),
    ],
)
def test_a_wrong_line_of_a_script_is_named(script, words):
    with pytest.raises(BadSource, match=words):
        parse_script(script, "mine.txt")


def test_a_scene_may_have_gaps_in_its_numbers():
    scene = Scene(1, 2, 3, [("A", "One."), ("B", "Two.")], [4, 1021])
    rows = corpus_files([scene])[1]
    assert [row[0] for row in rows] == ["s01_e02_c03_u004", "s01_e02_c03_u1021"]


def test_a_scene_without_lines_leaves_no_trace():
    assert corpus_files([Scene(1, 1, 1, []), Scene(1, 1, 2, [("A", "Hm.")])]) == corpus_files(
        [Scene(1, 1, 2, [("A", "Hm.")])]
    )


# ConvoKit


def test_convokit_reads_what_we_write(tmp_path, monkeypatch):
    files, rows = corpus_files(parse_script(SCRIPT, "mine.txt"))
    corpus = load(tmp_path, files, monkeypatch)
    assert [(u.id, u.speaker.id, u.text) for u in corpus.iter_utterances()] == rows
    told = utterances(files)
    for found, expected in zip(corpus.iter_utterances(), told, strict=True):
        assert found.reply_to == expected["reply-to"]
        assert found.conversation_id == expected["conversation_id"]
        assert found.timestamp is None
        assert found.meta.to_dict() == expected["meta"]
    assert sorted(corpus.get_speaker_ids()) == sorted({row[1] for row in rows})
    assert [c.meta["scene"] for c in corpus.iter_conversations()] == ["c01", "c03"]
    assert corpus.meta.to_dict() == {"name": "friends-corpus"}


def test_convokit_writes_the_same_files_again(tmp_path, monkeypatch):
    sample = resources.files("data_scripts") / "samples" / "friends_sample.txt"
    files, _ = corpus_files(parse_script(sample.read_text("utf-8"), "sample"))
    load(tmp_path, files, monkeypatch).dump("again", base_path=str(tmp_path))
    assert {path.name for path in (tmp_path / "again").iterdir()} == set(FILES)
    assert (tmp_path / "again" / FILES[0]).read_bytes() == files[FILES[0]]
    for name in FILES[1:]:
        again = json.loads((tmp_path / "again" / name).read_bytes())
        if name == "index.json":
            again["version"] -= 1  # counts how often the corpus was written
        assert again == json.loads(files[name]), name


def test_drawn_scenes_survive_convokit(tmp_path, monkeypatch):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    speakers = ["Rachel Green", NOTE_SPEAKER, "#ALL#", 'The "Hey" Guy', "Zoë (a cook)"]
    lines = ["", "(waves)", "Hello.\nHello!", "naïve café 🙂", '"quoted" \\ \t', "a" * 2000]
    scenes = [
        Scene(season, episode, 3, [(draw.choice(speakers), draw.choice(lines)) for _ in range(5)])
        for season in (1, 10)
        for episode in (1, 25)
    ]
    files, rows = corpus_files(scenes)
    corpus = load(tmp_path, files, monkeypatch)
    assert [(u.id, u.speaker.id, u.text) for u in corpus.iter_utterances()] == rows
    assert len(corpus.get_conversation_ids()) == len(scenes)


@given(st.text(alphabet="ab'. !?()[]-n't\n", max_size=60))
def test_tokens_hold_every_character_but_white_space(text):
    joined = "".join(token for sentence in tokens(text) for token in sentence)
    assert joined == re.sub(r"\s", "", text)
