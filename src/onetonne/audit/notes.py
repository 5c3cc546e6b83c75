"""What no key and no contract can catch: for people to look at. Never a failure."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from onetonne.audit.story import Story

_WORD = re.compile(r"[0-9a-z]+")
_COMMON = frozenset(["project", "the", "of", "in", "and", "for", "a", "by", "de", "phase"])
_ALIKE = 0.6  # share of words in common


def notes(story: Story) -> tuple[str, ...]:
    """Sentences."""
    return (*_several_components(story), *_likely_duplicates(story))


def _several_components(story: Story) -> Iterator[str]:
    components: defaultdict[int, list[int]] = defaultdict(list)
    for number, fields in story.figures.numbered("component"):
        if fields:
            components[fields["activity"]].append(number)
    for activity, numbers in sorted(components.items()):
        if len(numbers) > 1:
            names = ", ".join(str(number) for number in sorted(numbers))
            yield (
                f"Activity {activity} has several components ({names}): their monitoring periods may "
                "overlap, "
                "so look whether they count the same tonnes."
            )


def _likely_duplicates(story: Story) -> Iterator[str]:
    """Projects of different activities that are alike, in one country and in overlapping periods."""
    groups: defaultdict[tuple[int, int], list[tuple[int, int, frozenset[str]]]] = defaultdict(list)
    periods = _periods(story)
    for number, fields in story.figures.numbered("project"):
        if fields and periods.get(number):
            country = story.figures.get("activity", fields["activity"]).get("country", 0)
            words = frozenset(_WORD.findall(story.project_names.get(number, "").lower())) - _COMMON
            groups[country, fields["activityType"]].append((number, fields["activity"], words))
    for group in groups.values():
        for (one, activity, words), (other, other_activity, other_words) in combinations(group, 2):
            if activity == other_activity or not words or not other_words:
                continue
            alike = len(words & other_words) / len(words | other_words)
            if alike >= _ALIKE and _overlap(periods[one], periods[other]):
                yield (
                    f"Projects {one} and {other} are of different activities ({activity} and "
                    f"{other_activity}), in one "
                    "country and of one type, with like names and overlapping periods: look whether they "
                    "are one."
                )


def _periods(story: Story) -> dict[int, list[tuple[int, int]]]:
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for fields in story.figures.of("verification").values():
        if fields.get("acceptedAt"):
            found[fields["project"]].append((fields["periodStart"], fields["periodEnd"]))
    return found


def _overlap(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> bool:
    return any(
        start <= other_end and other_start <= end for start, end in some for other_start, other_end in others
    )
