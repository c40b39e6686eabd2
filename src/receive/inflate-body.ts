import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';

export type InflatedBody =
  | { readonly kind: 'inflated'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly status: 413 | 415; readonly cause: string };

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
};

/**
 * Undoes `Content-Encoding` (trap 14). The compressed size was limited while reading, the output is limited here, so a
 * zip bomb costs at most `maxBytes`. Bytes that are not what their encoding says are answered like an encoding we do
 * not know: the sender has to change the same thing.
 */
export async function inflateBody(wireBody: Buffer, encoding: string | null, maxBytes: number): Promise<InflatedBody> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity' || wireBody.length === 0) return { kind: 'inflated', body: wireBody };
  const decompress = Object.hasOwn(INFLATE, name) ? INFLATE[name] : undefined;
  if (decompress === undefined) return { kind: 'refused', status: 415, cause: 'encoding_unsupported' };
  try {
    return { kind: 'inflated', body: await decompress(wireBody, { maxOutputLength: maxBytes }) };
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return tooLarge
      ? { kind: 'refused', status: 413, cause: 'inflated_body_too_large' }
      : { kind: 'refused', status: 415, cause: 'encoding_broken' };
  }
}
