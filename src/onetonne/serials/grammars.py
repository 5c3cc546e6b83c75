"""The seven grammars: each programme's form read into a `ParsedSerial`, and written again."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from onetonne.serials.canonical import read_canonical
from onetonne.serials.cleaning import Cleaned, clean
from onetonne.serials.parsed import Grammar, ParsedSerial
from onetonne.serials.scanner import Scanner
from onetonne.terms import Programme, Serial, SerialBlock

_LEGACY_ISSUERS = ("TZ1", "CDC", "APX", "MER", "VER")
_FIELDS_WITHOUT_SCOPE = 4  # project, two dates, last digit

# How a serial number of each programme begins, after cleaning; CCER's may begin with anything.
_BEGINNINGS: Mapping[Programme, re.Pattern[str]] = {
    Programme.GS: re.compile(r"GS1-"),
    Programme.ACR: re.compile(r"ACR-"),
    Programme.CAR: re.compile(r"CAR-"),
    Programme.ART: re.compile(r"ART-|FCPF-"),
    Programme.CDM: re.compile(r"[A-Z]{2}-[0-9]"),
    Programme.VCS: re.compile(r"[0-9]"),
}


def parse(text: str, programme: Programme | None = None, *, tonnes: int | None = None) -> ParsedSerial:
    """What the serial number says. Raises `SerialError` and `ReversedRange`, and nothing else.

    Without `programme`, it is told by how the serial number begins. CCER, whose form is not public, must be
    named, and `tonnes` be given: its serial numbers state no range.
    """
    read = read_canonical(text) if programme is not Programme.CCER else None
    if read is not None and programme in (None, read.programme):
        return read
    return _parse_step_by_step(text, programme, tonnes)


def _parse_step_by_step(text: str, programme: Programme | None, tonnes: int | None) -> ParsedSerial:
    cleaned = clean(text)
    scan = Scanner(cleaned)
    if programme is Programme.CCER:
        return _ccer(cleaned, scan, tonnes)
    found = detect(cleaned.text)
    if found is None:
        begins = f"as {programme} does" if programme else "as those of any programme do"
        scan.fail(f"it does not begin {begins}; copy it again from the programme registry")
    if programme not in (None, found):
        scan.fail(f"it has the form of {found}, not of {programme}; name the programme it comes from")
    parsed = _READERS[found](scan)
    scan.end()
    return parsed


def detect(cleaned_text: str) -> Programme | None:
    """The programme whose serial numbers begin like this one."""
    return next((p for p, begins in _BEGINNINGS.items() if begins.match(cleaned_text)), None)


def format(parsed: ParsedSerial) -> str:
    """The programme registry's own string. `parse` of it names the same block."""
    return _WRITERS[parsed.programme](parsed)


_Step = tuple[str, Callable[[Scanner], Any]]

_RANGE: _Step = ("range", lambda scan: scan.range("-"))
_RANGE_TO: _Step = ("range", lambda scan: scan.range(" TO "))
_BATCH: _Step = ("batch", lambda scan: scan.number("the batch"))
_COUNTRY: _Step = ("country", Scanner.country)
_PROJECT: _Step = ("project", lambda scan: scan.number("the project"))
_PROJECT_TYPE: _Step = ("project_type", lambda scan: scan.number("the project type"))
_YEAR: _Step = ("vintage_year", lambda scan: scan.year("the vintage"))
_VINTAGE: _Step = ("vintage", Scanner.vintage)
_VVB: _Step = ("vvb", lambda scan: scan.digits("the VVB"))
_ISSUER: _Step = ("issuer", lambda scan: scan.choice("the issuer", ("VER",)))
_LEGACY_ISSUER: _Step = ("issuer", lambda scan: scan.choice("the issuer", _LEGACY_ISSUERS))
_SCOPE: _Step = ("scope", lambda scan: scan.number("the scope"))
_CERTIFICATION: _Step = (
    "additional_certification",
    lambda scan: scan.choice("the additional certification", ("0", "1")) == "1",
)
_SERIES: _Step = ("series", lambda scan: scan.choice("the series", ("1", "ROC")))
_DEVELOPER: _Step = ("developer", lambda scan: scan.number("the developer"))
_STATE: _Step = ("state", lambda scan: scan.letters("the state", 2, 3))


