import type { ApiRequest } from '../simulator.ts';
import type { Transaction } from './transaction.ts';

/** What a write is part of, and what its request asked for. */
export interface WriteContext {
  readonly transaction: Transaction;
  /** Somebody at a keyboard: sees every field, passes alerts and faults. */
  readonly person: boolean;
  /** Whether assignment rules run. */
  readonly assigns: boolean;
  /** Whether duplicates that only alert are saved. */
  readonly savesDuplicates: boolean;
}

/** `Sforce-Auto-Assign` is on unless it says FALSE; duplicates are refused unless `allowSave=true`. */
export function readWriteContext(transaction: Transaction, { headers }: Pick<ApiRequest, 'headers'>): WriteContext {
  const rule = headers['sforce-duplicate-rule-header'] ?? '';
  return {
    transaction,
    person: false,
    assigns: (headers['sforce-auto-assign'] ?? 'TRUE').trim().toUpperCase() !== 'FALSE',
    savesDuplicates: /(?:^|[;,\s])allowSave\s*=\s*true(?:$|[;,\s])/i.test(rule),
  };
}

export function personContext(transaction: Transaction): WriteContext {
  return { transaction, person: true, assigns: false, savesDuplicates: true };
}
