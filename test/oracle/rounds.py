"""Rounds: clients that run together for a while, and then everything that must be true."""
import random
import threading
import time

import psycopg2

from client import Client
from follower import Follower
from journal import Broken, Journal
from model import Model
from world import World


def connect(database='postgres'):
    connection = psycopg2.connect(dbname=database, application_name='oracle')
    connection.autocommit = True
    return connection


class Rounds:
    """The rounds of one seed, in a database of their own."""

    def __init__(self, seed, clients, outcomes, setup):
        self.seed = seed
        self.clients = clients
        self.outcomes = outcomes
        self.rng = random.Random(f'{seed} rounds')
        self.number = 0
        self.operations = 0
        self.database = f'oracle_{seed}'
        cursor = connect().cursor()
        cursor.execute("SELECT FROM pg_roles WHERE rolname = 'oracle_client'")
        if not cursor.rowcount:
            cursor.execute('CREATE ROLE oracle_client LOGIN')
        cursor.execute(f'CREATE DATABASE {self.database}')
        cursor = self.connect().cursor()
        cursor.execute(setup)
        self.model = Model(cursor, self.database)
        self.follower = Follower()

    def end(self):
        connect().cursor().execute('SELECT pg_drop_replication_slot(%s)', [self.database])

    def connect(self):
        return connect(self.database)

    def run(self, mix, operations, has_triggers, disaster=None):
        """One round, with triggers of somebody's on the tables or without.

        Prints a line about it, and returns what is wrong: problems, each with what was said.
        """
        self.number += 1
        self.connect().cursor().execute('CALL oracle.set_triggers(%s)', [has_triggers])
        began = time.monotonic()
        journal = Journal(outcomes=self.outcomes)
        world = World(f'{self.seed}.{self.number}')
        clients = [Client(f'c{n}', self.database, self.seed, mix, world, journal, operations // self.clients)
                   for n in range(self.clients)]
        is_over = threading.Event()
        follower = threading.Thread(target=self.follower.follow, args=(self.connect, is_over), daemon=True)
        for thread in [*clients, follower]:
            thread.start()
        if disaster is not None:
            disaster.strike(self.rng)
        for client in clients:
            client.join()
        is_over.set()
        follower.join()
        ran = time.monotonic() - began
        if disaster is not None:
            disaster.recover()
        else:
            for client in clients:
                if client.loss is not None:
                    journal.complain(f'a client has lost its connection: {client.loss}', client.said)
        unanswered = [transaction for transaction in journal.transactions if transaction.fate == 'unknown']
        if not journal.problems:
            try:
                self.check(journal)
            except Broken as broken:
                journal.complain(str(broken), [])
        said = sum(client.operations - client.left for client in clients)
        self.operations += said
        name = mix.name + (', triggers' if has_triggers else '')
        print(f'seed {self.seed} round {self.number:3} {name:20} {said:6} operations, {said / ran:5.0f} a second, '
              f'{len(journal.transactions):5} transactions, checked in {time.monotonic() - began - ran:4.1f} s', end='')
        if disaster is not None:
            there = sum(transaction.fate == 'committed' for transaction in unanswered)
            print(f'; {disaster}, {there} of {len(unanswered)} without an answer are there', end='')
        print(flush=True)
        return journal.problems

    def check(self, journal):
        cursor = self.connect().cursor()
        self.end_prepared(cursor, journal)
        self.model.check(cursor, journal.transactions)
        self.follower.read_on(cursor)
        wrong = self.follower.find_wrong(self.model.shadow.rows['payment_session_event'].keys())
        if wrong:
            raise Broken(wrong)
        cursor.execute('SELECT rule, object, detail FROM paysession.ps_check()')
        for violation in cursor:
            raise Broken(f'ps_check has {violation}')

    def end_prepared(self, cursor, journal):
        """Ends what was prepared when the server went down; what a client was told of is there."""
        cursor.execute('SELECT gid FROM pg_prepared_xacts WHERE database = current_database()')
        prepared = {gid for gid, in cursor.fetchall()}
        for transaction in journal.transactions:
            if transaction.gid in prepared and transaction.fate in ('prepared', 'unknown'):
                commits = self.rng.random() < 0.5
                cursor.execute(f"{'COMMIT' if commits else 'ROLLBACK'} PREPARED '{transaction.gid}'")
                transaction.fate = 'committed' if commits else 'undone'
                prepared.remove(transaction.gid)
            elif transaction.fate == 'prepared':
                raise Broken(f'the prepared transaction {transaction.gid} is lost')
        if prepared:
            raise Broken(f'nobody has prepared {prepared}')
