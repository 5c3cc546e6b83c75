"""What each verb costs, beside others' figures. `--update` writes the snapshot that the tests compare with.

make gas
make gas UPDATE=1
"""

import sys

from gas.facts import differences, peers, snapshot, write_snapshot
from gas.measuring import measure
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


def main() -> None:
    console = Console()
    costs = measure()
    console.print(_beside_peers(costs))
    console.print(peers()["origin"], style="dim")
    console.print(_every_case(costs))
    if "--update" in sys.argv[1:]:
        write_snapshot(costs)
        console.print("tests/gas/snapshot.json is up to date.")
    for line in differences(snapshot(), costs):
        console.print(f"changed: {line}", style="yellow")


def _beside_peers(costs: dict[str, int]) -> Table:
    table = Table(
        title="Gas of whole transactions, dearest and cheapest case", box=SIMPLE_HEAD, padding=(0, 1)
    )
    table.add_column("")
    for heading in ("onetonne", "bar", "wanted", "floor", "Toucan", "NET"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in peers()["rows"]:
        figures = [costs[name] for name in row["cases"]]
        own = "\n".join(f"{figure:,}" for figure in sorted({min(figures), max(figures)}, reverse=True))
        style = "green" if max(figures) <= row["must"] else "red"
        table.add_row(
            row["verb"],
            f"[{style}]{own}[/]",
            f"{row['must']:,}",
            f"{row['wants']:,}" if row["wants"] else "",
            row["floor"],
            row["toucan"],
            row["net"],
        )
    return table


def _every_case(costs: dict[str, int]) -> Table:
    table = Table(title="Every case", box=SIMPLE_HEAD)
    table.add_column("")
    table.add_column("gas", justify="right")
    for name, gas in costs.items():
        table.add_row(name, f"{gas:,}")
    return table


if __name__ == "__main__":
    main()
