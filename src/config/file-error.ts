const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this process may not read the file',
  EISDIR: 'this is a folder, not a file',
};

/** Why a file could not be read, in the operator's words. */
export function describeFileError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return WORDS[code] ?? `the file cannot be read (${code})`;
}
