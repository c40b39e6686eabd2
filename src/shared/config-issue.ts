/**
 * Something wrong in the operator's configuration. `path` points into the YAML document
 * (`['integrations', 0, 'when']`), so that the loader can name line and column.
 */
export interface ConfigIssue {
  readonly path: readonly (string | number)[];
  /** What is wrong, with the offending value, and what would be right. */
  readonly message: string;
}

/** `integrations[0].when`; empty for the file itself. */
export function pathName(path: ConfigIssue['path']): string {
  const text = path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
    })
    .join('');
  return text.startsWith('.') ? text.slice(1) : text;
}
