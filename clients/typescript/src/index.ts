export { types, type Json, type JsonInput, type JsonObject, type Queryable } from './database';
export { isDatabaseError, refusal, retryable, type Constraint, type DatabaseError } from './errors';
export * from './functions';
export * from './rows';
export { transaction, type TransactionOptions } from './transaction';
