import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer } from '../loopback-server.ts';

/** Content of a file: bytes, or a size with a function for files that nobody wants to hold. */
export type Content =
  | Uint8Array
  | string
  | { readonly size: number; readonly read: (offset: number, length: number) => Uint8Array; readonly sha256?: string };

export const sizeOf = (content: Content): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : content instanceof Uint8Array ? content.length : content.size;

export const slice = (content: Content, offset: number, length: number): Uint8Array =>
  typeof content === 'string'
    ? Buffer.from(content).subarray(offset, offset + length)
    : content instanceof Uint8Array
      ? content.subarray(offset, offset + length)
      : content.read(offset, length);

export const hex = (algorithm: string, ...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest('hex');

/** Digest of content that cannot be hashed in a test is made of what tells it apart. */
export const sha256Of = (content: Content): string =>
  typeof content === 'string' || content instanceof Uint8Array
    ? hex('sha256', content)
    : (content.sha256 ?? hex('sha256', `${content.size}`, content.read(0, 4096)));

/** Misbehaviour of an answer. */
export type Fault =
  | 'drop'
  | 'stall'
  | 'slow'
  | 'html'
  | 'loop'
  | 'huge'
  | 'ignore-range'
  | 'wrong-range'
  | 'no-content-range'
  | 'lie-length'
  | 'truncate'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly delay: number };

/** As much of a file as a server sends that ignores ranges, before it is tired: clients stop it earlier. */
const MOST_OF_A_FILE = 4 << 20;
const PIECE = 65_536;

/** A registry of models on a loopback port: serves ranges, misbehaves on demand, and counts. */
export abstract class RegistryServer extends LoopbackServer {
  /** Bytes of bodies that were handed to the socket. */
  bytes = 0;
  readonly log: string[] = [];
  /** Authorization headers, in the order of the log. */
  readonly tokens: (string | undefined)[] = [];
  fault: (path: string, request: IncomingMessage) => Fault | undefined = () => undefined;

  reset(): void {
    this.bytes = 0;
    this.log.length = 0;
    this.tokens.length = 0;
  }

  protected send(
    response: ServerResponse,
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.bytes += bytes.length;
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    response.end(bytes);
  }

  protected redirect(response: ServerResponse, status: number, location: string): void {
    response.writeHead(status, { location, 'content-length': '0' });
    response.end();
  }

  /** The file, or the part of it that the request names. */
  protected content(content: Content, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const size = sizeOf(content);
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const type = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
    if (!match || fault === 'ignore-range') {
      response.writeHead(200, { ...type, 'content-length': String(size) });
      for (let at = 0; at < Math.min(size, MOST_OF_A_FILE); at += PIECE) {
        const piece = slice(content, at, Math.min(PIECE, size - at));
        this.bytes += piece.length;
        response.write(piece);
      }
      response.end();
      return;
    }
    const start = Number(match[1]);
    const end = Math.min(Number(match[2]), size - 1);
    if (start >= size) return this.send(response, 416, '', { 'content-range': `bytes */${size}` });
    const bytes = slice(content, start, end - start + 1);
    const stated = fault === 'lie-length' ? size + 1000 : size;
    const range = fault === 'wrong-range' ? `bytes ${start + 1}-${end + 1}/${size}` : `bytes ${start}-${end}/${stated}`;
    const headers = { ...type, ...(fault === 'no-content-range' ? {} : { 'content-range': range }) };
    if (fault !== 'truncate') return this.send(response, 206, bytes, headers);
    const part = bytes.subarray(0, Math.max(1, bytes.length >> 1));
    this.bytes += part.length;
    response.writeHead(206, { ...headers, 'content-length': String(bytes.length) });
    response.write(part, () => response.destroy());
  }

  /** Whether the fault has answered the request; faults of contents are left to `content`. */
  protected async misbehave(fault: Fault | undefined, path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (typeof fault === 'object') {
      if ('status' in fault) {
        this.send(response, fault.status, JSON.stringify({ error: 'no' }), { 'content-type': 'application/json', ...fault.headers });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
      return false;
    }
    switch (fault) {
      case 'drop':
        request.socket.destroy();
        return true;
      case 'stall':
        response.writeHead(206, { 'content-length': '100' });
        response.write('x');
        return true;
      case 'html':
        this.send(response, 200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
        return true;
      case 'loop':
        this.redirect(response, 302, `${path}?again`);
        return true;
      case 'huge':
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let i = 0; i < 80; i += 1) response.write(' '.repeat(PIECE));
        response.end('{}');
        return true;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, 20));
        return false;
      default:
        return false;
    }
  }
}
