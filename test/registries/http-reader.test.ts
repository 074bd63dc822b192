import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { httpReader, MOST_IGNORED } from '../../src/registries/http-reader.ts';
import { Net, type NetOptions } from '../../src/registries/net.ts';
import { Transfer } from '../../src/registries/transfer.ts';
import { HubServer } from './hub-server.ts';
import type { Fault } from './registry-server.ts';
import { sparse } from './models.ts';

const hub = new HubServer();
const pattern = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
let commit = '';

beforeAll(async () => {
  await hub.start();
  const repo = hub.repo('acme/m', { 'small.bin': pattern, 'big.bin': { content: sparse(5e9, [[4e9, pattern]]), lfs: true } });
  commit = repo.commits[0]?.sha ?? '';
});
afterAll(() => hub.stop());
afterEach(() => {
  hub.fault = () => undefined;
  hub.reset();
});

const waits: number[] = [];
const net = (more: NetOptions = {}): Net => new Net({ wait: (ms) => Promise.resolve(waits.push(ms)), random: () => 0.5, ...more });
const url = (path: string): string => `${hub.url}/acme/m/resolve/${commit}/${path}`;
const open = (path: string, size = pattern.length, connection = net()) =>
  httpReader({ url: url(path), size, headers: { authorization: 'Bearer hf_secret' } }, connection);
/** The fault happens to the first `times` requests. */
const first = (times: number, fault: Fault): void => {
  let left = times;
  hub.fault = () => (left-- > 0 ? fault : undefined);
};

describe('reading by ranges', () => {
  it('gives the bytes of any range, and each byte is moved once', async () => {
    const reader = open('small.bin');
    for (const [at, length] of [
      [0, 10],
      [5, 20_000],
      [299_990, 100],
      [0, 300_000],
      [123, 4567],
      [300_000, 5],
      [10, 0],
    ] as const) {
      expect(Buffer.from(await reader.read(at, length)).equals(pattern.subarray(at, at + length)), `${at}+${length}`).toBe(true);
    }
    expect(hub.bytes).toBe(pattern.length);
  });

  it('reads ahead while reads go on, and hardly anything for a read at random', async () => {
    const reader = open('small.bin');
    for (let at = 0; at < 100_000; at += 100) await reader.read(at, 100);
    expect(hub.requests).toBeLessThan(15);
    hub.reset();
    await reader.read(250_000, 16);
    expect(hub.bytes).toBeLessThanOrEqual(512);
  });

  it('answers reads at the same time with one request', async () => {
    const reader = open('small.bin');
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => reader.read(i * 10, 10)));
    expect(Buffer.concat(all).equals(pattern.subarray(0, 200))).toBe(true);
    expect(hub.requests).toBe(1);
  });

  it('asks the store behind the hub directly after the first redirect, and tells it no token', async () => {
    const reader = open('big.bin', 5e9);
    expect(Buffer.from(await reader.read(4e9, 1000)).equals(pattern.subarray(0, 1000))).toBe(true);
    await reader.read(1e9, 10);
    await reader.read(2e9, 10);
    expect(hub.log.filter((line) => line.includes('/lfs/'))).toHaveLength(3);
    expect(hub.log).toHaveLength(4);
    hub.log.forEach((line, i) => expect(hub.tokens[i]).toBe(line.includes('/lfs/') ? undefined : 'Bearer hf_secret'));
  });

  it('asks the hub again when the address of the store has expired', async () => {
    const reader = open('big.bin', 5e9);
    await reader.read(0, 10);
    let denied = false;
    hub.fault = (path) => {
      if (!path.startsWith('/lfs/') || denied) return undefined;
      denied = true;
      return { status: 403 };
    };
    expect(await reader.read(3e9, 10)).toHaveLength(10);
    expect(denied).toBe(true);
  });
});

describe('a server that misbehaves', () => {
  it.each<[string, Fault]>([
    ['drops the connection', 'drop'],
    ['breaks off in the body', 'truncate'],
    ['answers 500', { status: 500 }],
    ['answers 429', { status: 429 }],
    ['answers 503 with Retry-After', { status: 503, headers: { 'retry-after': '7' } }],
  ])('for a moment: %s', async (_, fault) => {
    first(2, fault);
    const reader = open('small.bin');
    expect(Buffer.from(await reader.read(1000, 50_000)).equals(pattern.subarray(1000, 51_000))).toBe(true);
  });

  it('waits as long as it is asked to, with growing pauses otherwise', async () => {
    waits.length = 0;
    first(1, { status: 429, headers: { 'retry-after': '7' } });
    await open('small.bin').read(0, 10);
    expect(waits.some((ms) => ms >= 7000 && ms < 8000)).toBe(true);
    waits.length = 0;
    first(3, { status: 500 });
    await open('small.bin').read(0, 10);
    expect(waits).toEqual([375, 750, 1500]);
  });

  it('resumes a broken body where it ended', async () => {
    first(2, 'truncate');
    await open('small.bin').read(100_000, 40_000);
    expect(hub.log.map((line) => line.split(' ').at(-1))).toEqual(['bytes=100000-139999', 'bytes=120000-139999', 'bytes=130000-139999']);
  });

  it.each<[string, Fault, RegExp]>([
    ['drops every connection', 'drop', /fetch failed|other side closed|ECONNRESET/],
    ['breaks off every body', 'truncate', /ends at byte|terminated/],
    ['answers a web page', 'html', /web page/],
    ['sends another range', 'wrong-range', /begins at byte/],
    ['does not say which range it sends', 'no-content-range', /which range/],
    ['lies about the length', 'lie-length', /registry states/],
    ['redirects in circles', 'loop', /redirects/],
    ['is down', { status: 500 }, /HTTP 500/],
    ['wants an hour of quiet', { status: 429, headers: { 'retry-after': '3600' } }, /asks to wait/],
    ['does not have the file', { status: 404 }, /HTTP 404/],
    ['denies', { status: 401 }, /denied/],
    ['sends a file to another protocol', { status: 302, headers: { location: 'file:///etc/passwd' } }, /redirects to file/],
  ])('for good: %s', async (_, fault, message) => {
    hub.fault = () => fault;
    await expect(open('small.bin').read(200_000, 1000)).rejects.toThrow(message);
  });

  it('gives up on a body that stalls', async () => {
    hub.fault = () => 'stall';
    await expect(open('small.bin', pattern.length, net({ stall: 50 })).read(0, 100)).rejects.toThrow(
      /content-range|which range|nothing came|ends at/i,
    );
  });

  it('takes the beginning of a server that ignores ranges, and refuses to stream gigabytes', async () => {
    hub.fault = () => 'ignore-range';
    expect(Buffer.from(await open('small.bin').read(10_000, 100)).equals(pattern.subarray(10_000, 10_100))).toBe(true);
    hub.lfsElsewhere = false;
    await expect(open('big.bin', 5e9).read(4e9, 100)).rejects.toThrow('ignores ranges');
    expect(hub.bytes).toBeLessThan(MOST_IGNORED * 10);
    hub.lfsElsewhere = true;
  });

  it('moves no more than it may', async () => {
    const reader = open('small.bin', pattern.length, net({ transfer: new Transfer(10_000) }));
    await reader.read(0, 10_000);
    await expect(reader.read(50_000, 10)).rejects.toThrow('--max-bytes');
  });
});
