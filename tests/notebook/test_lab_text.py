"""Lab 11's text has a place for every task, says what counts, tells no answer and runs unsolved."""

import ast
import builtins
import re

import pytest

from autograder.build import builder
from autograder.build.builder import BuiltNotebooks
from tests.notebook.conftest import Played, code_cells
from tests.notebook.lab import (
    GRADED,
    NOTEBOOK,
    TASKS,
    WORDS,
    WRITTEN,
    cells_of,
    one_line,
    text_of,
)

LONGEST_CELL = 20
# What is asked beside code: a number or a function, and a question with "why".
BOTH = ("T1.1", "T1.2", "T2.22", "T3.1")
# Graded or not, none of these may be found without counting.
ANSWERS = (38633472, 786432, 4722432, 1771776, 2360832, 2362368, 7086336, 7087872, 85036032,
           85054464, 124457472, 124475904, 589824)  # fmt: skip
SEPARATOR = r"(?:\\,|\{,\}|[\s,._'’])?"

# By the words that a part of the text begins with; it ends where the next task or section begins.
READINGS = {
    "## How to work": [
        "it does not tell the answer", "Two to five sentences are enough",
        "**G** tasks are graded, **T** tasks are not",
        "G1.2, G1.3, G2.1 and G2.4 are read and marked by a person",
        "how they are marked stands below them in your feedback",
        "your answers may use the given cells and your earlier answers, nothing else",
    ],
    "**T1.1**": ["the first ten utterances", "a pair `(speaker, text)`"],
    "**G1.1 ": [
        "Choose one of the six characters", "**all** their utterances", "**in corpus order**",
        "A list of texts is asked for; a tuple or a pandas Series is as good",
        "no line left out, not even an empty one", "use `character` or write the name out",
        "`corpus` is another one",
    ],
    "**T1.2**": ["each joined by newlines", "in order, and not at random"],
    "**T1.4**": ["`encoding.encode_ordinary`", "`text.split()`"],
    "**T1.5**": ["as `uint16` to `train.bin` and `val.bin`", "for reading only (`mode=\"r\"`)"],
    "**T1.6**": [
        "both `(batch_size, block_size)` and `int64`", "Every window must be possible",
        "pinned memory with `non_blocking=True`",
    ],
    "**T2.3**": ["of the full-size model (`GPTConfig()`, not `small`)"],
    "**T2.4**": ["the number, or the expression that gives it"],
    "### Shapes For": ["numbers, or names as text, in any case, or a mixture"],
    "**G2.2 ": ["from the dropout through all the Blocks to `ln_f`"],
    "**T2.8**": ["with targets, and without"],
    "**T2.18**": ["the weight `(3 n_embd, n_embd)`", "stores its weight as (out, in)"],
    "**G2.3 ": ["one sequence (B = 1)", "and **one** head", "in the manual path", "T or 10"],
    "**T2.20**": ["Two digits after the point are enough"],
    "### G2.5 · ": [
        "half a point each", "for the full-size model (`GPTConfig()`)", "Remember what is tied",
        "numbers (`1234`, `\"1,234\"`) or expressions", "keeps its half point, even if the earlier",
    ],
    "### Two answers": [
        "counts *one* bias vector of `n_embd`", "Both earn full points",
        "says which of the two it has recognised",
    ],
    "## Part 3": ["Nothing below is graded"],
}  # fmt: skip


def section(lab: BuiltNotebooks, anchor: str) -> str:
    """The prose from an anchor to the next task or heading."""
    prose = text_of(NOTEBOOK, lab)
    assert prose.count(anchor) == 1, anchor
    start = prose.index(anchor)
    following = re.search(r"\*\*[GT]\d\.\d+| ##+ ", prose[start + len(anchor) :])
    return prose[start:][: len(anchor) + following.start() if following else None]


@pytest.mark.parametrize(
    ("anchor", "reading"),
    [(anchor, reading) for anchor, readings in READINGS.items() for reading in readings],
)
def test_a_reading_that_counts_is_said_in_its_place(
    lab: BuiltNotebooks, anchor: str, reading: str
) -> None:
    assert reading in section(lab, anchor)


