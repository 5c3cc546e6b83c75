"""`onetonne account`: keys on this machine, by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer

from onetonne.cli.against import frozen_accounts
from onetonne.cli.options import AsJson
from onetonne.cli.output import say, show_json, table
from onetonne.cli.session import mnemonic, passphrase, session_of
from onetonne.errors import BadInput, ChainError
from onetonne.terms import Address

app = typer.Typer(no_args_is_help=True, help="Make and list keys, kept encrypted on this machine.")

_WEI_PER_ETHER = 10**18
_NAME = typer.Argument(metavar="NAME", help="Small letters, digits, hyphens and underscores.")


@app.command()
def new(context: typer.Context, name: Annotated[str, _NAME], as_json: AsJson = False) -> None:
    """Make a key and keep it encrypted under a passphrase; on the local chain, also give it gas to spend.

    The passphrase is asked for, or read from the file that ONETONNE_PASSPHRASE_FILE names, or from
    ONETONNE_PASSPHRASE. Without it the key is lost: nobody can restore it.

    Example: onetonne account new airline
    """
    from onetonne.chain import keystores

    session = session_of(context)
    address = keystores.create(session.home, name, passphrase(f"Passphrase for {name}", confirm=True)).address
    funded = session.is_local
    if funded:
        session.local.fund(address)
    if as_json:
        show_json({"name": name, "address": address, "funded": funded})
        return
    say(f"Account {name} is {address}.")
    if funded:
        say("It holds gas money on the local chain.")
    else:
        say("It holds nothing yet: send it gas money before it signs.")


@app.command("import")
def import_(
    context: typer.Context,
    name: Annotated[str, _NAME],
    of_mnemonic: Annotated[
        bool,
        typer.Option("--mnemonic", help="Ask for a mnemonic, or read it from ONETONNE_MNEMONIC_FILE."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a private key as a keystore, encrypted under a passphrase: that in ONETONNE_KEY, or a mnemonic's.

    A mnemonic's account is its first, or the one at ONETONNE_DERIVATION_PATH. Take the key or the mnemonic
    out of the environment afterwards: from then on --from NAME signs.

    Example: onetonne account import treasury
    """
    from onetonne.chain import keystores, signer_from_env
    from onetonne.chain.signing import derivation_path, signer_from_mnemonic

    session = session_of(context)
    signer = signer_from_mnemonic(mnemonic(), derivation_path()) if of_mnemonic else signer_from_env()
    secret = passphrase(f"Passphrase for {name}", confirm=True)
    address = keystores.add(session.home, name, signer, secret).address
    if as_json:
        show_json({"name": name, "address": address})
    else:
        say(f"Account {name} is {address}.")


@app.command("list")
def list_(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Also the keystores of geth, brownie, cast and ape.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the keys on this machine: names and addresses, never the keys; and which are frozen on the chain.

    Example: onetonne account list
    """
    from onetonne.chain import keystores

    session = session_of(context)
    listed = [*keystores.names(session.home), *(keystores.elsewhere() if every else ())]
    frozen = frozen_accounts(session, [keystore.address for keystore in listed if keystore.address])
    if as_json:
        show_json(
            [
                {
                    "name": keystore.name,
                    "address": keystore.address,
                    "frozen": frozen.get(keystore.address) if keystore.address else None,
                }
                for keystore in listed
            ]
        )
        return
    table(
        ["Name", "Address", *(["Against it"] if any(frozen.values()) else [])],
        [
            (
                keystore.name,
                keystore.address or "not in the file",
                *([_frozen_word(keystore.address, frozen)] if any(frozen.values()) else []),
            )
            for keystore in listed
        ],
    )


def _frozen_word(address: Address | None, frozen: dict[Address, bool]) -> str:
    return "frozen" if address is not None and frozen.get(address) else ""


@app.command()
def fund(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Name of a keystore, or an address.")],
    ether: Annotated[
        str, typer.Option("--ether", metavar="NUMBER", help="What it holds from then on.")
    ] = "1000",
    as_json: AsJson = False,
) -> None:
    """Set what an account holds for gas on the local chain; on no other chain can anyone do that.

    Example: onetonne account fund airline --ether 10
    """
    session = session_of(context)
    address = session.account(account)
    if not session.is_local:
        raise ChainError(
            "Accounts can only be funded on the local chain, and another one is in use: "
            "send the account some of that chain's own coin."
        )
    wei = _wei(ether)
    session.local.fund(address, wei)
    if as_json:
        show_json({"address": address, "wei": wei})
    else:
        say(f"Account {address} holds {ether} ETH on the local chain.")


def _wei(ether: str) -> int:
    try:
        wei = Decimal(ether) * _WEI_PER_ETHER
    except ArithmeticError:
        wei = Decimal(-1)
    if not 0 <= wei < 2**96 or wei != wei.to_integral_value():
        raise BadInput(f"{ether!r} is no amount of ether: write a number such as 10 or 0.5.")
    return int(wei)
