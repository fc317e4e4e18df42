"""Holds what the clients were told against what the database has.

The log has every version of every row, in the order in which the transactions
committed.  They are applied one by one: after each all that the law says must
hold, what a client was told must be among it, and in the end the tables must
be what was applied.
"""
import json
from collections import defaultdict
from datetime import datetime

from journal import Broken
from law import judge_inbox, judge_rest, judge_step
from log import Log
from shadow import Shadow


def same(row):
    return json.dumps(row, sort_keys=True)


class Model:
    def __init__(self, cursor, name):
        """Begins with the rows that there are."""
        self.log = Log(cursor, name)
        cursor.execute("""
            SELECT relname, array_agg(attname ORDER BY array_position(conkey::integer[], attnum::integer))
            FROM pg_constraint
                JOIN pg_class c ON c.oid = conrelid
                JOIN pg_attribute ON attrelid = c.oid AND attnum = ANY (conkey)
            WHERE contype = 'p' AND relnamespace = 'paysession'::regnamespace GROUP BY relname""")
        self.shadow = Shadow({table: columns for table, columns in cursor.fetchall()})
        for table in self.shadow.rows:
            for row in self.read_table(cursor, table):
                self.shadow.put(table, row)

    def read_table(self, cursor, table):
        cursor.execute(f'SELECT to_jsonb(t) FROM paysession.{table} AS t')
        return [row for row, in cursor]

    def check(self, cursor, transactions):
        """Applies what was written since the last time; raises Broken."""
        self.versions = defaultdict(set)
        self.claims = set()
        self.sort_out(cursor, transactions)
        for logged in self.log.read(cursor):
            logged.client = transaction = self.find(logged)
            try:
                self.apply(logged)
            except Broken as broken:
                self.blame(str(broken), transaction)
        for transaction in transactions:
            if transaction.fate == 'committed':
                self.check_shown(transaction)
        for wrong in judge_inbox(self.shadow):
            raise Broken(wrong)
        self.compare_tables(cursor)

    def blame(self, problem, transaction):
        said = '\n    '.join(transaction.said)
        raise Broken(f'{problem}\n    {said}')

    def sort_out(self, cursor, transactions):
        """By their numbers, and of those without an answer by their connections; what was acknowledged is there."""
        # A crash may forget that a number was given, and give it anew.
        cursor.execute('SELECT x::text, pg_xact_status(x) FROM unnest(%s::xid8[]) AS x '
                       'WHERE x < pg_snapshot_xmax(pg_current_snapshot())',
                       [[transaction.txid for transaction in transactions if transaction.txid]])
        status = dict(cursor.fetchall())
        for transaction in transactions:
            is_committed = status.get(transaction.txid) == 'committed'
            if transaction.fate == 'committed' and transaction.txid and not is_committed:
                self.blame('an acknowledged transaction is lost', transaction)
            if transaction.fate == 'undone' and is_committed:
                self.blame('a transaction that was rolled back is there', transaction)
            if transaction.fate == 'unknown' and is_committed:
                transaction.fate = 'committed'
        self.known = {transaction.txid: transaction for transaction in transactions if transaction.txid}
        self.unanswered = {transaction.connection: transaction for transaction in transactions
                           if transaction.fate == 'unknown' and not transaction.txid}

    def find(self, logged):
        """What a client has said of a transaction; nobody else writes."""
        transaction = self.known.get(logged.txid)
        if transaction is None:
            # Its history names its connection, if it has any.
            names = [row['application'] for table, is_removed, row in logged.changes
                     if table == 'payment_session_event' and not is_removed]
            name = names[0] if names else next(iter(self.unanswered), None)
            transaction = self.unanswered.pop(name, None)
            if transaction is None:
                raise Broken(f'transaction {logged.txid} is there, and nobody was told: {logged.changes}')
            transaction.txid, transaction.fate = logged.txid, 'committed'
        return transaction

    def apply(self, logged):
        shadow, transaction = self.shadow, logged.client
        effects, told, touched = defaultdict(list), defaultdict(list), []
        for table, is_removed, row in logged.changes:
            old = shadow.get(table, *shadow.key(table, row))
            new = None if is_removed else row
            if old is None and new is None:
                raise Broken(f'{table} {row} was removed, and was not there')
            for wrong in judge_step(shadow, table, old, new, logged):
                raise Broken(f'{table} {wrong}: {old} -> {new}')
            if table == 'payment_session':
                effects[row['id']] += effect(old, new)
            elif table == 'payment_session_event':
                self.take_event(told, new or old, is_removed, transaction)
            elif table == 'payment_operation' and new:
                self.claims.add((logged.txid, row['id'], row['claimed_until']))
            elif table == 'cart':
                self.take_completion(row['id'], new, transaction.ended)
            for version in filter(None, (old, new)):
                self.versions[table, shadow.key(table, row)].add(same(version))
            if new:
                shadow.put(table, new)
            else:
                shadow.remove(table, row)
            touched.append((table, new or old))
        self.check_history(effects, told)
        for wrong in judge_rest(shadow, touched):
            raise Broken(wrong)
        if transaction.call:
            verb, arguments = transaction.call
            if not verb.leaves(arguments, shadow):
                raise Broken(f'{verb.name} has left something else')

    def take_completion(self, cart, new, ended):
        if new and new['completed_at']:
            self.shadow.completed.setdefault(cart, ended)
        else:
            self.shadow.completed.pop(cart, None)

    def take_event(self, told, row, is_removed, transaction):
        session = row['session_id']
        if is_removed:
            told[session] = None
            return
        told[session].append((row['from_status'], row['to_status'], row['amount'], row['is_selected']))
        before = self.shadow.where('payment_session_event', 'session_id', session)
        if (row['txid'], row['application']) != (transaction.txid, transaction.connection):
            raise Broken(f'an event of somebody else: {row}')
        if before and datetime.fromisoformat(before[-1]['at']) > datetime.fromisoformat(row['at']):
            raise Broken(f'an event before the last one: {row}')

    def check_history(self, effects, told):
        """Each change of a session has its event, and nothing else has; a purged one has none any more."""
        for session in [*effects, *told]:
            if told[session] is None:
                if self.shadow.get('payment_session', session):
                    raise Broken(f'the history of {session} is gone')
            elif effects[session] != told[session]:
                raise Broken(f'payment_session {session} did {effects[session]}, its history has {told[session]}')

    def check_shown(self, transaction):
        """What a client was shown is a version that there was, and what it was told to have claimed, it has."""
        for table, shown in transaction.shown:
            row = dict(shown)
            if row.pop('claimed', False) and (transaction.txid, row['id'], row['claimed_until']) not in self.claims:
                self.blame(f'a client was told that it has claimed {row}, and has not', transaction)
            if not table or None in (key := self.shadow.key(table, row)):
                continue
            there = self.versions.get((table, key)) or [same(self.shadow.get(table, *key))]
            if same(row) in there:
                continue
            # A part of the columns, or an event that is delivered again.
            if not any(all((version or {}).get(name) == value or (name, value) == ('outcome', 'duplicate')
                           for name, value in row.items()) for version in map(json.loads, there)):
                self.blame(f'a client was shown {table} {row}, which never was so', transaction)

    def compare_tables(self, cursor):
        for table, rows in self.shadow.rows.items():
            there = {self.shadow.key(table, row): row for row in self.read_table(cursor, table)}
            for key in there.keys() | rows.keys():
                if there.get(key) != rows.get(key):
                    raise Broken(f'{table} {key} is {there.get(key)} instead of {rows.get(key)}')


def effect(old, new):
    """The event that a change of a session makes, in a list, or none."""
    def state(row):
        return (row['status'], row['amount'], bool(row['is_selected']))

    if old and new and state(old) == state(new):
        return []
    if new is None:
        return [(old['status'], None, old['amount'], False)]
    return [(old and old['status'], *state(new))]
