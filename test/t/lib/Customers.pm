# Customers who shop at shards whatever happens (customer.py), and whether all
# that they were told is true.

package Customers;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use File::Basename;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

our @EXPORT = qw(start_customer shop_on stop_customers is_told_truly);

my %customers;

# A customer calls a router, or looks into a map where the shards are, and
# calls again after errors.
sub start_customer
{
	my ($name, $where, @errors) = @_;
	my %customer = map { $_ => "$PostgreSQL::Test::Utils::tmp_check/${name}_$_" } qw(told error);

	$customer{shopping} = IPC::Run::start([ 'python3', dirname(__FILE__) . '/customer.py', $name, $where, @errors ],
		'>', $customer{told}, '2>', $customer{error});
	$customers{$name} = \%customer;
	return;
}

sub finished
{
	my $customer = shift;

	return slurp_file($customer->{told}) =~ /^finished\|(\w+)/mg;
}

# Everybody finishes some more checkouts.
sub shop_on
{
	foreach my $customer (values %customers)
	{
		my $goal = 3 + (() = finished($customer));
		my $patience = 100 * $PostgreSQL::Test::Utils::timeout_default;

		while ((() = finished($customer)) < $goal)
		{
			die slurp_file($customer->{error}) if -s $customer->{error};
			die 'a customer waits for ever' if $patience-- == 0;
			usleep(10_000);
		}
	}
	return;
}

sub stop_customers
{
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	foreach my $name (sort keys %customers)
	{
		my $customer = $customers{$name};

		$customer->{shopping}->signal('TERM');
		$customer->{shopping}->finish;
		is(slurp_file($customer->{error}), '', "$name has found again what there was");
	}
	return;
}

# All that customers were told is there, and each checkout once.
sub is_told_truly
{
	my ($db, @shards) = @_;
	my (%there, %checkouts);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	foreach my $shard (@shards)
	{
		$there{$_} = 1 foreach split /\n/, $shard->safe_psql(
			$db, q{
			SELECT 'event', session_id, to_status::text FROM paysession.payment_session_event
			UNION ALL SELECT 'operation', id, kind FROM paysession.payment_operation
			UNION ALL SELECT 'payment', id, session_id FROM paysession.payment
			UNION ALL SELECT 'provider_event', event_id, outcome FROM paysession.provider_event
			UNION ALL SELECT 'key', idempotency_key, recovery_point FROM paysession.idempotency_key});
		foreach (
			split /\n/, $shard->safe_psql(
				$db, q{
				SELECT p.session_id, captured_amount, refunded_amount,
					(SELECT string_agg(to_status::text, ' ' ORDER BY e.id) FROM paysession.payment_session_event e WHERE e.session_id = p.session_id),
					(SELECT string_agg(kind || ' ' || status, ', ' ORDER BY o.id) FROM paysession.payment_operation o
						WHERE o.session_id = p.session_id OR o.payment_id = p.id)
				FROM paysession.payment p}))
		{
			my ($session, $checkout) = split /\|/, $_, 2;

			push @{ $checkouts{$session} }, $checkout;
		}
	}
	my @told = map { slurp_file($_->{told}) =~ /^(?!finished)(.+)\n/mg } values %customers;
	my @finished = map { finished($_) } values %customers;
	my %kinds = map { $_ => 1 } map { join ' and ', @{ $checkouts{$_} // ['nothing'] } } @finished;

	note @told . ' facts told, ' . @finished . ' checkouts finished';
	is_deeply([ grep { !$there{$_} } @told ], [], 'what they were told is there');
	is_deeply(
		[ sort keys %kinds ],
		['60|15|pending pending error pending authorized|authorize failed, capture succeeded, refund succeeded, refund succeeded'],
		'each checkout happened once');
	return;
}

1;