def test_every_task_is_announced_and_has_its_place_in_the_order_of_the_curriculum(
    lab: BuiltNotebooks,
) -> None:
    announced: list[str] = []
    answered: list[str] = []
    for cell in lab.release.cells:
        course = cell.metadata.get("course", {})
        if course.get("role") in ("exercise", "written", "answer"):
            if course["exercise"] not in answered:
                answered.append(course["exercise"])
            assert course["exercise"] in announced or course["exercise"] == "ethics"
        elif cell.cell_type == "markdown":
            # not in the table of points, where a bar stands before the id
            announced += re.findall(r"(?<!\| )(?:\*\*|### )([GT]\d\.\d+)\b", cell.source)
    assert sorted(answered, key=TASKS.index) == answered == list(TASKS)
    assert sorted(announced) == sorted(set(TASKS) - {"ethics"}), "each once"


@pytest.mark.parametrize("task", BOTH)
def test_a_task_of_code_that_also_asks_why_has_a_place_for_both(
    lab: BuiltNotebooks, task: str
) -> None:
    assert len(cells_of(lab.release, "exercise", task)) == 1
    assert len(cells_of(lab.release, "answer", task)) == 1


@pytest.mark.parametrize("task", WRITTEN)
def test_a_written_answer_is_marked_by_a_person_with_one_point(
    lab: BuiltNotebooks, task: str
) -> None:
    (cell,) = cells_of(lab.release, "written", task)
    assert cell.cell_type == "markdown"
    assert cell.source == "YOUR ANSWER HERE"
    grading = cell.metadata.nbgrader
    assert (grading.grade, grading.solution, grading.locked) == (True, True, False)
    assert grading.points == 1
    (rubric,) = cells_of(lab.release, "rubric", task)
    assert rubric.metadata.nbgrader.locked
    assert "stands here in the feedback" in rubric.source


def test_tests_give_six_points_and_a_person_four(lab: BuiltNotebooks) -> None:
    grading = [cell.metadata.get("nbgrader", {}) for cell in lab.release.cells]
    graded = [each for each in grading if each.get("grade")]
    assert sum(each["points"] for each in graded if not each["solution"]) == 6
    assert sum(each["points"] for each in graded) == sum(GRADED.values()) == 10
    by_tests = {c.metadata.course.exercise for c in cells_of(lab.release, "check")}
    assert by_tests == GRADED.keys() - set(WRITTEN)


@pytest.mark.parametrize("task", WRITTEN)
def test_a_rubric_has_one_point_halves_and_words_for_three_misunderstandings(task: str) -> None:
    marked, _, misunderstandings = WORDS[task].rubric.partition("\nCommon misunderstandings")
    assert marked.startswith("**1 point**")
    assert "**½ point**" in marked
    found = re.findall(r"\n- (.+?)(?=\n- |\Z)", misunderstandings, flags=re.DOTALL)
    assert len(found) >= 3
    for each in found:
        quoted, reply = re.fullmatch(r'\*"(.+?)"\*\s+(.+)', each, flags=re.DOTALL).groups()
        assert len(quoted.split()) >= 4, each
        assert len(reply.split()) >= 8, each
        assert reply.endswith("?"), "a sentence to write back asks on"


def test_nobody_else_has_a_rubric(lab: BuiltNotebooks) -> None:
    assert {task for task, found in WORDS.items() if found.rubric} == set(WRITTEN)
    asked = {c.metadata.course.exercise for c in cells_of(lab.release, "answer")}
    assert asked | set(WRITTEN) == WORDS.keys()


def test_every_cell_but_an_exercise_or_a_given_one_is_short(lab: BuiltNotebooks) -> None:
    for cell, name in code_cells(lab.release):
        if cell.metadata.course.role not in ("exercise", "given"):
            assert len(cell.source.splitlines()) <= LONGEST_CELL, name


def spelled(number: int) -> re.Pattern[str]:
    """Whatever stands between the digits of a number."""
    return re.compile(rf"(?<!\d){SEPARATOR.join(str(number))}(?!\d)")


@pytest.mark.parametrize(
    "text",
    ["38633472", "38,633,472", "38_633_472", "38 633 472", "38.633.472", "38'633'472",
     "38\u00a0633\u00a0472", "38\u202f633\u202f472", "38\\,633\\,472", "38{,}633{,}472"],
)  # fmt: skip
def test_a_number_is_found_in_every_spelling(text: str) -> None:
    assert spelled(38633472).search(f"it is {text}.")
    assert not spelled(38633472).search(f"it is 1{text}.")


