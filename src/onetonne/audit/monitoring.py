"""The years of monitoring that a methodology demands, counted back from the end of a period."""

from collections.abc import Iterator
from datetime import timedelta

from onetonne.audit.story import Story
from onetonne.terms import EPOCH, Days, from_days

ACCEPTED = 2


def missing(story: Story, verification: int) -> Iterator[str]:
    """What an acceptance lacked, by the periods accepted before it."""
    fields = story.figures.get("verification", verification)
    years = story.figures.get("methodology", fields["methodology"]).get("monitoringYears", 0)
    if not years:
        return
    if not fields["dataRoot"]:
        yield f"verification {verification} was accepted without the hash of its monitoring data"
    needed, start = _years_before(fields["periodEnd"] + 1, years), fields["periodStart"]
    while start > needed:
        earlier = _monitored(story, fields["component"], start - 1)
        if earlier is None:
            yield (
                f"verification {verification} was accepted under a methodology that demands {years} years of "
                f"monitoring, of which {from_days(Days(start - 1))} was in no accepted period"
            )
            return
        start = earlier


def claim_of(story: Story, verification: int) -> int:
    """The first verification of a chain of successors; its period is the claim."""
    seen = {verification}
    while before := story.figures.get("verification", verification).get("supersedes", 0):
        if before in seen:
            break
        seen.add(before)
        verification = before
    return verification


def _monitored(story: Story, component: int, day: int) -> int | None:
    """The first day of the accepted period with data that holds `day`."""
    for claim in story.claims[component]:
        claimed = story.figures.get("verification", claim)
        if claimed["periodStart"] <= day <= claimed["periodEnd"]:
            last = story.figures.value("last successor", claim) or claim
            holder = story.figures.get("verification", last)
            inside = holder["periodStart"] <= day <= holder["periodEnd"]
            counts = inside and holder["status"] == ACCEPTED and holder["dataRoot"]
            return holder["periodStart"] if counts else None
    return None


def _years_before(day: int, years: int) -> int:
    """The same day of the calendar, 1 March for a 29 February that is none; 0 for days before 1970."""
    end = EPOCH + timedelta(days=day)
    if end.year - years < EPOCH.year:
        return 0
    try:
        return (end.replace(year=end.year - years) - EPOCH).days
    except ValueError:
        return (end.replace(year=end.year - years, month=3, day=1) - EPOCH).days
