import type { ApiRequest, Fault } from './simulator.ts';

const MOODS: readonly Fault[] = [
  { kind: 'answer', answer: { status: 503, body: 'upstream is resting' } },
  { kind: 'commit_then_answer', answer: { status: 502, body: '<html>Bad Gateway</html>' } },
  { kind: 'answer', answer: { status: 429, body: { error: 'slow down' }, headers: { 'Retry-After': '1' } } },
  { kind: 'drop' },
  { kind: 'commit_then_drop' },
  { kind: 'cut_body' },
  { kind: 'answer', answer: { status: 200, body: { error: 'internal error', code: 'TRY_LATER' } } },
];

/** A share of all requests goes wrong, in every way there is; the same seed gives the same sequence. */
export function createChaos(rate: number, seed: number): (request: ApiRequest) => Fault | undefined {
  const random = mulberry32(seed);
  return () => (random() < rate ? MOODS[Math.floor(random() * MOODS.length)] : undefined);
}

/** A small deterministic generator (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
