import type { Ecosystem } from '../../core/component.ts';

export interface RangeFacts {
  /** The one version that the requirement allows. */
  readonly version?: string;
  /** Something keeps the next major, and with it unknown code, away. */
  readonly bounded: boolean;
}

/** A digit, then anything that versions are made of. One class: separators between words would backtrack without end. */
const VERSION = String.raw`v?\d[-+._0-9A-Za-z]*`;
const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const PEP440_EXACT = /^={2,3}([^*,\s]+)$/;
const PEP440_UPPER = /(?:^|,)(?:={2,3}|~=|<=?)[^,]+/;
const SEMVER_EXACT = /^=?\s*v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)$/;
const COMMIT = whole('[0-9a-f]{40}');
const PLAIN = whole(VERSION);

const exact = (version: string): RangeFacts => ({ version, bounded: true });
const range = (bounded: boolean): RangeFacts => ({ bounded });

function pep440(text: string): RangeFacts {
  const pin = PEP440_EXACT.exec(text)?.[1];
  if (pin) return exact(pin);
  // Poetry and Pipenv write bare versions (exact), carets and tildes beside PEP 440.
  if (PLAIN.test(text)) return exact(text);
  return range(PEP440_UPPER.test(text) || /^[\^~]\s*\d/.test(text) || /^\d+(?:\.\d+)*\.\*$/.test(text));
}

/** One alternative of an npm, Cargo, Composer or pub range. */
function semverPart(text: string, bareIsExact: boolean): RangeFacts {
  const pin = SEMVER_EXACT.exec(text)?.[1];
  if (pin) return bareIsExact || text.startsWith('=') ? exact(pin) : range(true);
  if (/^[\^~]/.test(text) || / - /.test(text)) return range(true);
  if (/<|(?:^|\s)=?\s*v?\d/.test(text)) return range(!text.startsWith('>') || text.includes('<'));
  return range(false);
}

function semver(text: string, bareIsExact: boolean): RangeFacts {
  const parts = text.split(/\s*\|\|?\s*/).map((part) => semverPart(part.trim(), bareIsExact));
  return parts.length === 1 ? (parts[0] as RangeFacts) : range(parts.every(({ bounded }) => bounded));
}

/** `[1.0]`, `[1,2)`, `1.0` of Maven and NuGet. A plain version is the one that both tools pick. */
function interval(text: string): RangeFacts {
  const pin = /^\[\s*([^,[\]()]+?)\s*\]$/.exec(text)?.[1];
  if (pin) return exact(pin);
  if (/^[[(]/.test(text)) return range(!/,\s*[\])]$/.test(text));
  if (/^(?:LATEST|RELEASE|latest\.\w+|\+|\*)$/.test(text) || text.includes('${') || text.startsWith('$')) return range(false);
  if (/[+*]/.test(text)) return range(/^\d/.test(text));
  return exact(text);
}

/** What a requirement as written in a manifest of that ecosystem allows. */
export function rangeFacts(ecosystem: Ecosystem, text: string | undefined): RangeFacts {
  const written = text?.trim() ?? '';
  if (written === '' || written === '*' || written.length > 200) return range(false);
  if (COMMIT.test(written)) return exact(written);
  // A build argument fixes it, and only the build knows to what.
  if (written.includes('$') && ecosystem !== 'maven' && ecosystem !== 'nuget') return range(/^[=~^<]/.test(written));
  switch (ecosystem) {
    case 'pypi':
      return pep440(written.replaceAll(/\s+/g, ''));
    case 'conda': {
      const pin = /^==?\s*(\d[^*,|<>=\s]*)$/.exec(written)?.[1];
      // `=1.2` allows every 1.2.x, `==1.2` and a bare version do not.
      if (pin) return written.startsWith('==') || pin.split('.').length > 2 ? exact(pin) : range(true);
      return PLAIN.test(written) ? exact(written) : range(/<|^=|~=|\d\.\*/.test(written));
    }
    case 'npm':
      return semver(written, true);
    case 'cargo':
      return semver(written.replaceAll(',', ' '), false);
    case 'composer':
      return /^dev-|^@dev/.test(written) ? range(false) : semver(written.replaceAll(',', ' '), true);
    case 'pub':
      return written === 'any' ? range(false) : semver(written, true);
    case 'gem':
    case 'cocoapods':
    case 'cran': {
      const pin = /^=?=?\s*(\d[\w.-]*)$/.exec(written)?.[1];
      return pin ? exact(pin) : range(/~>|<|(?:^|,)\s*={1,2}\s/.test(written));
    }
    case 'swift': {
      const pin = /^== (\S+)$/.exec(written)?.[1];
      return pin ? exact(pin) : range(!written.startsWith('branch'));
    }
    case 'golang':
      return written === 'latest' || written === 'upgrade' ? range(false) : exact(written);
    case 'nuget': {
      const paket = /^(?:==?|~>)\s*(\S+)/.exec(written);
      if (paket) return written.startsWith('~>') ? range(true) : exact(paket[1] as string);
      if (/^[<>]/.test(written)) return range(written.includes('<'));
      return interval(written);
    }
    case 'maven':
      return interval(written);
  }
}
