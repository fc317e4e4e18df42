import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** One checkout with JDBC: java Checkout.java URL CART ORDER. */
public class Checkout {
	enum Status { authorized, pending, requires_more, error, canceled }

	record Operation(String id, String status, long amount, String key, boolean claimed) {}

	record Answer(String ref, JsonNode data) {}

	/** What the provider's library does. With the same key it acts once, however often it is asked. */
	interface Provider {
		Answer ask(long amount, String key) throws Exception;
	}

	interface Work<T> {
		T in(Connection connection) throws Exception;
	}

	interface Read<T> {
		T from(ResultSet row) throws Exception;
	}

	interface Finish {
		void record(Operation operation, Answer answer) throws Exception;
	}

	static final Set<String> AGAIN = Set.of("40001", "40P01");
	static final int ATTEMPTS = 5;
	static final ObjectMapper JSON = new ObjectMapper();

	final DataSource pool;

	Checkout(DataSource pool) {
		this.pool = pool;
	}

	/**
	 * Runs work in a transaction, all of it anew when somebody else was in the way. So work does nothing but talk to
	 * the database.
	 */
	<T> T transaction(Work<T> work) throws Exception {
		for (int attempt = 1;; attempt++) {
			try (Connection connection = pool.getConnection()) { // the pool has autocommit off, REPEATABLE READ
				try {
					T result = work.in(connection);
					connection.commit();
					return result;
				} catch (Exception error) {
					connection.rollback();
					throw error;
				}
			} catch (SQLException error) {
				if (!AGAIN.contains(error.getSQLState()) || attempt == ATTEMPTS)
					throw error;
				System.err.println(error.getSQLState() + " at attempt " + attempt);
			}
			Thread.sleep(ThreadLocalRandom.current().nextLong(20L << attempt));
		}
	}

	/** What a statement returns, until the connection goes back to the pool, which closes it. */
	static ResultSet rows(Connection connection, String sql, Object... params) throws SQLException {
		PreparedStatement statement = connection.prepareStatement(sql);
		for (int i = 0; i < params.length; i++) {
			if (params[i] instanceof JsonNode || params[i] instanceof Enum)
				statement.setObject(i + 1, params[i].toString(), Types.OTHER); // the server knows of which type
			else
				statement.setObject(i + 1, params[i]);
		}
		return statement.executeQuery();
	}

	static <T> T row(Connection connection, Read<T> read, String sql, Object... params) throws Exception {
		ResultSet row = rows(connection, sql, params);
		row.next();
		return read.from(row);
	}

	<T> T row(Read<T> read, String sql, Object... params) throws Exception {
		return transaction(connection -> row(connection, read, sql, params));
	}

	void call(String sql, Object... params) throws Exception {
		transaction(connection -> rows(connection, sql, params));
	}

	/** Reserve, call, finish: reserve tells whether it is this worker that calls, finish records what is answered. */
	void settle(Provider provider, Finish finish, String reserve, Object... params) throws Exception {
		Operation operation = row(r -> new Operation(r.getString("id"), r.getString("status"), r.getLong("amount"),
				r.getString("provider_idempotency_key"), r.getBoolean("claimed")), reserve, params);
		if (!operation.status().equals("pending"))
			return; // done before
		if (!operation.claimed())
			throw new IllegalStateException("somebody else is at operation " + operation.id());
		Answer answer;
		try {
			answer = provider.ask(operation.amount(), operation.key());
		} catch (Exception error) {
			// It may have happened: whoever is next asks again, with the same key.
			call("SELECT FROM paysession.ps_finish(?, 'unknown')", operation.id());
			throw error;
		}
		finish.record(operation, answer);
	}

	void succeeded(Operation operation, Answer answer) throws Exception {
		call("SELECT FROM paysession.ps_finish(?, 'succeeded', provider_ref => ?)", operation.id(), answer.ref());
	}

	static String money(long amount) {
		return BigDecimal.valueOf(amount, 2).toPlainString();
	}

