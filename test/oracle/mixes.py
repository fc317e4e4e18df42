"""Which operations are mixed, and how: the stricter the mix, the less may refuse them.

Functions alone, and statements that write one row, never meet a deadlock;
without webhooks, READ COMMITTED never meets 40001 but at a collection.
"""
from dataclasses import dataclass

from statements import STATEMENTS
from verbs import VERBS


@dataclass
class Mix:
    name: str
    kinds: dict                     # of transactions, with their weights
    has_webhooks: bool = False
    has_deadlocks: bool = False

    def __post_init__(self):
        self.functions = [verb for verb in VERBS if self.has_webhooks or verb.group != 'webhook']
        self.statements = [statement for statement in STATEMENTS if not statement.many]
        self.several = [statement for statement in STATEMENTS if statement.many]
        self.of_a_cart = [verb for verb in self.functions if verb.group == 'checkout']
        self.all = VERBS + STATEMENTS


EVERYTHING = Mix('everything', {'function': 3, 'statement': 2, 'several': 2, 'ordered': 1, 'any': 3},
                 has_webhooks=True, has_deadlocks=True)
MIXES = [
    Mix('functions', {'function': 9, 'ordered': 1}),
    Mix('statements', {'function': 5, 'statement': 5}),
    Mix('webhooks', {'function': 1}, has_webhooks=True),
    EVERYTHING,
]
