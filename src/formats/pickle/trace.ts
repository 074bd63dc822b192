import { clean, Printer } from './repr.ts';
import { GlobalValue, type ObjectValue, type Value } from './values.ts';

/** Lines of `assay inspect`. State dicts repeat one call ten thousand times; the first lines show what the file is. */
const MAX_LINES = 400;
/** Further lines that are kept for effects that are not known to be safe. */
const MAX_MARKED = 400;

/** The pickle's effects as readable Python, in order. */
export class Trace {
  readonly printer = new Printer();
  readonly #lines: string[] = [];
  #marked = 0;
  #left = 0;

  /** Whether another ordinary line is wanted: printing costs time. */
  get open(): boolean {
    return this.#lines.length < MAX_LINES;
  }

  get lines(): readonly string[] {
    return this.#left === 0 ? this.#lines : [...this.#lines, `# … ${this.#left} more`];
  }

  #add(line: () => string, marked: boolean): void {
    if (this.open) this.#lines.push(line());
    else if (marked && this.#marked < MAX_MARKED) {
      this.#marked += 1;
      this.#lines.push(line());
    } else this.#left += 1;
  }

  comment(text: string): void {
    this.#add(() => `# ${text}`, true);
  }

  import(global: GlobalValue, marked: boolean): void {
    this.#add(() => `from ${clean(global.module)} import ${clean(global.name)}`, marked);
  }

  call(object: ObjectValue, marked: boolean, note = ''): void {
    this.#add(() => {
      const args = this.printer.arguments(object);
      const callee = this.printer.print(object.callee);
      const name = this.printer.name(object);
      const text = object.how === 'new' ? `${callee}.__new__(${callee}${args === '' ? '' : `, ${args}`})` : `${callee}(${args})`;
      return `${name} = ${text}${note === '' ? '' : `  # ${note}`}`;
    }, marked);
  }

  build(target: Value, state: Value, marked: boolean): void {
    this.#add(() => `${this.printer.print(target)}.__setstate__(${this.printer.print(state)})`, marked);
  }

  method(target: Value, method: string, items: readonly Value[], marked: boolean): void {
    this.#add(() => {
      const shown = items.slice(0, 4).map((item) => this.printer.print(item));
      return `${this.printer.print(target)}.${method}(${shown.join(', ')}${items.length > 4 ? ', …' : ''})`;
    }, marked);
  }

  assign(target: Value, pairs: readonly Value[], marked: boolean): void {
    this.#add(
      () =>
        `${this.printer.print(target)}[${this.printer.print(pairs[0])}] = ${this.printer.print(pairs[1])}${pairs.length > 2 ? '  # …' : ''}`,
      marked,
    );
  }
}
