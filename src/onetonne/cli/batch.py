"""`onetonne batch` and `onetonne holdings`: what was issued, and who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.buying import (
    PolicyFile,
    Required,
    ShowAll,
    against,
    demanded,
    facts_of,
    fallen_out,
    labels_in_words,
    over_issued_in_words,
    standing,
)
from onetonne.cli.files import Format, FormatWord, Out, format_of, write, write_document
from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, moment, plain, say, show_json, table, tonnes
from onetonne.cli.selecting import (
    IN_A_TABLE,
    Dates,
    Limit,
    OfBatch,
    OfCountry,
    OfProgramme,
    OfProject,
    OfVintage,
    days_of,
    origin,
    say_how_many,
)
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput
from onetonne.terms import Address, BatchId, FreezeScope, Holding, format_quantity

if TYPE_CHECKING:
    from onetonne.index import Found
    from onetonne.policy import BatchFacts, Facts, Policy

_COLUMNS = ("account", "batch", "programme", "project", "vintage_year", "kilograms")

app = typer.Typer(
    no_args_is_help=True, help="List and show batches: one issuance, one block of serial numbers."
)


@app.command("list")
def list_(
    context: typer.Context,
    policy_file: PolicyFile = None,
    require: Required = None,
    show_all: ShowAll = False,
    programme: OfProgramme = None,
    project: OfProject = None,
    vintage: OfVintage = None,
    country: OfCountry = None,
    dates: Dates = None,
    limit: Limit = None,
    format_: Format = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List batches, all or those that a policy admits: what is left of each, and its labels.

    --dates are those of the issuance. CSV and Parquet have the columns of the SQL view `batch_list`.

    Example: onetonne batch list --programme VCS --vintage 2020..2022 --label CCP
    """
    spoken, session = format_of(format_, out, as_json), session_of(context)
    wanted = replace(origin(session, programme, project, vintage, country), days=days_of(dates))
    policy, found = demanded(session, policy_file, require, wanted)
    judged = [(one, _reasons(one, found, policy)) for one in found.all()]
    all_shown = [(one, reasons) for one, reasons in judged if show_all or not reasons]
    shown = all_shown[: limit or (IN_A_TABLE if spoken is FormatWord.TABLE else None)]
    if spoken is FormatWord.JSON:
        records = ({**plain(one.batch), **standing(one), **_verdict(policy, why)} for one, why in shown)
        write_document(list(records), out)
        return
    if spoken is not FormatWord.TABLE:
        with session.index.found("batch_list", wanted) as rows:
            write(_labelled(rows, [one for one, _ in shown]), spoken, out)
        return
    table(
        [
            "Id>",
            "Project",
            "Vintage",
            "Serial prefix",
            "First>",
            "Last>",
            "Issued, t>",
            "In circulation, t>",
            "Labels~",
            "Against it~",
            *(["Falls out~"] if policy and show_all else []),
        ],
        [
            (
                one.batch.id,
                f"{one.programme}:{one.project}",
                one.batch.vintage_year,
                one.batch.prefix,
                one.batch.first,
                one.batch.last,
                tonnes(one.batch.issued),
                tonnes(one.batch.in_circulation),
                labels_in_words(one.labels, left=one.authorised_left),
                against(one),
                *(["; ".join(reasons)] if policy and show_all else []),
            )
            for one, reasons in shown
        ],
    )
    say_how_many(len(shown), len(all_shown), "batches")
    say(*([] if show_all else fallen_out(reasons for _, reasons in judged)))


@app.command()
def show(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    as_json: AsJson = False,
) -> None:
    """Show a batch: its serial numbers, where they come from, where they went, and its labels now.

    Example: onetonne batch show 3
    """
    from onetonne.index import Selection

    session = session_of(context)
    session.ledger.batch(BatchId(batch))  # refuses an unknown one in the contract's words
    found = facts_of(session, Selection(batch=BatchId(batch))).of(BatchId(batch))
    if as_json:
        show_json({**plain(found.batch), **standing(found)})
    else:
        facts(_facts(found))


