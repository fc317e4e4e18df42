"""The rows as the log tells them: what is there when all that it has is applied."""
from collections import defaultdict

# What the law looks rows up by.
INDEXED = {
    'payment_session': ('cart_id', 'payment_collection_id'),
    'payment': ('session_id', 'payment_collection_id'),
    'payment_operation': ('session_id', 'payment_id'),
    'payment_session_event': ('session_id',),
}


class Shadow:
    def __init__(self, primary_keys):
        self.primary_keys = primary_keys
        self.rows = {table: {} for table in primary_keys}
        self.index = defaultdict(dict)
        self.completed = {}             # carts, and when whoever completed them knew it

    def key(self, table, row):
        return tuple(row[column] for column in self.primary_keys[table])

    def get(self, table, *key):
        return self.rows[table].get(key)

    def where(self, table, column, value):
        """The rows with a value in an indexed column, in the order of their keys."""
        found = self.index[table, column, value]
        return [found[key] for key in sorted(found)]

    def live_sessions(self, column, value):
        return [session for session in self.where('payment_session', column, value) if session['status'] != 'canceled']

    def put(self, table, row):
        """Stores a version of a row, and returns the one before it."""
        old = self.remove(table, row)
        key = self.key(table, row)
        self.rows[table][key] = row
        for column in INDEXED.get(table, ()):
            if row[column] is not None:
                self.index[table, column, row[column]][key] = row
        return old

    def remove(self, table, row):
        key = self.key(table, row)
        old = self.rows[table].pop(key, None)
        for column in INDEXED.get(table, ()):
            if old is not None and old[column] is not None:
                del self.index[table, column, old[column]][key]
        return old
