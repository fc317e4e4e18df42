<?php
// One checkout with PDO:  php checkout.php CART ORDER
// The server is that of PGHOST, PGUSER, PGDATABASE and so on.
declare(strict_types=1);

enum Status: string
{
    case Authorized = 'authorized';
    case Pending = 'pending';
    case RequiresMore = 'requires_more';
    case Error = 'error';
    case Canceled = 'canceled';
}

// What the provider's library does.  With the same key it acts once, however often it is asked.
final class Provider
{
    public function authorize(int $amount, string $key): array
    {
        return ['ref' => "auth_$key", 'data' => ['card' => ['brand' => 'visa', 'last4' => '4242']]];
    }

    public function capture(int $amount, string $key): array
    {
        return ['ref' => "capture_$key"];
    }

    public function refund(int $amount, string $key): array
    {
        return ['ref' => "refund_$key"];
    }
}

// One that lasts over requests: what begins a transaction must end it.
$pdo = new PDO('pgsql:application_name=checkout', options: [
    PDO::ATTR_PERSISTENT => true,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
]);

function rows(string $sql, mixed ...$params): array
{
    global $pdo;
    $statement = $pdo->prepare($sql);
    $statement->execute($params);
    return $statement->fetchAll();
}

// Runs $work in a transaction, all of it anew when somebody else was in the way.
// So $work does nothing but talk to the database.
function transaction(callable $work, int $attempts = 5): mixed
{
    global $pdo;
    for ($attempt = 1;; $attempt++) {
        try {
            $pdo->beginTransaction();
            $pdo->exec('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
            $result = $work();
            $pdo->commit();
            return $result;
        } catch (Throwable $error) {
            if ($pdo->inTransaction()) {
                $pdo->rollBack();
            }
            $sqlstate = $error instanceof PDOException ? $error->errorInfo[0] : null;
            if (!in_array($sqlstate, ['40001', '40P01'], true) || $attempt === $attempts) {
                throw $error;
            }
            fwrite(STDERR, "$sqlstate at attempt $attempt\n");
        }
        usleep(random_int(0, 20000 * 2 ** $attempt));
    }
}

function row(string $sql, mixed ...$params): array
{
    return transaction(fn() => rows($sql, ...$params))[0];
}

// Reserve, call, finish: $reserve tells whether it is this worker that calls the
// provider, $finish records what it says.
function settle(array $reserve, callable $call, callable $finish): void
{
    $operation = row(...$reserve);
    if ($operation['status'] !== 'pending') {
        return; // done before
    }
    if (!$operation['claimed']) {
        throw new RuntimeException("somebody else is at operation {$operation['id']}");
    }
    try {
        $answer = $call($operation['amount'], $operation['provider_idempotency_key']);
    } catch (Throwable $error) {
        // It may have happened: whoever is next asks again, with the same key.
        row("SELECT FROM paysession.ps_finish(?, 'unknown')", $operation['id']);
        throw $error;
    }
    $finish($operation, $answer);
}

function succeeded(array $operation, array $answer): void
{
    row("SELECT FROM paysession.ps_finish(?, 'succeeded', provider_ref => ?)", $operation['id'], $answer['ref']);
}

function money(int $amount): string
{
    return sprintf('%.2f', $amount / 100);
}

function checkout(string $cartId, string $orderId): void
{
    $provider = new Provider();
    $document = ['id' => $cartId, 'currency_code' => 'eur', 'subtotal' => 4500, 'shipping_total' => 999, 'raw_discount_total' => 100.25];
    [$cart, $sessions] = transaction(function () use ($cartId, $document) {
        [$cart] = rows('SELECT * FROM paysession.ps_put_cart(?)', json_encode($document));
        // PDO has no arrays: one jsonb array does for any number of values
        $sessions = array_column(
            rows('SELECT * FROM paysession.ps_set_sessions(?, ARRAY(SELECT jsonb_array_elements_text(?))) ORDER BY provider_id',
                $cartId, json_encode(['stripe', 'klarna'])),
            null, 'provider_id');
        rows('SELECT FROM paysession.ps_select(?)', $sessions['stripe']['id']);
        return [$cart, $sessions];
    });
    echo 'cart: ', money($cart['total']), " {$cart['currency_code']}, discount {$cart['raw_discount_total']}\n";
    echo 'sessions: ', implode(', ', array_keys($sessions)), "\n";
    $id = $sessions['stripe']['id'];

    settle(
        ['SELECT * FROM paysession.ps_begin(?)', $id],
        $provider->authorize(...),
        fn($operation, $answer) => row('SELECT FROM paysession.ps_authorize(?, amount => ?, data => ?, provider_ref => ?)',
            $id, $operation['amount'], json_encode($answer['data']), $answer['ref']),
    );
    [$payment, $session] = transaction(fn() => [
        // your own INSERT of the order goes here
        rows('SELECT * FROM paysession.ps_promote(?, order_id => ?)', $id, $orderId)[0],
        rows('SELECT * FROM paysession.ps_list(cart_id => ?, status => ?)', $cartId, Status::Authorized->value)[0],
    ]);
    $status = Status::from($session['status']);
    $card = json_decode($session['data'], true, flags: JSON_THROW_ON_ERROR)['card'];
    $days = (new DateTimeImmutable($payment['authorization_expires_at']))
        ->diff(new DateTimeImmutable($session['payment_authorized_at']))->days;
    echo "$status->value: ", money($session['amount']), ", {$card['brand']} {$card['last4']}, for $days days\n";

    settle(
        ["SELECT * FROM paysession.ps_capture(?, ?, final => true, lease => '1 minute', idempotency_key => ?)",
            $payment['id'], 4500, "$orderId shipped"],
        $provider->capture(...),
        succeeded(...),
    );
    settle(
        ["SELECT * FROM paysession.ps_refund(?, ?, 'return', lease => '1 minute', idempotency_key => ?)",
            $payment['id'], 1000, "$orderId return 1"],
        $provider->refund(...),
        succeeded(...),
    );
    $paid = row('SELECT * FROM paysession.payment WHERE id = ?', $payment['id']);
    echo "{$paid['status']}: ", money($paid['captured_amount']), ' captured, ', money($paid['voided_amount']), ' released, ',
        money($paid['refunded_amount']), ' refunded, ', $paid['canceled_at'] === null ? 'not ' : '', "canceled\n";

    // What the law refuses.  PDO tells SQLSTATE and texts, but not the constraint.
    foreach ([
        ['SELECT FROM paysession.ps_fail(?, reason => ?)', $id, 'card_declined'],
        ["SELECT FROM paysession.ps_refund(?, ?, 'return', idempotency_key => ?)", $payment['id'], 3501, "$orderId return 2"],
    ] as $call) {
        try {
            row(...$call);
        } catch (PDOException $error) {
            [$sqlstate, , $message] = $error->errorInfo;
            if ($sqlstate !== '23514') {
                throw $error;
            }
            echo "refused: $sqlstate: ", preg_replace('/.*^(?:HINT|DETAIL):\s+/ms', '', $message), "\n";
        }
    }
}

try {
    checkout(...array_slice($argv, 1));
} catch (PDOException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
