"""The log: what each transaction has written, in the order of their commits, from the WAL.

test_decoding tells it as text; here it becomes what to_jsonb() makes of the
rows, so that it compares with what the clients are shown.
"""
import json
import re
from dataclasses import dataclass
from datetime import datetime

COLUMN = re.compile(r" \"?(\w+)\"?\[([^]]+)\]:('(?:[^']|'')*'|\S+)")
CHANGE = re.compile(r'table paysession\.(\w+): (INSERT|UPDATE|DELETE):')
COMMIT = re.compile(r'COMMIT (\d+) \(at (.*)\)')


@dataclass
class Logged:
    """A transaction, and what it has written: (table, whether it was removed, row or key)."""
    txid: str
    at: datetime                    # when it committed
    changes: list
    client: object = None           # what a client has said of it


class Log:
    def __init__(self, cursor, name):
        self.name = name
        self.last = 0                   # where the last transaction ends
        cursor.execute("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", [name])

    def read(self, cursor):
        """Returns the transactions since the last time."""
        cursor.execute("SELECT lsn - '0/0', data "
                       "FROM pg_logical_slot_get_changes(%s, NULL, NULL, 'include-timestamp', 'true')", [self.name])
        transactions, changes = [], []
        for lsn, data in cursor:
            change = CHANGE.match(data)
            if change:
                table, kind = change.groups()
                changes.append((table, kind == 'DELETE', read_row(data[change.end():])))
            elif data.startswith('COMMIT'):
                # After a crash the server may tell once more.
                if changes and lsn > self.last:
                    txid, at = COMMIT.match(data).groups()
                    transactions.append(Logged(txid, datetime.fromisoformat(at), changes))
                self.last = max(self.last, lsn)
                changes = []
        return transactions


def read_row(text):
    return {name: read_value(type_name, value) for name, type_name, value in COLUMN.findall(text)}


def read_value(type_name, value):
    if value == 'null':
        return None
    if value.startswith("'"):
        value = value[1:-1].replace("''", "'")
    if type_name == 'jsonb':
        return json.loads(value)
    if type_name == 'boolean':
        return value == 'true'
    if type_name in ('bigint', 'integer', 'numeric'):
        return json.loads(value)
    if type_name.startswith('timestamp'):
        return re.sub(r'([+-]\d\d)$', r'\1:00', value.replace(' ', 'T'))
    return value
