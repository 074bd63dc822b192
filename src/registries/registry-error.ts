/** A registry could not be asked, or answered with something else. Findings from it are incomplete then, never absent. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly url: string;
  readonly status: number | undefined;

  constructor(url: string, message: string, status?: number) {
    super(`${url}: ${message}`);
    this.url = url;
    this.status = status;
  }
}
