// How the shop talks to the database: one function of paysession at a time,
// with its arguments by name, as the role that may do no more than call them.
import { EventEmitter } from "node:events";
import pg from "pg";

// Amounts are among the integers that JavaScript has exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({ user: "shop", application_name: "shop" });
pool.on("error", (error) => console.error(`a connection broke: ${error.message}`));

// For the page that shows them: { text, values, rows, error, ms }.
export const statements = new EventEmitter();

// Somebody else was at the same rows: what was asked for has not happened.
const again = new Set(["40001", "40P01"]);

export async function query(text, values = [], client = pool) {
	for (let attempt = 1; ; attempt++) {
		const statement = { text, values, at: Date.now() };
		try {
			({ rows: statement.rows, command: statement.command, rowCount: statement.count } = await client.query(text, values));
			return statement.rows;
		} catch (error) {
			statement.error = error;
			if (!again.has(error.code) || attempt === 5) throw error;
		} finally {
			statement.ms = Date.now() - statement.at;
			statements.emit("done", statement);
		}
	}
}

// all returns the rows of a function, call its only one.
export async function all(name, args = {}) {
	const given = Object.entries(args).filter(([, value]) => value !== undefined);
	const list = given.map(([argument], i) => `${argument} => $${i + 1}`).join(", ");
	return query(`SELECT * FROM paysession.${name}(${list})`, given.map(([, value]) => value));
}

export async function call(name, args) {
	return (await all(name, args))[0];
}

// read is for what need not be shown.
export async function read(text, values) {
	return (await pool.query(text, values)).rows;
}
