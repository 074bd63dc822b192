/**
 * Whether a revision is the whole name of a Git commit (SHA-1, 40 lower-case hexadecimal digits, as Git and the Hub write
 * them): the only revision that nobody can move. Branches, tags and shortened names can stand for another commit tomorrow.
 */
export const isCommit = (revision: string | undefined): revision is string => revision !== undefined && /^[0-9a-f]{40}$/.test(revision);
