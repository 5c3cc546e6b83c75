"""What a credit is good for: labels, computed from dated entries (I9), and which claims are open (I8).

`histories` reads what was said, `evaluation` is the plain-Python twin of the contract `Labels`, `explaining`
puts an answer into words; `tables` are the shipped lists of who approved what, and `applying` brings a chain
up to one.

    histories = Histories.read(index)
    evaluate(histories, batch, "CCP", time).missing
    labels_of(histories, batch, time)
"""

from onetonne.labels.evaluation import HeldLabel, Refusal, Verdict, evaluate, labels_of, refusal, use_of
from onetonne.labels.histories import Histories

__all__ = ["HeldLabel", "Histories", "Refusal", "Verdict", "evaluate", "labels_of", "refusal", "use_of"]
