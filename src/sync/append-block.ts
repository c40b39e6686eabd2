const END = '[/hookline]';

/**
 * Puts the text of one call into a longer one, as a block between markers. A block of the same call is replaced,
 * everything else (a person's own notes, blocks of other calls) is left alone.
 */
export function appendBlock(current: string, callKey: string, text: string): string {
  const start = `[hookline ${callKey}]`;
  const block = `${start}\n${withoutMarkers(text)}\n${END}`;
  const from = current.indexOf(start);
  if (from < 0) return current.trim() === '' ? block : `${current}\n\n${block}`;
  const end = current.indexOf(END, from);
  // Somebody cut the end marker off: only the start marker is surely ours.
  const to = end < 0 ? from + start.length : end + END.length;
  return `${current.slice(0, from)}${block}${current.slice(to)}`;
}

/** What a caller said must not end or forge a block. */
function withoutMarkers(text: string): string {
  return text.replaceAll(/\[(?=\/?hookline\b)/g, '(');
}
