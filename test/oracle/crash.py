"""Disasters: a process of the server is killed, as the kernel does it when memory is short."""
import os
import signal
import subprocess
import threading
import time

import psycopg2


class Disaster:
    def __init__(self, victim, data, connect):
        self.victim = victim
        self.data = data
        self.connect = connect

    def __str__(self):
        return f'killed {self.victim}'

    def strike(self, rng):
        """Kills the victim at some moment of the next second."""
        cursor = self.connect().cursor()
        time.sleep(rng.uniform(0.1, 1))
        if self.victim == 'the checkpointer':
            threading.Thread(target=self.checkpoint, daemon=True).start()
            time.sleep(rng.uniform(0, 0.05))
        while True:
            try:
                return os.kill(self.find(cursor), signal.SIGKILL)
            except ProcessLookupError:  # it has ended by itself since
                pass

    def find(self, cursor):
        if self.victim == 'the postmaster':
            with open(os.path.join(self.data, 'postmaster.pid')) as file:
                return int(file.readline())
        condition = ("backend_type = 'checkpointer'" if self.victim == 'the checkpointer'
                     else "usename = 'oracle_client' AND state = 'active'")
        while True:
            cursor.execute(f'SELECT pid FROM pg_stat_activity WHERE {condition} ORDER BY random() LIMIT 1')
            for pid, in cursor:
                return pid

    def checkpoint(self):
        try:
            self.connect().cursor().execute('CHECKPOINT')
        except psycopg2.Error:
            pass

    def recover(self):
        """Waits for the server to recover; starts it where it is gone, as soon as its last process is."""
        starts = self.victim == 'the postmaster'
        for _ in range(600):
            if starts and subprocess.run(['pg_ctl', '-D', self.data, '-l', self.data + '.log', '-s', '-w', 'start'],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                starts = False
            try:
                self.connect().close()
                return
            except psycopg2.OperationalError:
                time.sleep(0.1)
        raise TimeoutError('the server does not recover')


VICTIMS = ('a backend', 'the checkpointer', 'the postmaster')
