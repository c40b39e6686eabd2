import type { Call, CallFields } from '../../domain/call.ts';
import type { CallTable } from '../schema.ts';

export function toCall(row: CallTable): Call {
  return {
    ...(JSON.parse(row.fields) as CallFields),
    id: row.id,
    source: row.source,
    platform: row.platform,
    provider_call_id: row.provider_call_id,
    version: row.version,
    first_event_at: row.first_event_at,
    last_event_at: row.last_event_at,
    event_types: JSON.parse(row.event_types) as string[],
  };
}
