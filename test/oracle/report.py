"""What the clients' operations came to, as a table."""


def print_outcomes(outcomes, operations):
    print(f"{'operation':33}{'done':>7}{'else':>7}  what")
    names = [operation.name for operation in operations]
    names += sorted({name for name, _ in outcomes} - set(names))
    for name in names:
        of_name = {outcome: count for (which, outcome), count in outcomes.items() if which == name}
        done = of_name.pop('done', 0)
        rest = ', '.join(f'{outcome} {count}' for outcome, count in sorted(of_name.items(), key=lambda item: -item[1]))
        print(f'{name:33}{done:7}{sum(of_name.values()):7}  {rest}')


def find_untried(outcomes, operations):
    """Which operations never succeeded, or, of those that must not, were never refused; and what never came about."""
    refused = {name for name, outcome in outcomes if outcome not in ('done', 'no row')}
    untried = [operation.name for operation in operations
               if not (operation.name in refused if operation.never else outcomes[operation.name, 'done'])]
    untried += [name for name in ('COMMIT PREPARED', 'ROLLBACK PREPARED', 'ROLLBACK TO') if not outcomes[name, 'done']]
    return untried + sorted({'40001', '40P01', '57014'} - {outcome for name, outcome in outcomes})
