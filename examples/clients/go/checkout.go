// One checkout with lib/pq:  checkout CART ORDER
// The server is that of PGHOST, PGUSER, PGDATABASE and so on.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/rand"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/lib/pq"
)

type status string

const authorized status = "authorized"

type document map[string]any

type operation struct {
	id, status, key string
	amount          int64
	claimed         bool
}

type answer struct {
	ref  string
	data document
}

// What the provider's library does.  With the same key it acts once, however often it is asked.
type call func(amount int64, key string) (answer, error)

func authorize(_ int64, key string) (answer, error) {
	return answer{"auth_" + key, document{"card": document{"brand": "visa", "last4": "4242"}}}, nil
}

func capture(_ int64, key string) (answer, error) {
	return answer{ref: "capture_" + key}, nil
}

func refund(_ int64, key string) (answer, error) {
	return answer{ref: "refund_" + key}, nil
}

type shop struct {
	db *sql.DB
}

const attempts = 5

// transaction runs work in a transaction, all of it anew when somebody else was
// in the way.  So work does nothing but talk to the database.
func (s shop) transaction(ctx context.Context, work func(*sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.once(ctx, work)
		var refused *pq.Error
		if !errors.As(err, &refused) || (refused.Code != "40001" && refused.Code != "40P01") || attempt == attempts {
			return err
		}
		log.Printf("%s at attempt %d", refused.Code, attempt)
		select {
		case <-time.After(time.Duration(rand.Float64() * float64(int64(20*time.Millisecond)<<attempt))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s shop) once(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return err
	}
	defer tx.Rollback() // once it is committed, nothing
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (s shop) exec(ctx context.Context, query string, args ...any) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// settle reserves, calls, finishes: reserve tells whether it is this worker that
// calls the provider, finish records what it says.
func (s shop) settle(ctx context.Context, call call, finish func(operation, answer) error, reserve string, args ...any) error {
	var op operation
	if err := s.transaction(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT id, status, amount, provider_idempotency_key, claimed FROM "+reserve, args...).
			Scan(&op.id, &op.status, &op.amount, &op.key, &op.claimed)
	}); err != nil {
		return err
	}
	if op.status != "pending" {
		return nil // done before
	}
	if !op.claimed {
		return fmt.Errorf("somebody else is at operation %s", op.id)
	}
	answer, err := call(op.amount, op.key)
	if err != nil {
		// It may have happened: whoever is next asks again, with the same key.
		if unrecorded := s.exec(ctx, "SELECT FROM paysession.ps_finish($1, 'unknown')", op.id); unrecorded != nil {
			log.Print(unrecorded) // the lease ends by itself
		}
		return err
	}
	return finish(op, answer)
}

func money(amount int64) string {
	return fmt.Sprintf("%d.%02d", amount/100, amount%100)
}

func (s shop) checkout(ctx context.Context, cartID, orderID string) error {
	wanted, err := json.Marshal(document{
		"id": cartID, "currency_code": "eur", "subtotal": 4500, "shipping_total": 999, "raw_discount_total": 100.25})
	if err != nil {
		return err
	}
	var total int64
	var currency, discount string
	var sessions map[string]string
	if err := s.transaction(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT total, currency_code, raw_discount_total FROM paysession.ps_put_cart($1)", wanted).
			Scan(&total, &currency, &discount); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT provider_id, id FROM paysession.ps_set_sessions($1, $2)",
			cartID, pq.Array([]string{"stripe", "klarna"}))
		if err != nil {
			return err
		}
		defer rows.Close()
		sessions = make(map[string]string)
		for rows.Next() {
			var provider, id string
			if err := rows.Scan(&provider, &id); err != nil {
				return err
			}
			sessions[provider] = id
		}
		if err := rows.Err(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "SELECT FROM paysession.ps_select($1)", sessions["stripe"])
		return err
	}); err != nil {
		return err
	}
	var providers []string
	for provider := range sessions {
		providers = append(providers, provider)
	}
	sort.Strings(providers)
	fmt.Printf("cart: %s %s, discount %s\n", money(total), currency, discount)
	fmt.Printf("sessions: %s\n", strings.Join(providers, ", "))
	id := sessions["stripe"]

	if err := s.settle(ctx, authorize, func(op operation, a answer) error {
		data, err := json.Marshal(a.data)
		if err != nil {
			return err
		}
		return s.exec(ctx, "SELECT FROM paysession.ps_authorize($1, amount => $2, data => $3, provider_ref => $4)",
			id, op.amount, data, a.ref)
	}, "paysession.ps_begin($1)", id); err != nil {
		return err
	}
	var payment string
	var amount int64
	var is status
	var data []byte
	var since, until time.Time
	if err := s.transaction(ctx, func(tx *sql.Tx) error {
		// your own INSERT of the order goes here
		if err := tx.QueryRowContext(ctx, "SELECT id, authorization_expires_at FROM paysession.ps_promote($1, order_id => $2)", id, orderID).
			Scan(&payment, &until); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx,
			"SELECT status, amount, data, payment_authorized_at FROM paysession.ps_list(cart_id => $1, status => $2)", cartID, authorized).
			Scan(&is, &amount, &data, &since)
	}); err != nil {
		return err
	}
	var method struct {
		Card struct{ Brand, Last4 string }
	}
	if err := json.Unmarshal(data, &method); err != nil {
		return err
	}
	fmt.Printf("%s: %s, %s %s, for %d days\n", is, money(amount), method.Card.Brand, method.Card.Last4, until.Sub(since)/(24*time.Hour))

	succeeded := func(op operation, a answer) error {
		return s.exec(ctx, "SELECT FROM paysession.ps_finish($1, 'succeeded', provider_ref => $2)", op.id, a.ref)
	}
	if err := s.settle(ctx, capture, succeeded,
		"paysession.ps_capture($1, $2, final => true, lease => '1 minute', idempotency_key => $3)",
		payment, 4500, orderID+" shipped"); err != nil {
		return err
	}
	if err := s.settle(ctx, refund, succeeded,
		"paysession.ps_refund($1, $2, 'return', lease => '1 minute', idempotency_key => $3)",
		payment, 1000, orderID+" return 1"); err != nil {
		return err
	}
	var paid string
	var captured, released, refunded int64
	var canceled sql.NullTime
	if err := s.transaction(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx,
			"SELECT status, captured_amount, voided_amount, refunded_amount, canceled_at FROM paysession.payment WHERE id = $1", payment).
			Scan(&paid, &captured, &released, &refunded, &canceled)
	}); err != nil {
		return err
	}
	not := "not "
	if canceled.Valid {
		not = ""
	}
	fmt.Printf("%s: %s captured, %s released, %s refunded, %scanceled\n", paid, money(captured), money(released), money(refunded), not)

	// What the law refuses: branch on SQLSTATE and constraint; texts are for people.
	for _, err := range []error{
		s.exec(ctx, "SELECT FROM paysession.ps_fail($1, reason => $2)", id, "card_declined"),
		s.exec(ctx, "SELECT FROM paysession.ps_refund($1, $2, 'return', idempotency_key => $3)", payment, 3501, orderID+" return 2"),
	} {
		var refused *pq.Error
		if !errors.As(err, &refused) || refused.Constraint == "" {
			return err
		}
		text := refused.Hint
		if text == "" {
			text = refused.Detail
		}
		fmt.Printf("refused: %s %s: %s\n", refused.Code, refused.Constraint, text)
	}
	return nil
}

func main() {
	log.SetFlags(0)
	rand.Seed(time.Now().UnixNano())
	db, err := sql.Open("postgres", "application_name=checkout")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := (shop{db}).checkout(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}
