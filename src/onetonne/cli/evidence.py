"""`onetonne evidence`: monitoring data as one hash, and the proof that an item is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, parse_hash
from onetonne.cli.output import facts, progress, say, show_json, waiting
from onetonne.cli.root import Misuse
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput
from onetonne.terms import VerificationId

if TYPE_CHECKING:
    from onetonne.evidence import Evidence, Proof

app = typer.Typer(
    no_args_is_help=True, help="Hash monitoring data into one root, and prove that an item is in it."
)

_MOST_YEARS = 12


@app.command("hash")
def hash_(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Files and folders; names are relative to the folder."),
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", metavar="FILE", help="Instead: a CSV file, row by row.")
    ] = None,
    tree: Annotated[
        Path | None,
        typer.Option("--tree", metavar="FILE", help="Where to write the tree, from which `prove` proves."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hash files, or the rows of a table, into one Merkle root: what `verify propose --data-root` takes.

    The same data always give the same root, on every machine. Contracts can check a proof against it with
    OpenZeppelin's MerkleProof.

    Example: onetonne evidence hash monitoring-2024 --tree tree.json
    """
    from onetonne import evidence

    if bool(paths) == (rows is not None):
        raise Misuse("Give either PATH once or more, or --rows FILE.")
    with progress("Hashing", hidden=as_json) as advance:
        found = evidence.of_rows(rows, advance) if rows else evidence.of_files(paths or [], advance)
    if tree is not None:
        tree.write_text(found.text(), encoding="utf-8")
    if as_json:
        show_json({"root": found.root, "items": len(found.items), "years": found.years, "tree": tree})
        return
    facts(
        {
            "Root": f"0x{found.root.hex()}",
            "Rows" if rows else "Files": f"{len(found.items):,}",
            "Years covered": _years(found),
            "Tree": tree,
        }
    )


@app.command()
def prove(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A file's name, or a row's number.")],
    tree: Annotated[Path, typer.Option("--tree", metavar="FILE", help="What `evidence hash --tree` wrote.")],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to write the proof; else printed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that one item is in the data, without showing the rest. The proof is a JSON document.

    Example: onetonne evidence prove 17 --tree tree.json
    """
    from onetonne import evidence

    with waiting("Reading the tree", hidden=as_json):
        proof = evidence.read_tree(tree).prove(item)
    if output is None:
        show_json(proof.document())
        return
    output.write_text(json.dumps(proof.document(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        show_json({"file": output, "root": proof.root})
    else:
        say(f"{_named(proof)}: its proof is in {output}, and leads to root 0x{proof.root.hex()}.")


@app.command()
def check(
    context: typer.Context,
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="What `evidence prove` wrote.")],
    root: Annotated[
        str | None, typer.Option("--root", metavar="0x...", help="The root that it must lead to.")
    ] = None,
    verification: Annotated[
        int | None,
        typer.Option("--verification", min=1, help="Instead: a verification on chain, which has the root."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="The proven file itself: its content is compared too."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a proof against a root, or against the one of a verification on chain. Exit code 1 if it fails.

    Example: onetonne evidence check proof.json --verification 3
    """
    from onetonne import evidence

    if (root is None) == (verification is None):
        raise Misuse("Give either --root 0x... or --verification ID: what the proof must lead to.")
    given = evidence.read_proof(proof)
    wanted = parse_hash(root, "Root") if root else _root_on_chain(session_of(context), verification or 0)
    problem = _problem(given, wanted, file)
    where = f"verification {verification} names" if verification else f"root 0x{wanted.hex()} is of"
    if as_json:
        show_json({**given.document(), "expected_root": wanted, "passed": problem is None})
    else:
        say(problem or f"{_named(given)} is in the data that {where}.")
    if problem:
        raise typer.Exit(1)


def _problem(proof: Proof, wanted: bytes, file: Path | None) -> str | None:
    """What is wrong with a proof; None where nothing is."""
    from onetonne import evidence
    from onetonne.evidence import FileItem

    if proof.root != wanted:
        return (
            f"{_named(proof)} is not proven: the proof leads to root 0x{proof.root.hex()}, "
            f"not to 0x{wanted.hex()}."
        )
    if file is None:
        return None
    if not isinstance(proof.item, FileItem):
        raise Misuse("--file is for the proof of a file, and this one is of a row.")
    if evidence.hash_of(file) != proof.item.content:
        return f"File {file} is not the one that is proven: its content is another."
    return None


def _root_on_chain(session: Session, verification: int) -> bytes:
    root = session.ledger.verification(VerificationId(verification)).data_root
    if not any(root):
        raise BadInput(f"Verification {verification} names no root of monitoring data on chain.")
    return root


def _named(proof: Proof) -> str:
    from onetonne.evidence import FileItem

    kind = "File" if isinstance(proof.item, FileItem) else "Row"
    return f"{kind} {proof.item.key}"


def _years(found: Evidence) -> str | None:
    if not found.years:
        return None
    if len(found.years) > _MOST_YEARS:
        return f"{len(found.years)} years from {found.years[0]} to {found.years[-1]}"
    return ", ".join(map(str, found.years))
