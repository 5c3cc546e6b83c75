"""`onetonne bench`: measurements that anyone can repeat."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.bench.replay_facts import ISSUANCES, RETIREMENTS, TRANSFERS
from onetonne.cli.options import AsJson
from onetonne.cli.output import progress, say, show_json, table, tonnes
from onetonne.cli.session import session_of

if TYPE_CHECKING:
    from onetonne.bench import replay as replaying

app = typer.Typer(no_args_is_help=True, help="Measure, on this machine, what our figures say.")

_MIB = 2**20


@app.callback()
def _group() -> None:
    """A group, however few commands it has."""


@app.command()
def replay(
    context: typer.Context,
    issuances: Annotated[int, typer.Option(min=1, help=f"The whole market: {ISSUANCES:,}.")] = ISSUANCES
    // 100,
    retirements: Annotated[
        int, typer.Option(min=0, help=f"By lot. The whole market: {RETIREMENTS:,}.")
    ] = RETIREMENTS // 100,
    transfers: Annotated[
        int, typer.Option(min=0, help=f"By lot. The whole market: {TRANSFERS:,}.")
    ] = TRANSFERS // 100,
    variant: Annotated[int, typer.Option(min=0, help="Another number makes another market.")] = 1,
    blocks: Annotated[
        int | None, typer.Option(min=1, help="How many blocks it is spread over; else as fits its size.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the chain running, and say where it is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a made-up market through the real contracts into a local chain, then index and audit it.

    Sizes, programmes and proportions are those of the voluntary market. It needs a home without a deployment,
    and starts a chain of its own, or fills the empty anvil at --rpc. The same numbers give the same market.

    Example: onetonne bench replay --home /tmp/market --issuances 6500 --retirements 35000 --transfers 20000
    """
    from onetonne.bench import replay as replaying

    session = session_of(context)
    scale = replaying.Scale(
        issuances,
        retirements,
        transfers,
        variant,
        blocks or replaying.blocks_for(issuances, retirements, transfers),
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C does: the chain ends with us
    with replaying.place(session.rpc, session.home, keep=keep) as where:
        done = replaying.replay(
            scale,
            where,
            session.home,
            session.index_place_on(where.chain.chain_id),
            lambda doing: progress(doing, hidden=as_json),
        )
    if as_json:
        show_json({"scale": done.scale, "made": done.made, "phases": done.phases, "holds": done.report.holds})
    else:
        _show(done, keep)
    if not done.report.holds:
        raise typer.Exit(1)


def _show(done: replaying.Replayed, keep: bool) -> None:
    table(
        ["Phase", "Count>", "Of", "Seconds>", "A second>", "Peak, MiB>", "Node's peak, MiB>", "Of which~"],
        [
            (
                phase.name,
                f"{phase.count:,}",
                phase.of,
                f"{phase.seconds:,.1f}",
                f"{phase.rate:,.0f}",
                _mib(phase.own_peak),
                _mib(phase.node_peak),
                phase.remark,
            )
            for phase in done.phases
        ],
    )
    made = {name: number for name, number in done.made.items() if name != "retired kilograms"}
    say(
        f"In {done.scale.blocks:,} blocks: "
        + ", ".join(f"{number:,} {name}" for name, number in made.items())
        + f"; {tonnes(done.made['retired kilograms'])} t retired."
    )
    broken = f"BROKEN: {len(done.report.findings):,} findings; see `onetonne audit`."
    say("The audit: everything holds." if done.report.holds else broken)
    if keep and done.process is not None:
        say(f"The chain goes on at {done.url}, as process {done.process}; `kill {done.process}` ends it.")


def _mib(size: int | None) -> str:
    return f"{size / _MIB:,.0f}" if size else "unknown"