def _fields(scan: Scanner, *steps: _Step) -> dict[str, Any]:
    """The fields that `steps` read, with hyphens between them."""
    fields: dict[str, Any] = {}
    for number, (name, read) in enumerate(steps):
        if number:
            scan.hyphen()
        fields[name] = read(scan)
    return fields


def _parsed(
    scan: Scanner, programme: Programme, grammar: Grammar, prefix: str, root: str, fields: dict[str, Any]
) -> ParsedSerial:
    first, last = fields.pop("range")
    if "vintage" in fields:
        fields["vintage_start"], fields["vintage_end"] = fields.pop("vintage")
    block = SerialBlock(prefix, root, first, last)
    return ParsedSerial(programme, grammar, block, notes=scan.cleaned.notes, **fields)


def _vcs(scan: Scanner) -> ParsedSerial:
    fields = _fields(scan, _BATCH, _RANGE)
    scan.hyphen()
    legacy = scan.choice("the root", ("VCS", "VCU")) == "VCU"
    scan.literal("-" if legacy else "-VCU-")
    fields |= _fields(scan, _VVB, _LEGACY_ISSUER if legacy else _ISSUER, _COUNTRY)
    scan.hyphen()
    scoped = legacy or scan.fields_left() != _FIELDS_WITHOUT_SCOPE
    fields |= _fields(scan, *([_SCOPE] if scoped else []), _PROJECT, _VINTAGE, _CERTIFICATION)
    root = "VCU" if legacy else "VCS-VCU"
    grammar = Grammar.VCS_LEGACY if legacy else Grammar.VCS if scoped else Grammar.VCS_2026
    return _parsed(scan, Programme.VCS, grammar, root, root, fields)


def _gs(scan: Scanner) -> ParsedSerial:
    scan.literal("GS1-1-")
    fields = _fields(scan, _COUNTRY)
    scan.hyphen()
    spelled_with_gs = scan.text.startswith("GS", scan.at)
    scan.literal("GS" if spelled_with_gs else "")
    fields |= _fields(scan, _PROJECT, _PROJECT_TYPE, _YEAR, _BATCH, _RANGE)
    fields["spelled_with_gs"] = spelled_with_gs
    prefix = "GS1-1-{country}-{project}-{project_type}-{vintage_year}-{batch}".format_map(fields)
    return _parsed(scan, Programme.GS, Grammar.GS, prefix, "GS1", fields)


def _acr(scan: Scanner) -> ParsedSerial:
    scan.literal("ACR-")
    return _by_project_and_year(scan, Programme.ACR, Grammar.ACR, "ACR")


def _art(scan: Scanner) -> ParsedSerial:
    root = scan.choice("the root", ("ART", "FCPF"))
    scan.hyphen()
    return _by_project_and_year(scan, Programme.ART, Grammar.ART, root)


def _by_project_and_year(scan: Scanner, programme: Programme, grammar: Grammar, root: str) -> ParsedSerial:
    fields = _fields(scan, _COUNTRY, _PROJECT, _YEAR, _BATCH, _RANGE_TO)
    prefix = f"{root}-" + "{country}-{project}-{vintage_year}-{batch}".format_map(fields)
    return _parsed(scan, programme, grammar, prefix, root, fields)


def _car(scan: Scanner) -> ParsedSerial:
    scan.literal("CAR-")
    fields = _fields(
        scan, _SERIES, _COUNTRY, _PROJECT, _PROJECT_TYPE, _DEVELOPER, _STATE, _YEAR, _BATCH, _RANGE_TO
    )
    segments = "{series}-{country}-{project}-{project_type}-{developer}-{state}-{vintage_year}-{batch}"
    return _parsed(scan, Programme.CAR, Grammar.CAR, "CAR-" + segments.format_map(fields), "CAR", fields)


