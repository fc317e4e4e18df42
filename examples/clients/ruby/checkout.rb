# One checkout with ruby-pg:  ruby checkout.rb CART ORDER
# The server is that of PGHOST, PGUSER, PGDATABASE and so on.
require "connection_pool"
require "json"
require "pg"

POOL = ConnectionPool.new(size: 5) do
  PG.connect(application_name: "checkout").tap do |conn|
    # bigint, numeric, jsonb, timestamptz become Ruby's; what it does not know, as an enum, a string
    conn.type_map_for_results = PG::BasicTypeMapForResults.new(conn)
    conn.type_map_for_results.default_type_map = PG::TypeMapAllStrings.new
    conn.type_map_for_queries = PG::BasicTypeMapForQueries.new(conn)
  end
end

# What the provider's library does.  With the same key it acts once, however often it is asked.
module Provider
  def self.authorize(_amount, key) = ["auth_#{key}", { card: { brand: "visa", last4: "4242" } }]
  def self.capture(_amount, key) = "capture_#{key}"
  def self.refund(_amount, key) = "refund_#{key}"
end

# Yields a connection in a transaction, and all of it anew when somebody else was
# in the way.  So the block does nothing but talk to the database.
def transaction(attempts: 5)
  attempt = 1
  begin
    POOL.with do |conn|
      conn.transaction do
        conn.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield conn
      end
    end
  rescue PG::TRSerializationFailure, PG::TRDeadlockDetected => e
    raise if attempt == attempts

    warn "#{e.result.error_field(PG::PG_DIAG_SQLSTATE)} at attempt #{attempt}"
    sleep rand * 0.02 * 2**attempt
    attempt += 1
    retry
  end
end

def row(sql, *params) = transaction { |conn| conn.exec_params(sql, params).first }

# Reserve, call, finish: reserve tells whether it is this worker that calls the
# provider, the block records what it says.
def settle(reserve, call)
  operation = row(*reserve)
  return unless operation["status"] == "pending" # done before
  raise "somebody else is at operation #{operation['id']}" unless operation["claimed"]

  begin
    answer = call.call(operation["amount"], operation["provider_idempotency_key"])
  rescue StandardError
    # It may have happened: whoever is next asks again, with the same key.
    row("SELECT FROM paysession.ps_finish($1, 'unknown')", operation["id"])
    raise
  end
  yield operation, answer
end

def succeeded(operation, ref)
  row("SELECT FROM paysession.ps_finish($1, 'succeeded', provider_ref => $2)", operation["id"], ref)
end

def money(amount) = format("%.2f", amount / 100r)

def checkout(cart_id, order_id)
  document = { id: cart_id, currency_code: "eur", subtotal: 4500, shipping_total: 999, raw_discount_total: 100.25 }
  cart, sessions = transaction do |conn|
    cart = conn.exec_params("SELECT * FROM paysession.ps_put_cart($1)", [JSON.generate(document)]).first
    sessions = conn.exec_params("SELECT * FROM paysession.ps_set_sessions($1, $2)", [cart_id, %w[stripe klarna]])
                   .to_h { |session| [session["provider_id"], session] }
    conn.exec_params("SELECT FROM paysession.ps_select($1)", [sessions["stripe"]["id"]])
    [cart, sessions]
  end
  puts "cart: #{money(cart['total'])} #{cart['currency_code']}, discount #{cart['raw_discount_total'].to_s('F')}"
  puts "sessions: #{sessions.keys.sort.join(', ')}"
  id = sessions["stripe"]["id"]

  settle(["SELECT * FROM paysession.ps_begin($1)", id], Provider.method(:authorize)) do |operation, (ref, data)|
    row("SELECT FROM paysession.ps_authorize($1, amount => $2, data => $3, provider_ref => $4)",
        id, operation["amount"], JSON.generate(data), ref)
  end
  payment, session = transaction do |conn|
    # your own INSERT of the order goes here
    [conn.exec_params("SELECT * FROM paysession.ps_promote($1, order_id => $2)", [id, order_id]).first,
     conn.exec_params("SELECT * FROM paysession.ps_list(cart_id => $1, status => $2)", [cart_id, "authorized"]).first]
  end
  card = session["data"]["card"]
  days = ((payment["authorization_expires_at"] - session["payment_authorized_at"]) / 86_400).to_i
  puts "#{session['status']}: #{money(session['amount'])}, #{card['brand']} #{card['last4']}, for #{days} days"

  settle(["SELECT * FROM paysession.ps_capture($1, $2, final => true, lease => '1 minute', idempotency_key => $3)",
          payment["id"], 4500, "#{order_id} shipped"], Provider.method(:capture)) { |*answer| succeeded(*answer) }
  settle(["SELECT * FROM paysession.ps_refund($1, $2, 'return', lease => '1 minute', idempotency_key => $3)",
          payment["id"], 1000, "#{order_id} return 1"], Provider.method(:refund)) { |*answer| succeeded(*answer) }
  paid = row("SELECT * FROM paysession.payment WHERE id = $1", payment["id"])
  puts "#{paid['status']}: #{money(paid['captured_amount'])} captured, #{money(paid['voided_amount'])} released, " \
       "#{money(paid['refunded_amount'])} refunded, #{'not ' if paid['canceled_at'].nil?}canceled"

  # What the law refuses: branch on SQLSTATE and constraint; texts are for people.
  [["SELECT FROM paysession.ps_fail($1, reason => $2)", id, "card_declined"],
   ["SELECT FROM paysession.ps_refund($1, $2, 'return', idempotency_key => $3)", payment["id"], 3501, "#{order_id} return 2"]].each do |call|
    row(*call)
  rescue PG::ServerError => e
    sqlstate, constraint, hint, detail =
      [PG::PG_DIAG_SQLSTATE, PG::PG_DIAG_CONSTRAINT_NAME, PG::PG_DIAG_MESSAGE_HINT, PG::PG_DIAG_MESSAGE_DETAIL].map { |field| e.result.error_field(field) }
    raise unless constraint

    puts "refused: #{sqlstate} #{constraint}: #{hint || detail}"
  end
end

begin
  checkout(*ARGV)
rescue PG::Error => e
  abort e.message
end
