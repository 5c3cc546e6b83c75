"""Where a buyer keeps the text behind a retirement's hash: a file named by the hash, in the home."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from onetonne.chain import Signer
from onetonne.chain.journal import fingerprint
from onetonne.errors import FileError
from onetonne.home import details_folder
from onetonne.ledger import Ledger
from onetonne.ledger.results import Retired
from onetonne.terms import Address, Lot, Purpose, RetirementDetails

_TAKEN = "it is there already, and may hold another retirement's; name another"


def keep(home: Path, details: RetirementDetails, path: Path | None = None) -> Path:
    """Writes the details before they are retired with: a hash whose text is lost proves nothing.

    To `path`, else where `kept` finds it. Raises `FileError`, also where the file is there already.
    """
    place = path or _place(home, details.hash())
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = _create(place)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(details.text() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise FileError(place, f"the details can't be kept in it ({problem.strerror})") from problem
    return place


def keep_again(home: Path, details: RetirementDetails) -> Path:
    """As `keep`, in the home; what an earlier try left there may stay. Raises `FileError`."""
    place = _place(home, details.hash())
    try:
        whole = place.read_text(encoding="utf-8") == details.text() + "\n"
        if not whole:
            place.unlink()  # cut off while it was written
    except FileNotFoundError:
        whole = False
    except OSError as problem:
        raise FileError(place, f"the details can't be kept in it ({problem.strerror})") from problem
    return place if whole else keep(home, details)


def kept(home: Path, details_hash: bytes) -> Path | None:
    """The file with the text behind a hash; None where it is not in the home."""
    place = _place(home, details_hash)
    return place if place.exists() else None


def _create(place: Path) -> int:
    """Readable by its owner only, from the beginning."""
    try:
        return os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise FileError(place, _TAKEN) from problem


def _place(home: Path, details_hash: bytes) -> Path:
    return details_folder(home) / f"0x{details_hash.hex()}.json"


def retire_keeping(
    ledger: Ledger,
    home: Path,
    lots: Sequence[Lot],
    beneficiary: str,
    details: RetirementDetails,
    purpose: Purpose = Purpose.VOLUNTARY,
    *,
    signer: Signer,
    holder: Address | None = None,
    path: Path | None = None,
    intent: str | None = None,
) -> tuple[Retired, Path]:
    """Retires with the hash of the details, salted so that nobody can guess them, and keeps their text.

    The text is written down with the transaction before that is sent: where the program is killed between,
    the file is made by whatever looks the transaction up. A refused retirement leaves none. `intent` tells
    the same retirement, which has another salt each time. Errors as `Ledger.retire` and `keep`.
    """
    intent = intent or fingerprint("retire", lots, beneficiary, details.text(), purpose, holder)
    ledger.chain.outbox.begin(signer.address, intent)
    salted = details.salted(secrets.token_hex(16))
    arguments = (lots, beneficiary, purpose, salted)
    ledger.retire(*arguments, signer=signer, holder=holder, dry_run=True)
    place = path or _place(home, salted.hash())
    if place.exists():
        raise FileError(place, _TAKEN)
    file = (place, salted.text() + "\n")
    return ledger.retire(*arguments, signer=signer, holder=holder, intent=intent, file=file), place
