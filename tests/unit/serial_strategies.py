"""Sound serial numbers of every grammar, for property tests."""

from datetime import date

from hypothesis import strategies as st

from onetonne.terms import MAX_SERIAL

NUMBERS = st.integers(1, 99_999)
COUNTRIES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
YEARS = st.integers(1990, 2060)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
RANGES = st.tuples(st.integers(0, MAX_SERIAL), st.integers(0, MAX_SERIAL)).map(sorted)
FLAGS = st.sampled_from("01")


@st.composite
def vcs(draw: st.DrawFn) -> str:
    first, last = draw(RANGES)
    start, end = sorted((draw(DAYS), draw(DAYS)))
    root, issuer, scope = draw(
        st.sampled_from(
            [
                ("VCS-VCU", "VER", "14-"),
                ("VCS-VCU", "VER", ""),
                *(("VCU", issuer, "1-") for issuer in ("TZ1", "CDC", "APX", "MER", "VER")),
            ]
        )
    )
    vvb = draw(st.sampled_from(["009", "1507", "5"]))
    return (
        f"{draw(NUMBERS)}-{first}-{last}-{root}-{vvb}-{issuer}-{draw(COUNTRIES)}-{scope}{draw(NUMBERS)}-"
        f"{start:%d%m%Y}-{end:%d%m%Y}-{draw(FLAGS)}"
    )


@st.composite
def gs(draw: st.DrawFn) -> str:
    first, last = draw(RANGES)
    project = f"{draw(st.sampled_from(['', 'GS']))}{draw(NUMBERS)}"
    return f"GS1-1-{draw(COUNTRIES)}-{project}-16-{draw(YEARS)}-{draw(NUMBERS)}-{first}-{last}"


@st.composite
def by_project_and_year(draw: st.DrawFn) -> str:
    first, last = draw(RANGES)
    root = draw(st.sampled_from(["ACR", "ART", "FCPF"]))
    return f"{root}-{draw(COUNTRIES)}-{draw(NUMBERS)}-{draw(YEARS)}-{draw(NUMBERS)}-{first} to {last}"


@st.composite
def car(draw: st.DrawFn) -> str:
    first, last = draw(RANGES)
    series = draw(st.sampled_from(["1", "ROC"]))
    return (
        f"CAR-{series}-{draw(COUNTRIES)}-{draw(NUMBERS)}-31-{draw(NUMBERS)}-KS-{draw(YEARS)}-"
        f"{draw(NUMBERS)}-{first} to {last}"
    )


@st.composite
def cdm(draw: st.DrawFn) -> str:
    first, last = draw(RANGES)
    country, period, project = draw(COUNTRIES), draw(st.sampled_from([1, 2])), draw(NUMBERS)
    rest = f"{period}-{period}-0-{project}"
    return f"{country}-5-{first}-{rest} - {country}-5-{last}-{rest}"


SERIAL_NUMBERS = st.one_of(vcs(), gs(), by_project_and_year(), car(), cdm())
