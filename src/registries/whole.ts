import { MAX_ATTEMPTS, type Connection } from './net.ts';
import { RegistryError } from './registry-error.ts';

export interface Whole {
  readonly response: Response;
  readonly bytes: Buffer;
}

/**
 * The body of an answer, whole, asked for again where it breaks off.
 * @throws RegistryError where it has more than `limit` bytes, and where `Connection.request` does.
 */
export async function requestWhole(net: Connection, url: string, init: RequestInit, limit: number): Promise<Whole> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await net.request(url, init);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > limit) throw new RegistryError(url, `the answer is larger than ${limit} bytes`);
        chunks.push(chunk);
      }
      return { response, bytes: Buffer.concat(chunks) };
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      if (attempt >= MAX_ATTEMPTS) throw new RegistryError(url, 'the answer breaks off', response.status);
      await net.pause(attempt);
    }
  }
}

/** JSON of an answer; its shape is the caller's to check. `undefined` for 404. */
export async function requestJson(net: Connection, url: string, init: RequestInit, limit: number): Promise<unknown> {
  const { response, bytes } = await requestWhole(net, url, init, limit);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new RegistryError(url, `HTTP ${response.status}`, response.status);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new RegistryError(url, 'the answer is no JSON');
  }
}
