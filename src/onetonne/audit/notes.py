"""What no key and no contract can catch: for people to look at. Never a failure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import ceil

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
        for one, other in alike_names([words for _, _, words in group]):
            (first, activity, _), (second, other_activity, _) = group[one], group[other]
            if activity != other_activity and _overlap(periods[first], periods[second]):
                yield (
                    f"Projects {first} and {second} are of different activities ({activity} and "
                    f"{other_activity}), in one "
                    "country and of one type, with like names and overlapping periods: look whether they "
                    "are one."
                )


def alike_names(names: list[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs of positions, in order. Of two names that are alike, some of the rarest words are the same."""
    often = Counter(word for words in names for word in words)
    having: defaultdict[str, list[int]] = defaultdict(list)
    found = []
    for at, words in enumerate(names):
        rarest = sorted(words, key=lambda word: (often[word], word))
        rarest = rarest[: len(words) - ceil(_ALIKE * len(words)) + 1]
        for before in {one for word in rarest for one in having[word]}:
            both = len(words & names[before])
            if both >= _ALIKE * (len(words) + len(names[before]) - both):
                found.append((before, at))
        for word in rarest:
            having[word].append(at)
    return sorted(found)


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
