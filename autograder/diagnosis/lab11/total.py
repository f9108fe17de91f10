"""G2.5: which slip in counting gives the student's number, or which slips together.

Several of the six numbers may be wrong at once. Of all the ways to explain them, the one with the
fewest slips stands; the steps from a student's own numbers come before a count from scratch.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping

from autograder.checks.lab11 import reading, slips
from autograder.checks.lab11.counting import LAB, NONE, PARTS
from autograder.checks.lab11.total import RIGHT, VARIABLES, earlier, steps_from
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.lab11.answers import no_number, value_of

Names = tuple[str, ...]
MOST_EITHER = 3
MOST_WAYS = 5000
BYTES = (2, 4, 8)
# Which number a slip shows in first, by the beginning of its name; and slips of whole other counts.
HOME = {"attention": "attention", "mlp": "mlp", "norm": "block", "block": "block",
        "blocks": "blocks", "wte": "wte"}  # fmt: skip
OF_OTHERS = {"no_biases", "wte.unpadded"}


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the wrong numbers of G2.5."""
    values = {part: value_of(case.student, name) for part, name in VARIABLES.items()}
    numbers = {part: reading.counted(value) for part, value in values.items()}
    own = {part: number for part, number in numbers.items() if number is not None}
    options: dict[str, dict[Names, int]] = {}
    for part, value in values.items():
        for id in case.failed(part):
            if part not in own:
                if name := no_number(value):
                    yield case.named(name, checks=(id,))
            elif found := ways(case, part, own):
                options[id] = found
    for id, names in together(options).items():
        yield from one_or_either(case, names, (id,))


def one_or_either(case: Case, names: list[Names], checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """One explanation; several of one name each, of which one holds; or what all have in common.

    Where one bias is missing, "no biases" would say no more: the one that is missing is named.
    """
    names = [each for each in names if "no-biases" not in each] or names
    if len(names) == 1:
        yield case.named(*names[0], checks=checks)
    elif all(len(each) == 1 for each in names):
        if len(names) <= MOST_EITHER:
            yield case.named(*(each[0] for each in names), checks=checks, either=True)
    elif sure := [name for name in names[0] if all(name in each for each in names)]:
        yield case.named(*sure, checks=checks)


def ways(case: Case, part: str, own: Mapping[str, float]) -> dict[Names, int]:
    """Explanations of one wrong number, each with how far-fetched it is."""
    number = own[part]
    if name := at_a_glance(part, number):
        return {(name,): 0}
    steps = steps_from(part, earlier(case.student, part))
    by_steps = [found for step in steps for found in slips.known_steps(part, number, step)]
    found = dict.fromkeys(names_of(by_steps), 0)
    likely = [each for each in slips.known(part, number, LAB) if is_likely(each, part, own)]
    for names in names_of(likely):
        found.setdefault(names, 1)
    sure = by_steps or any(len(names) == 1 for names in found)
    if not sure and (name := of_another_kind(part, number, own)):
        return {(name,): 0}
    return found


def is_likely(explanation: frozenset[str], part: str, own: Mapping[str, float]) -> bool:
    """Whether slips may stand behind a number that follows from no earlier one.

    A single slip may, and what other people's totals differ by. But two, of which one would show in
    an earlier number that is right, are chance: some pair of slips gives many a number.
    """
    if len(explanation) == 1:
        return True
    homes = {HOME.get(slip.partition(".")[0], "") for slip in explanation - OF_OTHERS} - {"", part}
    return not any(own.get(home) in {counts[home] for counts in RIGHT.values()} for home in homes)


def names_of(explanations: Iterable[frozenset[str]]) -> list[Names]:
    """Explanations by their short names, in the order of the slips."""
    order = list(slips.SLIPS)
    return [tuple(map(short, sorted(each, key=order.index))) for each in explanations]


def short(slip: str) -> str:
    """A slip as the library calls it: "total.no_wpe" is "total-no-wpe"."""
    return slip.replace(".", "-").replace("_", "-")


def at_a_glance(part: str, number: float) -> str:
    """What can be seen in a wrong number itself."""
    right = [counts[part] for counts in RIGHT.values()]
    if number == 0:
        return "zero-for-a-number"
    if -number in right:
        return "negative-number"
    near = 0.3 if number < 1000 or number != int(number) else 0.01
    for unit in (1e3, 1e6):
        if any(math.isclose(number * unit, each, rel_tol=near) for each in right):
            return "in-thousands-or-millions"
    if number != int(number):
        return "half-a-parameter"
    return "rounded-number" if is_rounded(number, right) else ""


def is_rounded(number: float, right: Iterable[float]) -> bool:
    """Whether this is one of the right numbers, rounded or cut off to thousands or more."""
    unit = 10 ** (len(str(int(number))) - len(str(int(number)).rstrip("0")))
    return number > 0 and unit >= 1000 and any(abs(number - each) < unit for each in right)


def of_another_kind(part: str, number: float, own: Mapping[str, float]) -> str:
    """What a number is that counts something else, or rests on something impossible."""
    right = list(RIGHT.values())
    if any(number == counts[other] for counts in right for other in PARTS if other != part):
        return "number-of-another-part"
    if any(number == counts[part] * each for counts in right for each in BYTES):
        return "bytes-for-numbers"
    before = {name: own[name] for name in list(VARIABLES)[: list(VARIABLES).index(part)]
              if name in own}  # fmt: skip
    if any(step(NONE) == number for step in steps_from(part, before)):
        return "built-on-what-cannot-be"
    return ""


def together(options: Mapping[str, Mapping[Names, int]]) -> dict[str, list[Names]]:
    """For each check its explanations, of the ways to explain all those with fewest slips."""
    if math.prod(map(len, options.values())) > MOST_WAYS:
        return {id: list(found) for id, found in options.items()}
    best: dict[tuple[int, int], list[tuple[Names, ...]]] = {}
    for way in itertools.product(*options.values()):
        different = len({name for names in way for name in names})
        rank = sum(found[names] for found, names in zip(options.values(), way, strict=True))
        best.setdefault((different, rank), []).append(way)
    if not options:
        return {}
    chosen = best[min(best)]
    return {id: list(dict.fromkeys(way[place] for way in chosen))
            for place, id in enumerate(options)}  # fmt: skip
