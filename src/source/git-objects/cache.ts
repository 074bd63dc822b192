/** Keeps what was used last, up to a number of bytes. */
export class ByteCache<K, V> {
  private readonly items = new Map<K, { readonly value: V; readonly bytes: number }>();
  private readonly limit: number;
  private held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: K): V | undefined {
    const item = this.items.get(key);
    if (!item) return undefined;
    // The order of a map is that of insertion: what is used goes to the end.
    this.items.delete(key);
    this.items.set(key, item);
    return item.value;
  }

  /** What is larger than an eighth of the cache is not kept: it would push out everything else. */
  set(key: K, value: V, bytes: number): void {
    if (bytes > this.limit / 8 || this.items.has(key)) return;
    this.items.set(key, { value, bytes });
    this.held += bytes;
    for (const [oldest, item] of this.items) {
      if (this.held <= this.limit) return;
      this.items.delete(oldest);
      this.held -= item.bytes;
    }
  }
}
