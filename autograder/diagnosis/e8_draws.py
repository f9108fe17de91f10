"""E8: how tokens are drawn from the model's logits, told from many draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from autograder.checks.evidence.languages import Language
from autograder.diagnosis.case import Case
from autograder.diagnosis.e8_laws import (
    BASES,
    FAILS,
    FITS,
    K,
    Names,
    T,
    V,
    chance,
    cut_off,
    fitting,
    likeliest_factor,
    normal,
    spread_language,
)
from autograder.diagnosis.e8_writing import Desk, a_desk, first_new
from autograder.diagnosis.finding import Finding

MANY, SOME = 20_000, 800  # draws: of whole batches, and where each row costs a call of its own
LOW, HIGH = 0.35, 3.0  # temperatures
TINY, HUGE = 1e-320, 1e18
ANY = ("shape", "rows", "distribution", "fresh", "temperature", "context", "mode")
NO_PROBABILITIES = re.compile(
    r"probability tensor|invalid multinomial|constraint|not non-negative|do not sum to 1|"
    r"contain NaN|Total of weights"
)


class Drawing:
    """Draws from a spread language: K contexts of T tokens, each many times."""

    def __init__(self, case: Case, lowest: float = 0.0) -> None:
        language = spread_language(case.rng, lowest)
        self.contexts = contexts_of(case, language)
        self.desk, self.asks_nobody = a_desk(case, language, self.contexts)
        self.rows = MANY if self.desk and len(self.desk.first.calls) == 2 else SOME
        self.n = 1 if self.first_tokens(self.contexts, 1) is not None else 2

    @property
    def logits(self) -> Tensor | None:
        """The logits of what the model was given at first, (K, T', V); None if that is unclear."""
        if self.desk is None:
            return None
        windows = self.desk.first.windows
        given = self.contexts if not windows else None
        for steps in (windows[:1], windows[::2], windows[:K]):  # batches; row by row; step by step
            if len({w.shape[1:] for w in steps}) == 1 and sum(map(len, steps)) == K:
                found = torch.cat(steps)
                if bool((found.unsqueeze(-1) == self.contexts.unsqueeze(1)).any(-1).all()):
                    given = found
                    break
        if given is None:
            return None
        return self.desk.writer.language.tables[0][given]

    def first_tokens(self, x: Tensor, n: int, *args: Any, **options: Any) -> Tensor | None:
        """The first token written after each row, (N,); None if that does not work."""
        if self.desk is None:
            return None
        tokens = self.desk.ask(x, n, *args, look=False, **options).tokens()
        new = None if tokens is None else first_new(x, tokens)
        inside = new is not None and bool(((new >= 0) & (new < V)).all())
        return new if inside else None

    def counts(self, *args: Any, share: int = 1, **options: Any) -> Tensor | None:
        """How often each token came first after each context, (K, V); None if it does not work."""
        x = self.contexts.repeat(self.rows // share // K, 1)
        new = self.first_tokens(x, self.n, *args, **options)
        if new is None:
            return None
        places = torch.arange(len(x)) % K * V + new
        return torch.bincount(places, minlength=K * V).view(K, V)


def contexts_of(case: Case, language: Language) -> Tensor:
    """Contexts (K, T) of all tokens; after some the language is more even than after others."""
    in_order = language.tables[0].std(-1).argsort().view(K, T)  # rows: from even to uneven
    last = in_order[:, case.rng.whole(0, T - 1)]
    others = torch.tensor([token for token in range(V) if token not in last.tolist()])
    return torch.cat([others[case.rng.permutation(V - K)].view(K, T - 1), last.view(K, 1)], dim=1)


def draw_findings(case: Case) -> Iterator[Finding]:
    """What is wrong with the draws: their law, their temperature, their independence."""
    drawing = Drawing(case)
    if drawing.asks_nobody:
        yield Finding(("model-not-asked",), (*ANY, "quiet"))
        return
    if drawing.desk is None:
        if a_desk(case, spread_language(case.rng), drawing.contexts, 2, 1.0)[0] is not None:
            yield Finding(("other-default-temperature",), ("distribution",), (*ANY, "quiet"))
        else:
            yield from probability_findings(case)
        return
    repeated = list(repetition_findings(drawing.desk, drawing.contexts))
    yield from repeated
    if any("one-draw-for-the-batch" in finding.names for finding in repeated):
        return  # many draws of one number tell nothing of a law
    logits, counts = drawing.logits, drawing.counts()
    if logits is None or counts is None:
        return
    found = fitting({1.0: counts}, logits)
    if found is None or len(found) > 1:
        for more in [drawing.counts() for _ in range(3 if drawing.rows == MANY else 1)]:
            counts = counts if more is None else counts + more
        found = fitting({1.0: counts}, logits)
    if found == [()]:
        if case.failed("temperature"):
            yield from temperature_findings(drawing, drawing.desk, logits)
    elif found is not None and default_is_another(drawing, logits):
        yield Finding(("other-default-temperature",), ("distribution",), ANY)
    elif found:
        yield from law_findings(found)
    elif cut_off(counts, logits):
        yield Finding(("rare-tokens-cut-off",), ("distribution",), ANY)
    elif found == []:
        yield from scale_findings(drawing, logits)


def default_is_another(drawing: Drawing, logits: Tensor) -> bool:
    """Whether draws are right where a temperature of 1 is asked for; without any, they are not."""
    explicit = drawing.counts(1.0)
    return explicit is not None and fitting({1.0: explicit}, logits) == [()]


def law_findings(found: list[Names]) -> Iterator[Finding]:
    """One finding for each part of the only law that fits; or of several laws of one name each."""
    if len(found) == 1:
        for name in found[0]:
            yield Finding((name,), checks_of(name), ANY)
    elif all(len(names) == 1 for names in found):
        yield Finding(tuple(names[0] for names in found), ("distribution",), ANY)


def checks_of(name: str) -> tuple[str, ...]:
    """The checks that a law of this name cannot pass."""
    if name == "greedy":
        return ("distribution", "fresh")
    of_position = name in BASES or name == "positions-merged"
    return ("rows",) if of_position else ("distribution",)


def probability_findings(case: Case) -> Iterator[Finding]:
    """Whether a draw was refused since what it was given is no probability."""
    faults = [fault for id in case.failed() if (fault := case.fault(id))]
    if not any(NO_PROBABILITIES.search(fault.text) for fault in faults):
        return
    drawing = Drawing(case, lowest=0.2)  # no logit is negative here
    name = "not-probabilities"
    if (logits := drawing.logits) is not None and (counts := drawing.counts()) is not None:
        found = fitting({1.0: counts}, logits)
        if found is None or len(found) != 1 or len(found[0]) != 1:
            return
        name = found[0][0]
    yield Finding((name,), (*ANY, "quiet"))


def repetition_findings(desk: Desk, contexts: Tensor) -> Iterator[Finding]:
    """Whether calls, or rows of a batch, get the same tokens although others could have come."""
    x = contexts.repeat(8, 1)
    answers = [desk.ask(x, 4, look=False).tokens() for _ in range(3)]
    texts = [a for a in answers if a is not None and len(a) == len(x)]
    if len(texts) < 3 or len({a.shape for a in texts}) > 1:
        return
    again = all(torch.equal(a, texts[0]) for a in texts)
    alike = all(torch.equal(a[K:], a[:-K]) for a in texts)  # rows of one context
    if again and not alike:
        yield Finding(("seed-inside",), ("fresh",))
    elif alike and not again:
        yield Finding(("one-draw-for-the-batch",), ("rows", "fresh", "distribution"), ANY)


def temperature_findings(drawing: Drawing, desk: Desk, logits: Tensor) -> Iterator[Finding]:
    """What the temperature does instead of dividing the logits."""
    samples = {}
    for temperature in (LOW, HIGH):
        counts = drawing.counts(temperature)
        if counts is None:
            answer = desk.ask(drawing.contexts, 2, temperature)
            if answer.fault is not None and answer.fault.kind == "TypeError":
                yield Finding(("temperature-not-taken",), ("temperature",))
            elif answer.fault is not None and NO_PROBABILITIES.search(answer.fault.text):
                yield Finding(("not-probabilities",), ("temperature",))
            return
        samples[temperature] = counts
    found = fitting(samples, logits)
    if found == [()]:
        answer = desk.ask(drawing.contexts, 2, temperature=LOW)
        if answer.fault is not None and answer.fault.kind == "TypeError":
            yield Finding(("temperature-under-another-name",), ("temperature",))
    elif found == [("temperature-without-effect",)]:
        yield Finding(without_effect(drawing, logits), ("temperature",))
    elif found and len(found) == 1:
        for name in found[0]:
            yield Finding((name,), ("temperature",))
    elif found == []:
        yield from scale_findings(drawing, logits)


def without_effect(drawing: Drawing, logits: Tensor) -> tuple[str, ...]:
    """Why no temperature changes anything.

    A huge number added to the logits rounds them away; a tiny one makes divided probabilities
    infinite; what takes no notice even of nan does not use it.
    """
    right = torch.softmax(logits[:, -1].double(), -1)
    huge = drawing.counts(HUGE, share=4)
    if huge is not None and chance(huge, right) < FAILS:
        even = chance(huge, normal(torch.ones_like(right))) > FITS
        return ("temperature-added",) if even else ()
    counts = [drawing.counts(t, share=4) for t in (TINY, float("nan"))]
    same = [c is not None and chance(c, right) > FITS for c in counts]
    if all(same):
        return ("temperature-ignored",)
    if not any(same):
        return ("temperature-after-softmax",)
    return ("temperature-ignored", "temperature-after-softmax")


def scale_findings(drawing: Drawing, logits: Tensor) -> Iterator[Finding]:
    """Whether the logits are multiplied by something that is not one over the temperature."""
    given = {t: drawing.counts(t) for t in (1.0, LOW, HIGH)}
    if any(counts is None for counts in given.values()):
        return
    samples = {t: counts for t, counts in given.items() if counts is not None}
    for name, power in (("temperature-is-fixed", 0), ("logits-scaled", 1)):
        scales = {t: t**-power for t in samples}
        if power:
            factor = likeliest_factor({scales[t]: counts for t, counts in samples.items()}, logits)
        else:
            factor = likeliest_factor({1.0: torch.stack([*samples.values()]).sum(0)}, logits)
        if all(
            chance(counts, torch.softmax(logits[:, -1].double() * factor * scales[t], -1)) > FITS
            for t, counts in samples.items()
        ):
            yield Finding((name,), ("distribution", "temperature"), ANY)
            return
