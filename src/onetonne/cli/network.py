"""`onetonne network`: chains by name, and whether their nodes are fit for use."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, show_json, table
from onetonne.cli.session import session_of
from onetonne.errors import ChainError, NodeRefused

if TYPE_CHECKING:
    from onetonne.chain import Chain
    from onetonne.networks import Network

app = typer.Typer(
    no_args_is_help=True, help="List the networks that are known by name, and check their nodes."
)

_GWEI = 10**9
Name = Annotated[str, typer.Argument(metavar="NAME", help="Such as sepolia.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the networks: the package's, and those in the home's networks.toml, which come first.

    Example: onetonne network list
    """
    from onetonne.networks import known

    networks = list(known(session_of(context).home).values())
    if as_json:
        show_json([_document(network) for network in networks])
        return
    table(
        ["Name", "Chain>", "Title", "Kind", "Coin", "Node's URL in", "Set"],
        [
            (
                network.name,
                network.chain_id,
                network.title,
                network.kind,
                network.coin,
                network.variable,
                bool(os.environ.get(network.variable)),
            )
            for network in networks
        ],
    )


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show one network's profile: fees, caps, confirmations, explorer.

    Example: onetonne network show sepolia
    """
    from onetonne.networks import named

    network = named(name, session_of(context).home)
    if as_json:
        show_json(_document(network))
        return
    facts(
        {
            "Name": network.name,
            "Title": network.title,
            "Chain id": network.chain_id,
            "Kind": network.kind,
            "Coin": network.coin,
            "Node's URL in": network.variable,
            "Least tip": f"{network.tip_floor / _GWEI:g} gwei",
            "Fee cap": f"{network.fee_cap / _GWEI:g} gwei" if network.fee_cap else "none",
            "Gas cap": f"{network.gas_cap:,}",
            "Confirmations": network.confirmations,
            "Finality": network.finality if network.finality == "finalized" else f"{network.finality} blocks",
            "Explorer": network.explorer,
            "Testnet": network.testnet,
        }
    )


@app.command()
def check(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Ask a network's node what this program needs of it: chain id, head, fees, pending and finalized state.

    The URL is --rpc, else what the network's variable has. Ends with 1 where the node is of another chain.

    Example: onetonne network check sepolia
    """
    from onetonne.chain import connect
    from onetonne.networks import named

    session = session_of(context)
    network = named(name, session.home)
    chain = connect(session.rpc_of(network), network.chain_id, home=session.home, network=network)
    found = _found(chain)
    if as_json:
        show_json({"network": network.name, "chain_id": chain.chain_id, **found})
    else:
        facts(
            {"Network": network.title, "Chain id": chain.chain_id, **{_words(k): v for k, v in found.items()}}
        )


def _found(chain: Chain) -> dict[str, object]:
    head = chain.block("latest")
    found: dict[str, object] = {"head": head.number, "head_age_seconds": max(0, int(time.time()) - head.time)}
    for tag in ("finalized", "pending"):
        try:
            found[f"{tag}_state"] = chain.node.request("eth_getBlockByNumber", tag, False) is not None
        except (NodeRefused, ChainError):
            found[f"{tag}_state"] = False
    found["gas_price_gwei"] = chain.node.integer("eth_gasPrice") / _GWEI
    try:
        found["client"] = "".join(c for c in str(chain.node.request("web3_clientVersion")) if c.isprintable())
    except NodeRefused:
        found["client"] = None
    return found


def _document(network: Network) -> dict[str, object]:
    return {**asdict(network), "rpc": network.variable, "rpc_is_set": bool(os.environ.get(network.variable))}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
