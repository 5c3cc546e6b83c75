"""Charts as SVG inside a page, whose style sheet colours them: lines over time, and bars in a table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from math import floor, log10

from onetonne.audit.tonnage import Tonnage
from onetonne.terms import KILOGRAMS_PER_TONNE

SHARES = ("held", "retired", "cancelled", "redeemed")
"""What issued tonnes have become, in the order in which bars show it."""

_WIDTH, _HEIGHT = 860, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 12, 30
_TICKS = 5
_LINES = ("issued", "held", "retired")
_DAY = 86_400  # seconds
_BAR = 1000  # how wide the longest is


def lines(moments: Sequence[tuple[int, Tonnage]]) -> str:
    """Issued, held and retired at each moment, given with its second."""
    highest = max((one.issued for _, one in moments), default=0)
    step = _step(highest)
    top = step * max(-(-highest // step), 1)
    first, last = moments[0][0], moments[-1][0]
    span = max(last - first, 1)

    def x(second: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (second - first) / span

    def y(kilograms: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * kilograms / top

    parts = [f'<svg class="lines" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Tonnes over time">']
    for kilograms in range(0, top + 1, step):
        at = y(kilograms)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="y" x="{_LEFT - 8}" y="{at + 4:.1f}">{short(kilograms)}</text>')
    shown = ""
    for number in range(_TICKS):
        second = first + span * number / (_TICKS - 1)
        if shown != (shown := _moment(second, span)):  # in a short time the same comes again
            anchor = {0: "start", _TICKS - 1: "end"}.get(number, "middle")
            place = f'x="{x(second):.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}"'
            parts.append(f"<text {place}>{shown}</text>")
    for name in _LINES:
        points = " ".join(f"{x(second):.1f},{y(getattr(one, name)):.1f}" for second, one in moments)
        parts.append(f'<polyline class="{name}" points="{points}"/>')
    return "".join([*parts, "</svg>"])


def bars(kind: str, rows: Sequence[tuple[str, Tonnage]]) -> str:
    """A table with a bar and the tonnes of each row; `kind` is what the rows are."""
    highest = max((one.issued for _, one in rows), default=0)
    whole = all(getattr(one, name) % KILOGRAMS_PER_TONNE == 0 for _, one in rows for name in SHARES)
    heads = "".join(f'<th class="number">{name.capitalize()}</th>' for name in ("issued", *SHARES))
    found = [f'<table class="bars"><thead><tr><th>{escape(kind)}</th><th></th>{heads}</tr></thead><tbody>']
    for name, one in rows:
        figures = "".join(
            f'<td class="number">{getattr(one, part) / KILOGRAMS_PER_TONNE:,.{0 if whole else 3}f}</td>'
            for part in ("issued", *SHARES)
        )
        found.append(
            f'<tr><th scope="row">{escape(name)}</th><td class="bar">{_bar(one, highest)}</td>{figures}</tr>'
        )
    return "".join([*found, "</tbody></table>"])


def key(names: Sequence[str]) -> str:
    """Which colour is what."""
    return "".join(f'<span class="key {name}">{name}</span>' for name in names)


def line_key() -> str:
    return key(_LINES)


def tonnes(kilograms: int) -> str:
    """With thousands separators, and the decimals that there are."""
    whole, rest = divmod(abs(kilograms), 1000)
    shown = f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")
    return f"-{shown}" if kilograms < 0 else shown


def short(kilograms: int) -> str:
    """For an axis, such as `1.5 Mt`."""
    for unit, size in (("Mt", 10**9), ("kt", 10**6), ("t", 10**3)):
        if kilograms >= size:
            return f"{kilograms / size:g} {unit}"
    return f"{kilograms} kg" if kilograms else "0"


def _bar(one: Tonnage, highest: int) -> str:
    at, parts = 0.0, []
    for name in SHARES:
        width = _BAR * max(getattr(one, name), 0) / max(highest, 1)
        if width:
            parts.append(f'<rect class="{name}" x="{at:.2f}" width="{width:.2f}" height="10"/>')
        at += width
    return (
        f'<svg viewBox="0 0 {_BAR} 10" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _step(highest: int) -> int:
    """From one line of the grid to the next: 1, 2 or 5 and zeros, for at most six lines."""
    if highest <= _TICKS:
        return 1
    rough = highest / _TICKS
    power = 10 ** floor(log10(rough))
    return int(next(many * power for many in (1, 2, 5, 10) if many * power >= rough))


def _moment(second: float, span: int) -> str:
    shape = "%Y-%m-%d" if span > 5 * _DAY else "%m-%d %H:%M" if span > _DAY // 2 else "%H:%M:%S"
    return f"{datetime.fromtimestamp(second, UTC):{shape}}"
