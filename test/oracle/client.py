"""A client: it makes connections, says on each what it has chosen, and judges the answers.

A connection has one isolation level and, now and then, a statement_timeout of
a few milliseconds.  What may refuse a statement: what its table says; 40001 at
REPEATABLE READ and above, and where the documentation says so below that;
57014 under a timeout; 40P01 where statements lock several rows in whatever
order.  Anything else is a failure.
"""
import random
import re
import threading
import time
import traceback

import psycopg2

from journal import Broken, Transaction
from world import Chooser

LEVELS = ('read committed', 'read committed', 'repeatable read', 'serializable')

class Lost(Exception):
    """The connection is gone, and the answer with it."""


class Refused(Exception):
    """A statement was refused, as it may be."""


def is_gone(error):
    """Whether an error is that the server, or our part of it, went down."""
    return error.pgcode in (None, '57P01', '57P02', '57P03')


class Client(threading.Thread):
    def __init__(self, name, database, seed, mix, world, journal, operations):
        super().__init__(name=name, daemon=True)
        self.rng = random.Random(f'{seed} {world.tag} {name}')
        self.database = database
        self.mix = mix
        self.world = world
        self.journal = journal
        self.operations = self.left = operations
        self.lives = 0
        self.loss = None                # why its connection is gone
        self.said = []
        self.shown = []

    def run(self):
        try:
            while self.goes_on():
                self.live()
        except Lost as lost:
            self.loss = f'{lost.__cause__}'
        except Broken as broken:
            self.journal.complain(str(broken), self.said)
        except Exception:               # a mistake of ours must not pass for a quiet round
            self.journal.complain(traceback.format_exc(), self.said)

    def goes_on(self):
        return self.left > 0 and not self.journal.problems

    def live(self):
        """The life of one connection."""
        self.lives += 1
        self.connection_name = f'{self.world.tag}.{self.name}.{self.lives}'
        self.level = self.rng.choice(LEVELS)
        self.timeout = self.rng.randint(1, 5) if self.rng.random() < 0.2 else 0
        level = self.level.replace(' ', '\\ ')
        try:
            connection = psycopg2.connect(
                dbname=self.database, user='oracle_client', application_name=self.connection_name,
                options=f'-c default_transaction_isolation={level} -c statement_timeout={self.timeout}')
        except psycopg2.OperationalError as error:
            raise Lost from error
        connection.autocommit = True
        self.cursor = connection.cursor()
        self.journal.count(self.level.upper() + (' with a timeout' if self.timeout else ''), 'done')
        try:
            for _ in range(self.rng.randint(20, 80)):
                if self.goes_on():
                    self.act()
        finally:
            connection.close()

    def act(self):
        """One transaction."""
        self.said = []
        self.shown = []
        self.began = time.monotonic()
        kind, = self.rng.choices(list(self.mix.kinds), list(self.mix.kinds.values()))
        try:
            if kind == 'function':
                self.call_alone()
            elif kind == 'statement':
                self.transact([self.choose(self.mix.statements)])
            elif kind == 'several':
                self.transact([self.choose(self.mix.several)])
            elif kind == 'ordered':
                cart = Chooser(self.world, self.rng).cart_in_use()
                self.transact(self.choose_some(self.mix.of_a_cart), cart)
            else:
                self.transact(self.choose_some(self.mix.all))
        except Refused:
            pass

    def choose(self, operations):
        """One of them; now and then all choose one of the same two, so that every pair meets."""
        weights = [operation.weight for operation in operations]
        if self.rng.random() < 0.7:
            return self.rng.choices(operations, weights)[0]
        moment = Chooser(self.world, self.rng).moment(16)
        return self.rng.choice(random.Random(f'{self.world.tag} {moment}').choices(operations, weights, k=2))

    def choose_some(self, operations):
        return [self.choose(operations) for _ in range(self.rng.randint(2, 4))]

    # Transactions

    def call_alone(self):
        """A function, which is a transaction of its own."""
        verb = self.choose(self.mix.functions)
        try:
            txid, arguments = self.call(verb, Chooser(self.world, self.rng))
        except Lost:
            self.note('unknown', None)
            raise
        self.note('committed', txid).call = (verb, arguments)

    def transact(self, operations, cart=None):
        """Several operations, after the lock of their cart if they are all about one."""
        try:
            self.say('BEGIN')
            if cart is not None:
                # Locks it, and makes it where there is none to be locked.
                self.say(f'''SELECT FROM paysession.ps_put_cart('{{"id": "{cart}"}}')''')
            choose = Chooser(self.world, self.rng, cart)
            for operation in operations:
                self.call_within(operation, choose)
            self.say('SELECT pg_current_xact_id_if_assigned()::text')
            self.end(self.cursor.fetchone()[0])
        except Refused:
            self.undo()
            raise

    def undo(self):
        while True:
            try:
                self.cursor.execute('ROLLBACK')
                return
            except psycopg2.Error as error:
                if is_gone(error):
                    raise Lost from error

    def call_within(self, operation, choose):
        """An operation in a transaction, sometimes undone, or in spite of its refusal."""
        if self.rng.random() < 0.6:
            self.call(operation, choose)
            return
        shown = list(self.shown)
        self.say('SAVEPOINT s')
        undoes = self.rng.random() < 0.2
        try:
            self.call(operation, choose)
        except Refused:
            undoes = True
        if undoes:
            self.shown = shown
            self.say('ROLLBACK TO s')
        else:
            self.say('RELEASE s')

    def end(self, txid):
        choice = self.rng.random()
        if choice < 0.1:
            self.say('ROLLBACK')
            self.note('undone', txid)
        elif choice < 0.2 and txid is not None:
            self.end_in_two_phases(txid)
        else:
            self.say_last('COMMIT', txid)
            self.note('committed', txid)

    def end_in_two_phases(self, txid):
        gid = f'{self.connection_name}.{txid}'
        self.say_last(f"PREPARE TRANSACTION '{gid}'", txid, gid)
        transaction = self.note('prepared', txid, gid)
        # What is prepared must not stay so: nobody would get past it.
        while self.timeout:
            try:
                self.say('SET statement_timeout = 0')
                self.timeout = 0
            except Refused:
                pass
        commits = self.rng.random() < 0.7
        transaction.fate = 'unknown'
        self.say(f"{'COMMIT' if commits else 'ROLLBACK'} PREPARED '{gid}'")
        transaction.fate = 'committed' if commits else 'undone'
        transaction.ended = time.monotonic()

    def say_last(self, sql, txid, gid=None):
        try:
            self.say(sql)
        except Lost:
            self.note('unknown', txid, gid)
            raise

    def note(self, fate, txid, gid=None):
        transaction = Transaction(self.connection_name, txid, fate, self.said, self.shown, self.began, gid=gid)
        if fate == 'committed':
            transaction.ended = time.monotonic()
        self.journal.note(transaction)
        return transaction

    # Statements

    def call(self, operation, choose):
        """Says an operation, and holds its answer against its promise."""
        sql, values, arguments = operation.statement(choose)
        text = self.cursor.mogrify(sql, values).decode()
        self.said.append(text)
        self.left -= 1
        try:
            rows, txid = operation.run(self.cursor, text)
        except psycopg2.Error as error:
            if error.pgcode == 'P0002':
                for argument in filter(lambda value: isinstance(value, str), arguments.values()):
                    self.world.forget(argument)
            self.judge(error, operation.name, operation.refused.split(), operation.joins_collection)
        for row in rows:
            if isinstance(row, dict):
                self.shown.append((operation.shows, row))
                self.world.learn(operation.shows, row)
        if not operation.keeps(arguments, rows):
            raise Broken(f'{operation.name} answered {rows}')
        self.journal.count(operation.name, 'done' if operation.has_worked(self.cursor, rows) else 'no row')
        return txid, arguments

    def say(self, sql):
        """Says what is no operation."""
        self.said.append(sql)
        name = re.match(r'\w+( PREPARED| TO)?', sql).group()
        try:
            self.cursor.execute(sql)
        except psycopg2.Error as error:
            self.judge(error, name)
        self.journal.count(name, 'done')

    def judge(self, error, name, refusals=(), joins_collection=False):
        """Raises Lost, Refused, or Broken."""
        if is_gone(error):
            raise Lost from error
        code = error.diag.constraint_name or error.pgcode
        may = code in refusals
        if code == '40001':
            may = self.level != 'read committed' or self.mix.has_webhooks or joins_collection
        elif code == '40P01':
            may = self.mix.has_deadlocks
        elif code == '57014':
            may = self.timeout > 0
        if not may:
            raise Broken(f'{name} met {error.pgcode} {code}: {error}') from error
        self.journal.count(name, code)
        raise Refused from error
