/** The part of seek-bzip's interface that is used; the package ships no types. */
declare module 'seek-bzip' {
  interface Input {
    readByte(): number;
    read(buffer: Uint8Array, offset: number, length: number): number;
  }
  interface Output {
    writeByte(byte: number): void;
  }
  const bunzip: { decode(input: Input, output: Output, multistream: boolean): void };
  export default bunzip;
}
