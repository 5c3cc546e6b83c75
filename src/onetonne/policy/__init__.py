"""What a buyer wants of credits: a policy's file, what it admits and why not the rest, and lots to retire.

facts = Facts.read(index, head)
policy = read_policy("policy.toml").requiring(["CCP"])
policy.admits(facts.of(batch), facts.today)         # the reasons why not
pick(holdings, facts, policy, kilograms, Purpose.VOLUNTARY, "airline")
"""

from onetonne.policy.facts import BatchFacts, Facts
from onetonne.policy.files import read_policy
from onetonne.policy.picking import MOST_LOTS, Excluded, Planned, pick, pick_any_number, reasons_against
from onetonne.policy.rules import ANY, Choice, Policy, frozen_in_words

__all__ = [
    "ANY",
    "MOST_LOTS",
    "BatchFacts",
    "Choice",
    "Excluded",
    "Facts",
    "Planned",
    "Policy",
    "frozen_in_words",
    "pick",
    "pick_any_number",
    "read_policy",
    "reasons_against",
]
