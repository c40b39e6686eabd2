import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';

export type InflatedBody =
  | { readonly kind: 'inflated'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly status: 413 | 415 | 503; readonly cause: string };

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
};

/** Undoes `Content-Encoding`; at most `maxBytes` come out. `encoding` is the header as sent. */
export type InflateBody = (wireBody: Buffer, encoding: string, maxBytes: number) => Promise<InflatedBody>;

export interface InflateLimits {
  /** Bodies inflated at the same time. */
  readonly atOnce: number;
  /** Bodies that may wait for their turn; the sender of one more is asked to come again. */
  readonly waiting: number;
}

/** Few enough for the last one waiting to be answered inside 4 s (design.md section 4) even behind bombs. */
const DEFAULT_LIMITS: InflateLimits = { atOnce: 4, waiting: 64 };

/** JSON seldom shrinks to a twentieth. What shrinks to less than a hundredth was made to cost us more than its sender. */
const MAX_RATIO = 100;
const ALWAYS_ALLOWED_BYTES = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Inflating is where a few bytes of a stranger become megabytes of ours (trap 14), so three things are bounded: what
 * comes out of one body, how much of it one byte may become, and how many bodies are at it: 300 bombs of 5 KB at once
 * took 1.7 GB and seven seconds of everybody's time. Bytes that are not what their encoding says are answered like an
 * encoding we do not know: the sender has to change the same thing.
 */
export function createInflateBody(limits: InflateLimits = DEFAULT_LIMITS): InflateBody {
  const turns = createTurns(limits);
  return async (wireBody, encoding, maxBytes) => {
    const name = encoding.trim().toLowerCase();
    if (name === '' || name === 'identity' || wireBody.length === 0) return { kind: 'inflated', body: wireBody };
    const decompress = Object.hasOwn(INFLATE, name) ? INFLATE[name] : undefined;
    if (decompress === undefined) return refused(415, 'encoding_unsupported');
    if (!(await turns.take())) return refused(503, 'too_many_inflating');
    try {
      const maxOutputLength = Math.min(maxBytes, Math.max(ALWAYS_ALLOWED_BYTES, wireBody.length * MAX_RATIO));
      return { kind: 'inflated', body: await decompress(wireBody, { maxOutputLength, chunkSize: CHUNK_BYTES }) };
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      return tooLarge ? refused(413, 'inflated_body_too_large') : refused(415, 'encoding_broken');
    } finally {
      turns.give();
    }
  };
}

function refused(status: 413 | 415 | 503, cause: string): InflatedBody {
  return { kind: 'refused', status, cause };
}

interface Turns {
  /** Resolves when it is one's turn; false when too many wait. */
  take(): Promise<boolean>;
  give(): void;
}

function createTurns({ atOnce, waiting }: InflateLimits): Turns {
  const queue: ((taken: boolean) => void)[] = [];
  let free = atOnce;
  return {
    async take() {
      if (free > 0) {
        free -= 1;
        return true;
      }
      if (queue.length >= waiting) return false;
      return new Promise((resolve) => queue.push(resolve));
    },
    give() {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next(true);
    },
  };
}
