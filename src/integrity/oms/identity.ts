import { UserError } from '../../core/errors.ts';

/** Whose keyless signature is accepted. Both parts are needed: an identity means nothing without who vouches for it. */
export interface KeylessIdentity {
  readonly identity: RegExp;
  readonly issuer: RegExp;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** Longer patterns are not written by people. */
const MAX_PATTERN = 1000;

/** The whole text, and nothing else: `sigstore` itself matches anywhere in the name. */
const exactly = (text: string): RegExp => new RegExp(`^${escape(text)}$`);

function pattern(text: string, flag: string): RegExp {
  if (text.length > MAX_PATTERN) throw new UserError(`${flag}: pattern is longer than ${MAX_PATTERN} characters`);
  try {
    return new RegExp(`^(?:${text})$`);
  } catch (error) {
    throw new UserError(`${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export interface IdentityFlags {
  readonly certificateIdentity?: string | undefined;
  readonly certificateIdentityRegexp?: string | undefined;
  readonly certificateOidcIssuer?: string | undefined;
  readonly certificateOidcIssuerRegexp?: string | undefined;
}

/** @throws UserError where identity or issuer is missing, empty, or given twice. */
export function parseIdentity(flags: IdentityFlags): KeylessIdentity {
  const one = (exact: string | undefined, regexp: string | undefined, flag: string): RegExp => {
    if (exact !== undefined && regexp !== undefined) throw new UserError(`give either ${flag} or ${flag}-regexp`);
    if (exact) return exactly(exact);
    if (regexp) return pattern(regexp, `${flag}-regexp`);
    throw new UserError(`a keyless signature needs ${flag} (or ${flag}-regexp): without it anybody's signature would do`);
  };
  return {
    identity: one(flags.certificateIdentity, flags.certificateIdentityRegexp, '--certificate-identity'),
    issuer: one(flags.certificateOidcIssuer, flags.certificateOidcIssuerRegexp, '--certificate-oidc-issuer'),
  };
}
