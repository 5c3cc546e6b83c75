"""One run of `onetonne.registries.check`, measured."""

import json
import resource
import sys
import time

from onetonne.registries import check


def main(path: str) -> None:
    began, spent = time.perf_counter(), time.process_time()
    report = check([path])
    measured = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - spent,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": {"rows": report.rows, "refused": report.refused, "live tonnes": report.tonnes.live},
    }
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
