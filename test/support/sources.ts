import { createSource, sourceConfigSchema } from '../../src/platforms/source-config.ts';
import { createReceivedSource } from '../../src/receive/create-received-source.ts';
import type { ReceivedSource } from '../../src/receive/received-source.ts';
import { serverSchema } from '../../src/receive/schema.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';

/** A source as the operator would write it, ready for the receiver; throws what the operator would be told. */
export function receivedSource(
  name: string,
  written: unknown,
  overrides: Partial<ReceivedSource> = {},
): ReceivedSource {
  const config = sourceConfigSchema.parse(written);
  const issues: ConfigIssue[] = [];
  const adapter = createSource(config, issues, ['sources', name]);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return { ...createReceivedSource({ name, config, adapter }, serverSchema.parse({})), ...overrides };
}
