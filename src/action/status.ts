/** The status of a failed request, where it is one. Apart from the client, which is loaded only when it is needed. */
export const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};
