"""What the clients were told, to be held against what is there in the end."""
import math
import threading
from collections import Counter
from dataclasses import dataclass, field


class Broken(Exception):
    """A promise is broken: what the oracle is for."""


@dataclass
class Transaction:
    """A transaction whose effect counts, or may.

    Its fate is committed, undone, prepared, or unknown: the connection was
    lost before the answer came.  The connection's name is on all it wrote.
    """
    connection: str
    txid: str | None
    fate: str
    said: list                      # the statements
    shown: list                     # (table, row) that came back
    began: float                    # when it was begun
    ended: float = math.inf         # when its end was acknowledged
    gid: str | None = None          # its name, if it was prepared
    call: tuple | None = None       # the function that it is, and its arguments, if it is nothing else


@dataclass
class Journal:
    transactions: list = field(default_factory=list)
    outcomes: Counter = field(default_factory=Counter)
    problems: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, transaction):
        with self.lock:
            self.transactions.append(transaction)

    def count(self, name, outcome):
        with self.lock:
            self.outcomes[name, outcome] += 1

    def complain(self, problem, said):
        with self.lock:
            self.problems.append((problem, list(said)))