def holdings(
    context: typer.Context,
    account: Annotated[
        str | None,
        typer.Argument(metavar="[ACCOUNT]", help="Name of a keystore, or address; else every key here."),
    ] = None,
    policy_file: PolicyFile = None,
    require: Required = None,
    show_all: ShowAll = False,
    batch: OfBatch = None,
    programme: OfProgramme = None,
    project: OfProject = None,
    vintage: OfVintage = None,
    limit: Limit = None,
    format_: Format = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Show what an account holds, batch by batch, or what all accounts on this machine hold.

    With a policy, only what it admits. With --batch and no account, who holds it, whoever that is.
    CSV and Parquet have the columns of the SQL view `holding_list`.

    Example: onetonne holdings airline --policy policy.toml
    """
    from onetonne.index import Found

    spoken, session = format_of(format_, out, as_json), session_of(context)
    wanted = replace(
        origin(session, programme, project, vintage), batch=BatchId(batch) if batch is not None else None
    )
    anybody = batch is not None and account is None
    addresses = [None] if anybody else accounts_of(session, account)
    policy, found = demanded(session, policy_file, require, replace(wanted, account=_only(addresses)))
    held = [one for address in addresses for one in session.index.held(replace(wanted, account=address))]
    judged = [(one, _reasons(found.of(one.batch), found, policy, one.account)) for one in held]
    all_shown = [(one, reasons) for one, reasons in judged if show_all or not reasons]
    shown = all_shown[: limit or (IN_A_TABLE if spoken is FormatWord.TABLE else None)]
    if spoken is FormatWord.JSON:
        records = [_holding(session, found, one, policy, reasons) for one, reasons in shown]
        write_document(records, out)
        return
    if spoken is not FormatWord.TABLE:
        write(Found(_COLUMNS, (_flat(found, one) for one, _ in shown)), spoken, out)
        return
    table(
        [
            "Account",
            "Batch>",
            "Project",
            "Vintage",
            "Tonnes>",
            "Frozen, t>",
            "Labels~",
            "Against it~",
            *(["Falls out~"] if policy and show_all else []),
        ],
        [
            (
                *_held(session, found, one),
                *(["; ".join(reasons)] if policy and show_all else []),
            )
            for one, reasons in shown
        ],
    )
    say_how_many(len(shown), len(all_shown), "holdings")
    say(f"In all {tonnes(sum(one.kilograms for one, _ in all_shown))} t.")
    say(*([] if show_all else fallen_out(reasons for _, reasons in judged)))


def accounts_of(session: Session, account: str | None) -> list[Address]:
    """The one that is named, else every key here. Raises `BadInput` where there is none."""
    addresses = [session.account(account)] if account else list(session.names)
    if not addresses:
        raise BadInput(
            "There are no keys on this machine: name an account, or make one with `onetonne account new`."
        )
    return addresses


def _labelled(found: Found, batches: Sequence[BatchFacts]) -> Found:
    """The view's rows of these batches, with their labels."""
    from onetonne.index import Found

    labels = {one.batch.id: labels_in_words(one.labels, left=one.authorised_left) for one in batches}
    rows = ((*row, labels[row.batch]) for row in found.rows if row.batch in labels)
    return Found((*found.columns, "labels"), rows)


def _only(addresses: Sequence[Address | None]) -> Address | None:
    """Whose batches are needed: where one account is asked for, no others are read."""
    return addresses[0] if len(addresses) == 1 else None


def _flat(found: Facts, one: Holding) -> tuple[object, ...]:
    facts = found.of(one.batch)
    return (one.account, one.batch, facts.programme, facts.project, facts.batch.vintage_year, one.kilograms)


def _reasons(
    one: BatchFacts, found: Facts, policy: Policy | None, account: Address | None = None
) -> tuple[str, ...]:
    """Why a batch falls out of a policy, in an account's hands."""
    from onetonne.policy import frozen_in_words

    if policy is None:
        return ()
    reasons = policy.admits(one, found.today)
    if policy.exclude_frozen and account in found.frozen_accounts:
        reasons.append(frozen_in_words([FreezeScope.ACCOUNT]))
    return tuple(reasons)


def _verdict(policy: Policy | None, reasons: tuple[str, ...]) -> dict[str, object]:
    return {} if policy is None else {"admitted": not reasons, "reasons": reasons}


def _frozen_besides(found: Facts, account: Address) -> list[FreezeScope]:
    return [FreezeScope.ACCOUNT] if account in found.frozen_accounts else []


def _held(session: Session, found: Facts, holding: Holding) -> tuple[object, ...]:
    one = found.of(holding.batch)
    return (
        session.short(holding.account),
        holding.batch,
        f"{one.programme}:{one.project}",
        one.batch.vintage_year,
        tonnes(holding.kilograms),
        tonnes(holding.frozen) if holding.frozen else "",
        labels_in_words(one.labels, left=one.authorised_left),
        against(one, *_frozen_besides(found, holding.account)),
    )


def _holding(
    session: Session, found: Facts, holding: Holding, policy: Policy | None, reasons: tuple[str, ...]
) -> dict[str, object]:
    one = found.of(holding.batch)
    return {
        **plain(holding),
        "name": session.names.get(holding.account),
        "vintage_year": one.batch.vintage_year,
        **standing(one),
        "frozen_by": [*one.frozen, *_frozen_besides(found, holding.account)],
        **_verdict(policy, reasons),
    }


def _facts(found: BatchFacts) -> dict[str, object]:
    from onetonne.policy import frozen_in_words

    batch = found.batch
    return {
        "Batch": batch.id,
        "Serial numbers": f"{batch.prefix} {batch.first} to {batch.last}",
        "Vintage": f"{batch.vintage_year} ({batch.vintage_start} to {batch.vintage_end})",
        "Programme": f"{found.programme} ({batch.programme})",
        "Project": f"{found.project} ({batch.project})",
        "Country": found.country,
        "Methodology": f"{found.methodology} ({batch.methodology})",
        "Verification": batch.verification,
        "Issued": f"{format_quantity(batch.issued)} on {moment(batch.issued_at)}",
        "Retired": format_quantity(batch.retired),
        "Cancelled": format_quantity(batch.cancelled),
        "Redeemed": format_quantity(batch.redeemed),
        "In circulation": format_quantity(batch.in_circulation),
        "Labels": labels_in_words(found.labels, none="none", left=found.authorised_left),
        "Over-issued": over_issued_in_words(found.over_issued) if found.over_issued else None,
        "Frozen": frozen_in_words(found.frozen).removeprefix("frozen: "),
    }
