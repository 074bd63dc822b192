/** What must not stand in an IRI reference (RFC 3987); a percent sign only as part of a triplet. */
const NOT_IRI = /[^\w\-.~:/?#@!$&()*+,;=%\u00A1-\u{E007F}]|%(?![\dA-Fa-f]{2})|\p{C}/gu;

/** Percent-encodes what must not stand in an IRI reference, so that a URL taken from a file cannot break a document. */
export const iri = (text: string): string =>
  text.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replace(NOT_IRI, (char) => (char === '%' ? '%25' : encodeURIComponent(char)));
