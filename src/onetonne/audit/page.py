"""An audit's report as one HTML file: nothing in it is loaded from anywhere."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from onetonne.access import Member, role_name
from onetonne.audit import charts
from onetonne.audit.report import AuditReport, Finding, Result
from onetonne.audit.tonnage import Market, Tonnage
from onetonne.terms import Seconds, from_seconds

_SHOWN = 500
"""Findings, and things to look at, that a page still shows; the JSON report has them all."""


_QUOTED = re.compile("`([^`]*)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever text of the chain gets into a page, no browser runs or loads anything for it."""


def to_html(report: AuditReport) -> str:
    """The whole file."""
    style = files("onetonne.audit").joinpath("page.css").read_text(encoding="utf-8")
    title = f"Audit of chain {report.chain_id} at block {report.block:,}"
    body = "\n".join(_body(report, title))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(report: AuditReport, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    if report.holds:
        yield '<p class="verdict holds">Everything that was checked holds.</p>'
    else:
        yield f'<p class="verdict broken">Broken: {len(report.findings):,} findings.</p>'
    yield _facts(report)
    if report.findings:
        yield "<h2>Findings</h2>"
        yield _findings(report.findings)
    yield "<h2>What was checked</h2>"
    yield _results(report.results)
    yield "<h2>What was not checked</h2>"
    yield _list(report.not_checked)
    yield "<h2>Who may do what</h2>"
    yield _holders(report.holders)
    yield from _market(report.market)
    if report.notes:
        yield "<h2>To look at</h2>"
        yield '<p class="soft">What no key and no contract can catch. Never a failure.</p>'
        yield _list(report.notes[:_SHOWN])
        yield _more(len(report.notes))
    yield "<h2>Contracts</h2>"
    yield _rows((name, _hash(address)) for name, address in report.addresses.items())


def _facts(report: AuditReport) -> str:
    return _rows(
        (
            ("Block", f"{report.block:,}, {_hash(report.block_hash)}"),
            ("Time", _moment(report.time)),
            ("Credits", _hash(report.addresses.get("Credits", ""))),
            ("Read", f"{report.events:,} events; {report.slots:,} storage slots, by {escape(report.source)}"),
        )
    )


def _results(results: Sequence[Result]) -> str:
    heads = '<th>Invariant</th><th>What must hold, and on what it was checked</th><th class="number">On</th>'
    rows = (
        f'<tr><th scope="row">{result.id}</th>'
        f'<td>{escape(result.title)}<div class="checked">{_prose(result.checked)}</div></td>'
        f'<td class="number">{result.count:,} {escape(result.of)}{_tonnes(result.kilograms)}</td>'
        f'<td class="{result.verdict}">{result.verdict}</td></tr>'
        for result in results
    )
    return _table(f"{heads}<th>Verdict</th>", rows)


def _tonnes(kilograms: int) -> str:
    return f'<div class="checked">{charts.tonnes(kilograms)} t</div>' if kilograms else ""


def _holders(holders: Sequence[Member]) -> str:
    rows = (
        f'<tr><th scope="row">{escape(role_name(member.role))}</th><td>{_hash(member.account)}</td>'
        f'<td>{_moment(member.since)}</td><td class="number">{member.delay:,} s</td></tr>'
        for member in holders
    )
    return _table('<th>Role</th><th>Account</th><th>Since</th><th class="number">Delay</th>', rows)


def _findings(findings: Sequence[Finding]) -> str:
    rows = (
        f'<tr><th scope="row">{finding.invariant}</th><td class="subject">{escape(finding.subject)}</td>'
        f"<td>{_prose(finding.problem)}</td></tr>"
        for finding in findings[:_SHOWN]
    )
    return _table("<th>Invariant</th><th>Of</th><th>What is wrong</th>", rows) + _more(len(findings))


def _market(market: Market) -> Iterator[str]:
    yield "<h2>The market, by the events</h2>"
    if not market.over_time:
        yield "<p>Nothing was issued yet.</p>"
        return
    first, last = market.over_time[0][0], market.over_time[-1][0]
    when = f'<span class="soft">From {_moment(first)} to {_moment(last)}.</span>'
    yield f"<h3>Over time</h3><p>{charts.line_key()}{when}</p>"
    yield charts.lines(market.over_time)
    yield from _bars("Programme", market.by_programme, "Tonnes.")
    yield from _bars("Vintage", market.by_vintage, "Tonnes.")
    if market.by_label:
        words = "Tonnes of batches that hold a label at the audited block. A batch may hold several."
        yield from _bars("Label", market.by_label, words)


def _bars(kind: str, rows: Sequence[tuple[str, Tonnage]], words: str) -> Iterator[str]:
    yield f'<h3>By {kind.lower()}</h3><p>{charts.key(charts.SHARES)}<span class="soft">{words}</span></p>'
    yield f'<div class="wide">{charts.bars(kind, rows)}</div>'


def _moment(second: int) -> str:
    return f"{from_seconds(Seconds(second)):%Y-%m-%d %H:%M:%S} UTC"


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    """Names, and what they have, as HTML."""
    return _table("", (f'<tr><th scope="row">{escape(name)}</th><td>{what}</td></tr>' for name, what in rows))


def _table(heads: str, rows: Iterable[str]) -> str:
    head = f"<thead><tr>{heads}</tr></thead>" if heads else ""
    return f'<div class="wide"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_prose(sentence)}</li>' for sentence in sentences)}</ul>"


def _prose(sentence: str) -> str:
    return _QUOTED.sub(r"<code>\1</code>", escape(sentence))


def _more(count: int) -> str:
    return f'<p class="soft">And {count - _SHOWN:,} more, in the JSON report.</p>' if count > _SHOWN else ""


def _hash(text: str) -> str:
    return f'<span class="hash">{escape(text)}</span>'
