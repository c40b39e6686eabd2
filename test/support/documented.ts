import { globSync, readFileSync } from 'node:fs';

/** A page of `docs/` as tests of what it says read it. */
export interface DocumentedPage {
  /** Rows of the table whose first heading is this; the cells from index 1 on. */
  rowsOf(heading: string): readonly (readonly string[])[];
  /** `code` in the second column of the table of what is written, of rows for these records. */
  fieldsOf(records: readonly string[]): readonly string[];
  /** Texts that the troubleshooting explains, apart from the CRM's own words. */
  explained(theirs: readonly string[]): readonly string[];
}

export function readPage(file: string): DocumentedPage {
  const lines = readFileSync(file, 'utf8').split('\n');
  const rowsOf: DocumentedPage['rowsOf'] = (heading) => {
    const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
    const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
    return lines.slice(start + 2, end).map((line) => line.split('|').map((cell) => cell.trim()));
  };
  return {
    rowsOf,
    fieldsOf: (records) =>
      rowsOf('record')
        .filter(([, record = '']) => records.includes(record))
        .flatMap(([, , field]) => codesIn(field)),
    explained: (theirs) =>
      rowsOf('you read')
        .flatMap(([, words]) => codesIn(words))
        .filter((words) => !theirs.includes(words)),
  };
}

function codesIn(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Those of the texts that no source says. A text with values in it is looked for by the words between them. */
export function unsaid(texts: readonly string[], patterns: readonly string[]): readonly string[] {
  const source = patterns
    .flatMap((pattern) => globSync(pattern))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const said = source.replaceAll(/\$\{[^}]*\}/g, '');
  return texts.filter((text) => !said.includes(text));
}

export function sorted(names: readonly string[]): readonly string[] {
  return names.toSorted((left, right) => left.localeCompare(right));
}
