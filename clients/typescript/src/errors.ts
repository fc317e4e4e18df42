import { constraints } from './rows';

/** What a statement can be refused for: see doc/reference-errors.md. */
export type Constraint = (typeof constraints)[number];

/** An error of the server, as pg throws it. */
export interface DatabaseError extends Error {
	/** the SQLSTATE */
	code: string;
	severity: string;
	detail?: string;
	hint?: string;
	schema?: string;
	table?: string;
	column?: string;
	constraint?: string;
}

/** Whether it was the server that said so, be pg's class the caller's or another copy of it. */
export function isDatabaseError(error: unknown): error is DatabaseError {
	return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/**
 * The rule of paysession that a statement was refused for; undefined for any other error. What has no constraint is
 * told by its SQLSTATE: `isDatabaseError(error) && error.code === 'P0002'` is a session that does not exist.
 */
export function refusal(error: unknown): Constraint | undefined {
	if (!isDatabaseError(error) || error.schema !== 'paysession') {
		return undefined;
	}
	return constraints.find((constraint) => constraint === error.constraint);
}

/** Whether the transaction can succeed when all of it is done again: it met another one (40001, 40P01). */
export function retryable(error: unknown): boolean {
	return isDatabaseError(error) && (error.code === '40001' || error.code === '40P01');
}
