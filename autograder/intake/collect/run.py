"""From a source to a folder of submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.course.late import days_begun
from autograder.course.roster import Roster, without_zeros
from autograder.course.settings import AssignmentConfig
from autograder.intake.collect.archives import Refused
from autograder.intake.collect.attempts import Attempt, HandedIn, sorted_out
from autograder.intake.collect.formats import recognised, unwrapped
from autograder.intake.collect.items import CannotCollect, Source, open_source
from autograder.intake.collect.joining import Entry, settle
from autograder.intake.collect.layout import laid_out
from autograder.intake.collect.names import safe_id, shown
from autograder.intake.collect.people import People
from autograder.intake.collect.places import check_places, matters, refuse_downloads
from autograder.intake.collect.report import BY_HAND, NEW, OLDER, REPLACED, SAME, Report
from autograder.intake.collect.settling import pieces_of
from autograder.intake.collect.store import Staged, Store
from autograder.intake.collect.times import Times, read_times
from autograder.intake.manifest import Collected, Manifest, as_text, place_of, read_manifest

UNKNOWN = "its name does not tell whose it is"


@dataclass(frozen=True)
class Wishes:
    """What a person asks for.

    kind: of formats.KINDS, or "auto". pairs: whether one partner's submission counts for both.
    times: a table of times of submission. zone: of times without one; the machine's if None.
    settings: the assignment's, whose deadline says who is late.
    """

    kind: str = "auto"
    roster: Roster | None = None
    pairs: bool = False
    times: Path | None = None
    zone: tzinfo | None = None
    settings: AssignmentConfig = field(default_factory=AssignmentConfig)


def collect(source: Path, assignment: str, submissions: Path, wishes: Wishes) -> Report:
    """Take in a source; raises CannotCollect if nothing of it can be.

    Submissions that are in the folder already and not in the source stay.
    """
    check_places(source, assignment, submissions)
    times = read_times(wishes.times, wishes.zone) if wishes.times else Times({})
    refuse_downloads(source)
    found = open_source(source)
    try:
        store = Store(submissions, assignment)
        with store.locked():
            return Run(found, wishes, store, times).collected()
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CannotCollect(f"{submissions} cannot be written: {error.strerror}{where}; what is "
                            "done is kept, run it again") from error  # fmt: skip
    finally:
        found.close()


class Run:
    """One run, with what it found and what it did."""

    def __init__(self, source: Source, wishes: Wishes, store: Store, times: Times) -> None:
        self.source, self.wishes, self.store, self.times = source, wishes, store, times
        self.before = read_manifest(store.submissions, store.assignment)
        self.people = People(wishes.roster or Roster())
        self.report = Report(store.assignment, source.name, wishes.kind)
        if fault := without_zeros(wishes.roster, self.before.collected):
            raise CannotCollect(fault)

    def collected(self) -> Report:
        """Do it all."""
        source = unwrapped(self.source, self.wishes.kind, self.store.assignment)
        kind = recognised(source) if self.wishes.kind == "auto" else self.wishes.kind
        self.report.kind = kind
        pieces, strange = pieces_of(source, kind, self.store.assignment)
        if not pieces:
            raise CannotCollect(f"{source.name} has no submissions that can be told apart as from "
                                f"{kind}: --from says what it is")  # fmt: skip
        self.report.files = [(item.called or shown("/".join(item.parts)), item.fault or UNKNOWN)
                             for item in strange if matters(item)]  # fmt: skip
        handed = [replace(one, owner=self.times.known(one.owner))
                  for one in sorted_out(pieces, self.wishes.zone)]  # fmt: skip
        entries = [self.staged(one, number) for number, one in enumerate(handed)]
        entries, self.report.told = settle(
            entries, self.people, self.wishes.pairs, self.before.collected
        )
        known = self.renamed(entries)
        found = {entry.id: self.placed(entry, known.get(entry.id)) for entry in entries}
        self.report.kept = sorted(known.keys() - found.keys())
        self.write(known | found)
        return self.report

    def staged(self, handed: HandedIn, number: int) -> Entry:
        """Copy all attempts of one user to where they wait."""
        entry = Entry(handed)
        for turn, attempt in enumerate(handed.attempts):
            try:
                with ExitStack() as opened:
                    layout = laid_out(attempt.files, self.store.assignment, opened)
                    staged = self.store.stage(layout, f"{number}-{turn}")
                entry.good.append((attempt, staged))
                entry.last_refused = False
            except Refused as error:
                entry.refused.append(str(error))
                entry.last_refused = True
        return entry

    def renamed(self, entries: Sequence[Entry]) -> dict[str, Collected]:
        """What is there already, under the names that the same users of the LMS have now."""
        known = dict(self.before.collected)
        users = {found.lms: found.student for found in known.values() if found.lms}
        for entry in entries:
            old = users.get(entry.handed.owner.key)
            if old and old != entry.id and entry.id not in known:
                self.store.rename(old, entry.id)
                known[entry.id] = replace(known.pop(old), student=entry.id)
        return known

    def placed(self, entry: Entry, old: Collected | None) -> Collected:
        """Put one submission in its place, and its earlier attempts in theirs."""
        student, refused = entry.id, [*entry.refused]
        for twin in entry.twins:
            for attempt, staged in twin.good[:-1]:
                self.store.keep(staged.folder, student, staged.digest, label(attempt))
            refused += twin.refused
        for attempt, staged in entry.good[:-1]:
            self.store.keep(staged.folder, student, staged.digest, label(attempt))
        self.report.refused += [(student, sentence) for sentence in refused]
        made = self.with_files(entry, old) if entry.good else self.without_files(entry, old)
        members = tuple(member.id for member in entry.members)
        if entry.who.person and not members and entry.who.person.id != student:
            members = (entry.who.person.id,)
        before = max((a.before for a in entry.handed.attempts), default=0)
        count = max(self.store.count(student) + len(entry.refused), before + 1,
                    old.attempts if old else 1)  # fmt: skip
        made = replace(made, members=members if len(members) != 1 or members != (student,) else (),
                       attempts=count, lms=entry.handed.owner.key)  # fmt: skip
        self.told_of(made, entry)
        return made

    def with_files(self, entry: Entry, old: Collected | None) -> Collected:
        """Put the last attempt that can be taken in place, unless a later one is there."""
        student, (attempt, staged) = entry.id, entry.good[-1]
        at, late = min(map(self.arrival, (entry, *entry.twins)), key=first_known)
        same = old is not None and old.digest == staged.digest
        handed_in = at.isoformat() if at else old.handed_in if old and same else None
        late = old.late if late is None and old and same else late
        notes = [*attempt.notes, *staged.notes]
        if entry.last_refused:
            notes.append(f"a later attempt was not taken: {entry.refused[-1]}")
        made = Collected(student, handed_in=handed_in, late=late, notes=tuple(notes),
                         digest=staged.digest, number=attempt.number)  # fmt: skip
        done = self.put(made, staged, attempt, old)
        self.report.done[student] = done
        if done == OLDER and old:
            return old
        if handed_in and done != BY_HAND:
            self.store.write_time(student, datetime.fromisoformat(handed_in))
        return made

    def arrival(self, entry: Entry) -> tuple[datetime | None, bool | None]:
        """When the attempt of one user that counts came in, and whether the LMS says late."""
        attempt, _ = entry.good[-1]
        told = self.times.of(entry.handed.owner, entry.id)
        at = attempt.at or (told.at if told else None)
        return at, told.late if attempt.late is None and told else attempt.late

    def put(
        self, made: Collected, staged: Staged, attempt: Attempt, old: Collected | None
    ) -> str:  # fmt: skip
        """Move the files; says what became of them."""
        student, store = made.student, self.store
        if old is None:
            store.clear(student)
        here = store.digest(student)
        if here == staged.digest:
            return SAME
        if here and old and old.digest == staged.digest:
            return BY_HAND
        if here and old and is_older(made, old):
            store.keep(staged.folder, student, staged.digest, label(attempt))
            return OLDER
        if here:
            store.keep(store.current(student), student, here, label(old))
        store.put(staged.folder, student)
        return REPLACED if here else NEW

    def without_files(self, entry: Entry, old: Collected | None) -> Collected:
        """What is said of a submission of which nothing can be taken; what was there stays."""
        sentence = f"the submission was not taken: {entry.refused[-1]}"
        if old and old.digest:
            return replace(old, notes=tuple(dict.fromkeys((*old.notes, sentence))))
        self.store.open_empty(entry.id)
        late = entry.handed.attempts[-1].late
        return Collected(entry.id, late=late, notes=(sentence,))

    def told_of(self, made: Collected, entry: Entry) -> None:
        """Write one submission into the report."""
        report = self.report
        if self.is_late(made):
            report.late.append(made.student)
        if made.handed_in is None and made.digest and self.wishes.settings.lateness_costs:
            report.untimed.append(made.student)
        if made.attempts > 1:
            report.several[made.student] = made.attempts
        if entry.good and not entry.good[-1][1].has_work:
            report.workless.append(made.student)
        said = tuple(entry.refused)  # stands under what was refused
        report.notes += [(made.student, note) for note in made.notes
                         if not note.endswith(said)]  # fmt: skip

    def is_late(self, made: Collected) -> bool:
        """Whether a submission is late, by the course's deadline if it has one, else by the LMS."""
        settings = self.wishes.settings
        deadline = settings.deadline_of(*(made.members or (made.student,)))
        if deadline is None or made.handed_in is None:
            return bool(made.late)
        return days_begun(settings.late, datetime.fromisoformat(made.handed_in) - deadline) > 0

    def write(self, found: Mapping[str, Collected]) -> None:
        """Write the manifest, with who is missing."""
        from autograder.pipeline.results import write_atomically

        roster = self.wishes.roster
        ids = [person.id for person in roster.people] if roster else []
        names = {safe_id(id) for id in ids}
        whose = {name: entry.members or (name,) for name, entry in found.items()}
        there = {id for members in whose.values() for id in members}
        strangers = sorted(name for name, members in whose.items()
                           if roster and not {*map(safe_id, members)} & names)  # fmt: skip
        missing = [id for id in ids if id not in there and safe_id(id) not in there]
        manifest = Manifest(self.store.assignment, self.source.name, found, missing, strangers)
        write_atomically(place_of(self.store.submissions, self.store.assignment), as_text(manifest))
        self.report.strangers = strangers
        self.report.partners = [id for id in missing if roster and any(
            other.id in there for other in roster.partners(id))]  # fmt: skip
        self.report.missing = [id for id in missing if id not in self.report.partners]


def first_known(arrival: tuple[datetime | None, bool | None]) -> tuple[bool, datetime]:
    """Sorts times, those that are not known last: of one work handed in twice the first counts."""
    at, _ = arrival
    return at is None, at or datetime.max.replace(tzinfo=UTC)


def is_older(new: Collected, old: Collected) -> bool:
    """Whether the LMS says that this attempt was before the one that is there."""
    if new.number is not None and old.number is not None:
        return new.number < old.number
    if new.handed_in and old.handed_in:
        return datetime.fromisoformat(new.handed_in) < datetime.fromisoformat(old.handed_in)
    return False


def label(attempt: Attempt | Collected | None) -> str:
    """The beginning of the name of a kept attempt's folder: when it came in, or its number."""
    at = None
    if isinstance(attempt, Attempt):
        at = attempt.at
    elif attempt and attempt.handed_in:
        at = datetime.fromisoformat(attempt.handed_in)
    if at:
        return f"{at:%Y-%m-%dT%H-%M-%S}"
    number = attempt.number if attempt else None
    return "earlier" if number is None else f"{number}"
