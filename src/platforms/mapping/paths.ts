import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { ConfigIssue } from '../../shared/config-issue.ts';
import type { Paths } from './description.ts';
import { isBlank } from './convert.ts';
import { compilePath, type Path } from './path.ts';

/** Where a compilation reports to. */
export interface Compilation {
  readonly issues: ConfigIssue[];
  /** Place in the configuration. */
  readonly path: ConfigIssue['path'];
  /** Collects every path compiled: the places of a body that are accounted for. */
  readonly known: Path[];
}

/** Compiles one path or several; wrong ones become issues. */
export function compilePaths(paths: Paths | undefined, { issues, path, known }: Compilation): readonly Path[] {
  const texts = typeof paths === 'string' ? [paths] : (paths ?? []);
  const compiled: Path[] = [];
  for (const text of texts) {
    const result = compilePath(text);
    if (typeof result === 'string') issues.push({ path, message: result });
    else compiled.push(result);
  }
  known.push(...compiled);
  return compiled;
}

/** The first value there is at one of the paths; null when there is none. */
export function firstValue(paths: readonly Path[], record: JsonObject): JsonValue {
  for (const path of paths) {
    const value = path.get(record);
    if (!isBlank(value)) return value;
  }
  return null;
}
