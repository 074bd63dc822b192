/** A registry could not be asked, or answered with something else. Findings from it are incomplete then, never absent. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly url: string;
  readonly status: number | undefined;

  constructor(url: string, message: string, status?: number) {
    // Queries are long, and those of the stores behind registries are signed: they are nobody's to read.
    super(`${url.replace(/[?#].*$/s, '')}: ${message}`);
    this.url = url;
    this.status = status;
  }
}