def _cdm(scan: Scanner) -> ParsedSerial:
    country, first, period, project = _cdm_end(scan, "the first serial")
    scan.literal(" TO " if scan.text.startswith(" TO ", scan.at) else "-")
    last_at = scan.at
    last_country, last, last_period, last_project = _cdm_end(scan, "the last serial")
    if (country, period, project) != (last_country, last_period, last_project):
        scan.fail("its two ends differ in country, commitment period or project", last_at)
    scan.check_range(first, last, last_at)
    fields = {"country": country, "project": project, "commitment_period": period, "range": (first, last)}
    return _parsed(scan, Programme.CDM, Grammar.CDM, f"CDM-{country}-{period}", "CDM", fields)


def _cdm_end(scan: Scanner, what: str) -> tuple[str, Serial, int, int]:
    country = scan.country()
    scan.literal("-5-")
    serial = scan.serial(what)
    scan.hyphen()
    period = scan.number("the commitment period")
    scan.hyphen()
    again_at = scan.at
    if scan.number("the commitment period again") != period:
        scan.fail("the two commitment periods differ", again_at)
    scan.literal("-0-")
    return country, serial, period, scan.number("the project")


def _ccer(cleaned: Cleaned, scan: Scanner, tonnes: int | None) -> ParsedSerial:
    if not cleaned.text:
        scan.fail("it is empty")
    if tonnes is None:
        scan.fail("a CCER serial number states no range; give its tonnes with it", len(cleaned.text))
    if tonnes < 1:
        scan.fail(f"a block has at least one tonne, not {tonnes}", len(cleaned.text))
    digest = hashlib.sha256(cleaned.text.encode("utf-8", "surrogatepass")).hexdigest().upper()
    block = SerialBlock(f"CCER-{digest}", "CCER", Serial(1), Serial(tonnes))
    return ParsedSerial(Programme.CCER, Grammar.CCER, block, opaque=cleaned.text, notes=cleaned.notes)


def _write_vcs(parsed: ParsedSerial) -> str:
    if parsed.vintage_start is None or parsed.vintage_end is None:
        raise ValueError("a VCS serial number has vintage dates")
    scope = "" if parsed.scope is None else f"{parsed.scope}-"
    block = parsed.block
    return (
        f"{parsed.batch}-{block.first}-{block.last}-{block.root}-{parsed.vvb}-{parsed.issuer}-{parsed.country}-"
        f"{scope}{parsed.project}-{parsed.vintage_start:%d%m%Y}-{parsed.vintage_end:%d%m%Y}-"
        f"{1 if parsed.additional_certification else 0}"
    )


def _write_gs(parsed: ParsedSerial) -> str:
    project = f"{'GS' if parsed.spelled_with_gs else ''}{parsed.project}"
    return (
        f"GS1-1-{parsed.country}-{project}-{parsed.project_type}-{parsed.vintage_year}-{parsed.batch}-"
        f"{parsed.block.first}-{parsed.block.last}"
    )


def _write_first_to_last(parsed: ParsedSerial) -> str:
    return f"{parsed.block.prefix}-{parsed.block.first} to {parsed.block.last}"


def _write_cdm(parsed: ParsedSerial) -> str:
    period = parsed.commitment_period
    rest = f"{period}-{period}-0-{parsed.project}"
    block = parsed.block
    return f"{parsed.country}-5-{block.first}-{rest} - {parsed.country}-5-{block.last}-{rest}"


def _write_ccer(parsed: ParsedSerial) -> str:
    return parsed.opaque or ""


_READERS: Mapping[Programme, Callable[[Scanner], ParsedSerial]] = {
    Programme.VCS: _vcs,
    Programme.GS: _gs,
    Programme.ACR: _acr,
    Programme.CAR: _car,
    Programme.ART: _art,
    Programme.CDM: _cdm,
}

_WRITERS: Mapping[Programme, Callable[[ParsedSerial], str]] = {
    Programme.VCS: _write_vcs,
    Programme.GS: _write_gs,
    Programme.ACR: _write_first_to_last,
    Programme.CAR: _write_first_to_last,
    Programme.ART: _write_first_to_last,
    Programme.CDM: _write_cdm,
    Programme.CCER: _write_ccer,
}