	void run(String cartId, String orderId) throws Exception {
		JsonNode cart = JSON.valueToTree(Map.of("id", cartId, "currency_code", "eur", "subtotal", 4500,
				"shipping_total", 999, "raw_discount_total", new BigDecimal("100.25")));
		record Priced(long total, String currency, BigDecimal discount, Map<String, String> sessions) {}
		Priced priced = transaction(connection -> {
			ResultSet total = rows(connection, "SELECT * FROM paysession.ps_put_cart(?)", cart);
			total.next();
			ResultSet offered = rows(connection, "SELECT * FROM paysession.ps_set_sessions(?, ?)",
					cartId, connection.createArrayOf("text", new String[] {"stripe", "klarna"}));
			Map<String, String> sessions = new TreeMap<>();
			while (offered.next())
				sessions.put(offered.getString("provider_id"), offered.getString("id"));
			rows(connection, "SELECT FROM paysession.ps_select(?)", sessions.get("stripe"));
			return new Priced(total.getLong("total"), total.getString("currency_code"), total.getBigDecimal("raw_discount_total"), sessions);
		});
		System.out.println("cart: " + money(priced.total()) + " " + priced.currency() + ", discount " + priced.discount());
		System.out.println("sessions: " + String.join(", ", priced.sessions().keySet()));
		String id = priced.sessions().get("stripe");

		settle((amount, key) -> new Answer("auth_" + key, JSON.readTree("{\"card\": {\"brand\": \"visa\", \"last4\": \"4242\"}}")),
				(operation, answer) -> call("SELECT FROM paysession.ps_authorize(?, amount => ?, data => ?, provider_ref => ?)",
						id, operation.amount(), answer.data(), answer.ref()),
				"SELECT * FROM paysession.ps_begin(?)", id);
		record Payment(String id, OffsetDateTime until) {}
		record Session(Status status, long amount, JsonNode data, OffsetDateTime since) {}
		record Ordered(Payment payment, Session session) {}
		Ordered ordered = transaction(connection -> new Ordered(
				// your own INSERT of the order goes here
				row(connection, r -> new Payment(r.getString("id"), r.getObject("authorization_expires_at", OffsetDateTime.class)),
						"SELECT * FROM paysession.ps_promote(?, order_id => ?)", id, orderId),
				row(connection, r -> new Session(Status.valueOf(r.getString("status")), r.getLong("amount"),
						JSON.readTree(r.getString("data")), r.getObject("payment_authorized_at", OffsetDateTime.class)),
						"SELECT * FROM paysession.ps_list(cart_id => ?, status => ?)", cartId, Status.authorized)));
		Session session = ordered.session();
		JsonNode card = session.data().get("card");
		System.out.println(session.status() + ": " + money(session.amount()) + ", " + card.get("brand").asText() + " "
				+ card.get("last4").asText() + ", for " + Duration.between(session.since(), ordered.payment().until()).toDays() + " days");

		String payment = ordered.payment().id();
		settle((amount, key) -> new Answer("capture_" + key, null), this::succeeded,
				"SELECT * FROM paysession.ps_capture(?, ?, final => true, lease => '1 minute', idempotency_key => ?)",
				payment, 4500L, orderId + " shipped");
		settle((amount, key) -> new Answer("refund_" + key, null), this::succeeded,
				"SELECT * FROM paysession.ps_refund(?, ?, 'return', lease => '1 minute', idempotency_key => ?)",
				payment, 1000L, orderId + " return 1");
		String paid = row(r -> r.getString("status") + ": " + money(r.getLong("captured_amount")) + " captured, "
				+ money(r.getLong("voided_amount")) + " released, " + money(r.getLong("refunded_amount")) + " refunded, "
				+ (r.getObject("canceled_at", OffsetDateTime.class) == null ? "not " : "") + "canceled",
				"SELECT * FROM paysession.payment WHERE id = ?", payment);
		System.out.println(paid);

		refused("SELECT FROM paysession.ps_fail(?, reason => ?)", id, "card_declined");
		refused("SELECT FROM paysession.ps_refund(?, ?, 'return', idempotency_key => ?)", payment, 3501L, orderId + " return 2");
	}

	/** What the law refuses: branch on SQLSTATE and constraint; texts are for people. */
	void refused(String sql, Object... params) throws Exception {
		try {
			call(sql, params);
		} catch (PSQLException error) {
			ServerErrorMessage fields = error.getServerErrorMessage();
			if (fields == null || fields.getConstraint() == null)
				throw error;
			System.out.println("refused: " + error.getSQLState() + " " + fields.getConstraint() + ": "
					+ (fields.getHint() != null ? fields.getHint() : fields.getDetail()));
		}
	}

	public static void main(String[] args) throws Exception {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(args[0]);
		config.setAutoCommit(false);
		config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
		config.addDataSourceProperty("ApplicationName", "checkout");
		try (HikariDataSource pool = new HikariDataSource(config)) {
			new Checkout(pool).run(args[1], args[2]);
		} catch (SQLException error) {
			System.err.println(error.getMessage());
			System.exit(1);
		}
	}
}
