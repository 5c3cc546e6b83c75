"""`onetonne network`: chains by name, and whether their nodes are fit for use."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, say, show_json, table
from onetonne.cli.root import Misuse
from onetonne.cli.session import session_of
from onetonne.errors import NodeRefused, NodeUnreachable

if TYPE_CHECKING:
    from onetonne.chain import Chain
    from onetonne.networks import Network

app = typer.Typer(
    no_args_is_help=True, help="List the networks that are known by name, and check their nodes."
)

_GWEI = 10**9
_RANGES = (10_000, 2_000, 1_000, 500, 100, 10, 1)
"""Blocks, as providers limit requests for logs."""
_NOBODY = "0x000000000000000000000000000000000000dEaD"
"""Has no logs to answer with."""
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
def add(
    context: typer.Context,
    name: Name,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="For people.")] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="ethereum, op-stack or arbitrum.")
    ] = "ethereum",
    coin: Annotated[str, typer.Option("--coin", metavar="SYMBOL", help="What fees are paid in.")] = "ETH",
    tip_floor: Annotated[
        float | None, typer.Option("--tip-floor", metavar="GWEI", help="Least tip, gwei for a unit of gas.")
    ] = None,
    fee_cap: Annotated[
        float | None, typer.Option("--fee-cap", metavar="GWEI", help="Highest price, gwei for a unit of gas.")
    ] = None,
    confirmations: Annotated[
        int | None, typer.Option("--confirmations", metavar="NUMBER", help="Blocks until it is done.")
    ] = None,
    finality: Annotated[
        str | None,
        typer.Option("--finality", metavar="finalized|NUMBER", help="The node's tag, or blocks after it."),
    ] = None,
    variable: Annotated[
        str | None,
        typer.Option("--rpc-variable", metavar="NAME", help="Environment's variable with the node's URL."),
    ] = None,
    explorer: Annotated[
        str | None, typer.Option("--explorer", metavar="URL", help="Web pages of its blocks.")
    ] = None,
    testnet: Annotated[bool, typer.Option("--testnet", help="Its coin has no value.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a network to the home's networks.toml. It takes the place of a shipped one by the same name.

    The id is the --chain-id of all commands. The URL of its node belongs in the environment: it often holds
    a key.

    Example: onetonne network add gnosis --chain-id 100 --coin XDAI --fee-cap 100
    """
    from onetonne import networks

    session = session_of(context)
    if session.expected_chain_id is None:
        raise Misuse("Missing the id of the network's chain: give --chain-id NUMBER.")
    blocks = int(finality) if finality is not None and finality.isdecimal() else finality
    members = {
        "title": title or name,
        "chain_id": session.expected_chain_id,
        "kind": kind,
        "coin": coin,
        "tip_floor": tip_floor,
        "fee_cap": fee_cap,
        "confirmations": confirmations,
        "finality": blocks,
        "rpc": variable,
        "explorer": explorer,
        "testnet": testnet or None,
    }
    given = {member: value for member, value in members.items() if value is not None}
    network = networks.add(session.home, name, given)
    if as_json:
        show_json(_document(network))
    else:
        say(f"Network {name} is chain {network.chain_id}; the URL of its node belongs in {network.variable}.")


@app.command()
def check(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Without it, the network in use.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a network's node for its chain id, head, fees, pending and finalized state, and range of logs.

    The URL is --rpc, else what the network's variable has. Ends with 1 where the node serves another chain,
    or does not answer.

    Example: onetonne network check sepolia
    """
    session = session_of(context)
    if name is not None:
        session.network_name = name
    chain = session.connected()
    found = _found(chain)
    if as_json:
        show_json({"network": chain.network.name, "chain_id": chain.chain_id, **found})
        return
    facts(
        {
            "Network": chain.network.title,
            "Chain id": chain.chain_id,
            **{_words(key): value for key, value in found.items()},
        }
    )


def _found(chain: Chain) -> dict[str, object]:
    node = chain.node
    header = node.request("eth_getBlockByNumber", "latest", False)
    with node.reading("eth_getBlockByNumber"):
        head, head_time = int(header["number"], 16), int(header["timestamp"], 16)
        base_fee = int(header["baseFeePerGas"], 16) if "baseFeePerGas" in header else None
    return {
        "head": head,
        "head_age_seconds": max(0, int(time.time()) - head_time),
        **{f"{tag}_state": _has_state(chain, tag) for tag in ("finalized", "pending")},
        "base_fee_gwei": base_fee / _GWEI if base_fee is not None else None,
        "tip_gwei": _tip(chain),
        "gas_price_gwei": node.integer("eth_gasPrice") / _GWEI,
        "logs_range_blocks": _logs_range(chain, head),
        "client": _client(chain),
    }


def _has_state(chain: Chain, tag: str) -> bool:
    try:
        return chain.node.request("eth_getBlockByNumber", tag, False) is not None
    except NodeRefused:
        return False


def _tip(chain: Chain) -> float | None:
    try:
        return chain.node.integer("eth_maxPriorityFeePerGas") / _GWEI
    except NodeRefused:
        return None


def _logs_range(chain: Chain, head: int) -> int:
    """Return how many of the last blocks the node searches for logs in one request; 0 if it refuses all."""
    for size in _RANGES:
        first = max(0, head - size + 1)
        asked = {"address": _NOBODY, "fromBlock": hex(first), "toBlock": hex(head)}
        try:
            chain.node.request("eth_getLogs", asked)
        except (NodeRefused, NodeUnreachable):
            continue
        return head - first + 1
    return 0


def _client(chain: Chain) -> str | None:
    try:
        version = str(chain.node.request("web3_clientVersion"))
    except NodeRefused:
        return None
    return "".join(character for character in version if character.isprintable())


def _document(network: Network) -> dict[str, object]:
    return {**asdict(network), "rpc": network.variable, "rpc_is_set": bool(os.environ.get(network.variable))}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
