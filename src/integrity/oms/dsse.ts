/**
 * Pre-authentication encoding of a DSSE envelope: what is really signed.
 * Source: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}

/**
 * What model_signing 0.2.0 signed instead: upper-case V, and Python's `repr` of the payload bytes
 * behind their length. Its bundles are in the field; they verify only when legacy is allowed.
 */
export function preAuthEncodingV02(payloadType: string, payload: Buffer): Buffer {
  return Buffer.from(`DSSEV1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} ${pythonBytesRepr(payload)}`, 'latin1');
}

function pythonBytesRepr(bytes: Buffer): string {
  // Python prefers single quotes, and takes double ones where that saves escapes.
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x5c) text += '\\\\';
    else if (byte === quote.codePointAt(0)) text += `\\${quote}`;
    else if (byte === 0x0a) text += '\\n';
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x09) text += '\\t';
    else if (byte < 0x20 || byte > 0x7e) text += `\\x${byte.toString(16).padStart(2, '0')}`;
    else text += String.fromCodePoint(byte);
  }
  return `b${quote}${text}${quote}`;
}
