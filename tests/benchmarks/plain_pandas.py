"""The check of `onetonne registry check`, written plainly with pandas, as one would in a notebook.

Same file, same questions: can the serial be read, is the quantity the size of the block, do vintage, project
and dates agree, is a block there twice, which blocks overlap. `make bench` runs it in an environment of its
own.
"""

import json
import resource
import sys
import time

import pandas as pd

SERIAL = (
    r"^(?P<batch>\d+)-(?P<first>\d+)-(?P<last>\d+)-(?P<family>VCS-VCU|VCU)-(?P<vvb>\d+)-(?P<issuer>[A-Z0-9]{3})-"
    r"(?P<country>[A-Z]{2})-(?:(?P<scope>\d+)-)?(?P<project>\d+)-(?P<start>\d{8})-(?P<end>\d{8})-(?P<flag>[01])$"
)


def check(path: str) -> dict[str, int]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    serial = table["Serial Number"].str.strip().str.extract(SERIAL)
    quantity = pd.to_numeric(table["Quantity Issued"].str.replace(",", ""), errors="coerce")
    first = pd.to_numeric(serial["first"], errors="coerce")
    last = pd.to_numeric(serial["last"], errors="coerce")
    issued = pd.to_datetime(table["Issuance Date"], format="ISO8601", errors="coerce")
    ended = pd.to_datetime(table["Retirement/Cancellation Date"], format="ISO8601", errors="coerce")
    start = pd.to_datetime(table["Vintage Start"], format="ISO8601", errors="coerce")
    end = pd.to_datetime(table["Vintage End"], format="ISO8601", errors="coerce")
    said_start = pd.to_datetime(serial["start"], format="%d%m%Y", errors="coerce")
    said_end = pd.to_datetime(serial["end"], format="%d%m%Y", errors="coerce")
    reason = table["Retirement Reason"].str.lower()
    details = table["Retirement Details"].str.lower()
    cancelled = reason.str.contains("cancel|conver|reversal") | (
        reason.str.contains("corsia") & details.str.contains("cancel")
    )
    email = details.str.contains(r"\S+@\S+\.\S+")

    found = {
        "rows": len(table),
        "unparseable": int(first.isna().sum()),
        "reversed": int((last < first).sum()),
        "bad quantity": int((quantity.isna() | (quantity <= 0)).sum()),
        "mismatch": int((quantity != last - first + 1).sum()),
        "vintage": int(((start != said_start) | (end != said_end)).sum()),
        "project": int((table["ID"] != serial["project"]).sum()),
        "dates": int((issued.isna() | (ended < issued) | (end < start)).sum()),
        "cancelled": int(cancelled.sum()),
        "live tonnes": int(quantity[ended.isna() & ~cancelled].sum()),
        "e-mails": int(email.sum()),
    }
    blocks = pd.DataFrame({"family": serial["family"], "first": first, "last": last})
    blocks = blocks[quantity == last - first + 1]
    found["duplicates"] = int(blocks.duplicated().sum())
    blocks = blocks.drop_duplicates().sort_values(["family", "first", "last"])
    pairs = 0
    for _, group in blocks.groupby("family"):
        open_until = -1
        for block in group.itertuples():
            pairs += block.first <= open_until
            open_until = max(open_until, block.last)
    found["overlaps"] = pairs
    return found


if __name__ == "__main__":
    began, spent = time.perf_counter(), time.process_time()
    result = check(sys.argv[1])
    json.dump(
        {
            "seconds": time.perf_counter() - began,
            "processor": time.process_time() - spent,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "found": result,
        },
        sys.stdout,
    )