def everything(lab: BuiltNotebooks) -> str:
    """All that a student's file holds: its cells as they are read, and the file itself."""
    return "\n".join([*(cell.source for cell in lab.release.cells), builder.dump(lab.release)])


@pytest.mark.parametrize("number", ANSWERS)
def test_no_number_that_is_asked_for_stands_in_the_release(
    lab: BuiltNotebooks, untouched_lab: Played, number: int
) -> None:
    assert not spelled(number).search(everything(lab))
    shown = [*untouched_lab.printed.values(), *map(str, untouched_lab.captions.values())]
    assert not spelled(number).search("\n".join(shown)), "a demonstration tells it too early"


def test_the_divisor_is_not_in_the_release(lab: BuiltNotebooks) -> None:
    assert not re.search(r"27[.,]71|sqrt\(768\)|\\sqrt\{768\}|√768", everything(lab))


@pytest.mark.parametrize("task", WORDS)
def test_no_sentence_of_an_answer_or_rubric_stands_in_the_release(
    lab: BuiltNotebooks, task: str
) -> None:
    text = one_line(everything(lab))
    told = one_line(f"{WORDS[task].answer}\n{WORDS[task].rubric}")
    sentences = [each for each in re.split(r"(?<=[.?:;])[*\"]* ", told) if len(each.split()) >= 5]
    assert sentences
    for sentence in sentences:
        assert sentence not in text


def test_no_line_of_an_answer_in_code_stands_in_the_release(lab: BuiltNotebooks) -> None:
    release = {line.strip() for cell in lab.release.cells for line in cell.source.splitlines()}
    for task in TASKS:
        for cell in cells_of(lab.solved, "exercise", task):
            (stub,) = cells_of(lab.release, "exercise", task)
            answer = set(cell.source.splitlines()) - set(stub.source.splitlines())
            assert answer, f"nothing is asked in the cell of {task}"
            assert not {line.strip() for line in answer} & release, task


def test_every_name_that_a_cell_uses_is_made_in_a_cell(lab: BuiltNotebooks) -> None:
    nodes = [
        (name, node)
        for cell, name in code_cells(lab.solved)
        for node in ast.walk(ast.parse(cell.source))
    ]
    made = set(dir(builtins)).union(*(names_made(node) for _, node in nodes))
    used = {(node.id, name) for name, node in nodes if isinstance(node, ast.Name)}
    assert not {(id, name) for id, name in used if id not in made}


def names_made(node: ast.AST) -> set[str]:
    """The names that a node binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return {name}
        case ast.ExceptHandler(name=str(name)):
            return {name}
        case ast.alias(name=name, asname=asname):
            return {asname or name.split(".")[0]}
    return set()


# In the full setting GPT-2 writes before anything is solved.
NEEDS_LESS = {"text_before"}


def test_the_untouched_notebook_runs_to_the_end_and_says_what_is_open(
    untouched_lab: Played,
) -> None:
    waiting = {
        name
        for name, source in untouched_lab.sources.items()
        if re.search(r"\bneeds\(\"", source) and name not in NEEDS_LESS
    }
    assert waiting >= {
        "ten_utterances",
        "some_lines",
        "ratios",
        "one_batch",
        "picture_padding",
        "three_in_one",
        "two_totals",
    }
    for name in waiting:
        told = untouched_lab.printed[name]
        assert re.match(r"This appears once ([GT]\d\.\d+(, | and )?)+ works?\.\n$", told), name
        assert not untouched_lab.captions[name], "drawn before it was found"
    assert "This needs" not in "".join(untouched_lab.printed.values())


def test_the_solved_notebook_leaves_no_demonstration_out(solved_lab: Played) -> None:
    told = "".join(solved_lab.printed.values())
    assert "This appears" not in told
    assert "This needs" not in told


def test_every_picture_of_the_notebook_is_shown_with_words(solved_lab: Played) -> None:
    drawing = {
        name: source
        for name, source in solved_lab.sources.items()
        if re.search(r"lab_(pictures|curves)\.(?!shapes_through|before_and)\w+\(", source)
    }
    assert len(drawing) >= 8
    for name in drawing:
        captions = solved_lab.captions[name]
        assert captions, name
        assert all(len(caption.split()) > 8 for caption in captions), name
