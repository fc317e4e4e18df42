// What the functions need of node-postgres, and how values travel.

/** A Pool, a Client or a PoolClient of pg; or what hands such queries on to one. */
export interface Queryable {
	query(query: Query): Promise<{ rows: any[]; command?: string }>;
}

export interface Query {
	text: string;
	values?: unknown[];
	types: Types;
}

export interface Types {
	getTypeParser(oid: number, format?: any): (value: any) => any;
}

/** What a jsonb column can be. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** What a jsonb argument can be: what JSON.stringify can write, interfaces and classes too. */
export type JsonInput = string | number | boolean | object;

// A number is exact: no amount of ours exceeds 2^53 - 1.
function integer(text: string): number {
	const number = Number(text);
	if (!Number.isSafeInteger(number)) {
		throw new RangeError(`${text} does not fit a number`);
	}
	return number;
}

// Date's own parser knows neither years beyond 9999 nor offsets with seconds.
function timestamp(text: string): Date {
	const match = /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/.exec(text);
	if (!match) {
		throw new RangeError(`${text} is not a time as PostgreSQL's DateStyle ISO writes it`);
	}
	const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
	const [offsetHours, offsetMinutes, offsetSeconds] = match.slice(9, 12).map((part) => Number(part ?? 0)) as [number, number, number];
	const sign = match[8] === '-' ? -1 : 1;
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	date.setUTCHours(hours - sign * offsetHours, minutes - sign * offsetMinutes, seconds - sign * offsetSeconds,
		Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));
	return date;
}

const parsers = new Map<number, (text: string) => unknown>([
	[16, (text) => text === 't'],
	[20, integer],
	[21, Number],
	[23, Number],
	[1184, timestamp],
	[3802, JSON.parse],
]);

/**
 * How rows are read, whatever has been set in pg.types: bigint as number, timestamptz as Date, jsonb parsed, all else
 * as PostgreSQL writes it. For a query of your own whose rows shall be such as PaymentSession:
 * `pool.query<PaymentSession>({ text: 'SELECT * FROM paysession.payment_session', types })`
 */
export const types: Types = {
	getTypeParser: (oid) => parsers.get(oid) ?? String,
};

/** A jsonb argument: pg would make an array of PostgreSQL's of an array. */
export function json(input: JsonInput | null | undefined): string | null | undefined {
	return input === undefined || input === null ? input : JSON.stringify(input);
}

/** Calls a function; what is undefined is left to its default. */
export async function rows<Row>(db: Queryable, name: string, args: Record<string, unknown>): Promise<Row[]> {
	const given = Object.entries(args).filter(([, value]) => value !== undefined);
	const result = await db.query({
		text: `SELECT * FROM paysession.${name}(${given.map(([arg], n) => `${arg} => $${n + 1}`).join(', ')}) AS value`,
		values: given.map(([, value]) => value),
		types,
	});
	return result.rows;
}

export async function row<Row>(db: Queryable, name: string, args: Record<string, unknown>): Promise<Row> {
	return (await rows<Row>(db, name, args))[0]!;
}

/** A composite that is NULL is a row of them. */
export async function rowOrNull<Row extends object>(db: Queryable, name: string, args: Record<string, unknown>): Promise<Row | null> {
	const found = await row<Row>(db, name, args);
	return Object.values(found).every((value) => value === null) ? null : found;
}

export async function value<Value>(db: Queryable, name: string, args: Record<string, unknown>): Promise<Value> {
	return (await row<{ value: Value }>(db, name, args)).value;
}
