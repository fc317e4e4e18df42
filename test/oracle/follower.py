"""Follows the history by ps_events beside the writers, as a shop's mailer would."""
import psycopg2


class Follower:
    def __init__(self):
        self.cursor = None              # what ps_events calls so
        self.seen = []

    def follow(self, connect, is_over):
        try:
            connection = connect()
            while not is_over.wait(0.02):
                self.read_on(connection.cursor())
            connection.close()
        except psycopg2.DatabaseError:
            pass                        # the server went down: whoever reads on goes on from here

    def read_on(self, cursor):
        """Reads to the end."""
        while True:
            cursor.execute('SELECT txid::text::bigint, id, session_id, cursor FROM paysession.ps_events(%s, 500)',
                           [self.cursor])
            page = cursor.fetchall()
            if not page:
                return
            self.seen += [event[:3] for event in page]
            self.cursor = page[-1][3]

    def find_wrong(self, events):
        """What was not shown of the events that are there, or twice, or not in the order of transactions."""
        for before, event in zip(self.seen, self.seen[1:]):
            if before >= event:
                return f'ps_events showed {event} after {before}'
        missed = events - {(session_id, id) for _, id, session_id in self.seen}
        return f'ps_events has not shown {sorted(missed)[:3]}' if missed else None
