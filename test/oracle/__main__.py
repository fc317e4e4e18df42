"""The oracle: clients that say random things to the database, and a model that knows what must come of it.

    python3 test/oracle --seeds 1,2 --operations 20000
    python3 test/oracle --seeds 1 --crashes 6 --data DIRECTORY

connects as a superuser, by the environment, to a server with wal_level =
logical and prepared transactions, and makes a database for each seed there.
What the clients choose follows from the seed; how they interleave does not.
With --crashes a process of that server is killed in each round.
"""
import argparse
import os
import sys
from collections import Counter

from crash import VICTIMS, Disaster
from mixes import EVERYTHING, MIXES
from report import find_untried, print_outcomes
from rounds import Rounds, connect
from statements import STATEMENTS
from verbs import VERBS

ROUND = 2500        # operations, and what a crash does not let anybody reach
ENDLESS = 1000000


def run_rounds(rounds, arguments):
    """Yields the problems of each round."""
    if arguments.crashes:
        for number in range(arguments.crashes):
            yield rounds.run(EVERYTHING, ENDLESS, number % 2 > 0,
                             Disaster(VICTIMS[number % len(VICTIMS)], arguments.data, connect))
    else:
        count = 2 * len(MIXES) * max(1, arguments.operations // ROUND // len(MIXES) // 2)
        for number in range(count):
            yield rounds.run(MIXES[number // 2 % len(MIXES)], -(-arguments.operations // count), number % 2 > 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seeds', default='1')
    parser.add_argument('--operations', type=int, default=20000, help='of each seed')
    parser.add_argument('--clients', type=int, default=8)
    parser.add_argument('--crashes', type=int, default=0, help='of each seed')
    parser.add_argument('--data', help="the server's directory")
    arguments = parser.parse_args()

    with open(os.path.join(os.path.dirname(__file__), 'setup.sql')) as file:
        setup = file.read()
    outcomes = Counter()
    total = 0
    for seed in arguments.seeds.split(','):
        rounds = Rounds(seed, arguments.clients, outcomes, setup)
        for problems in run_rounds(rounds, arguments):
            for problem, said in problems:
                print(f'seed {seed}, round {rounds.number}: {problem}', *said, sep='\n    ')
            if problems:
                sys.exit(1)
        rounds.end()
        total += rounds.operations

    print(f'{total} operations')
    if arguments.crashes:
        return
    print_outcomes(outcomes, VERBS + STATEMENTS)
    cursor = connect(rounds.database).cursor()
    # What is owned concerns all that is there: ps_own_routes is no verb of a client's.
    cursor.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'paysession'::regnamespace "
                   "AND starts_with(proname, 'ps_') AND proname <> 'ps_own_routes'")
    untried = sorted({name for name, in cursor} - {verb.name for verb in VERBS})
    untried += find_untried(outcomes, VERBS + STATEMENTS)
    if untried:
        sys.exit(f'not tried, or never with success: {", ".join(untried)}')


main()
