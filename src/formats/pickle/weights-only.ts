import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import type { Instruction } from './decode.ts';

/** Names listed as the reason of a refusal. */
const MAX_REASONS = 20;
/** Opcodes that `torch._weights_only_unpickler.Unpickler.load` implements. */
const OPCODES = new Set(
  'GLOBAL NEWOBJ REDUCE BUILD APPEND APPENDS SETITEM SETITEMS MARK TUPLE TUPLE1 TUPLE2 TUPLE3 NONE NEWFALSE NEWTRUE EMPTY_TUPLE EMPTY_LIST EMPTY_DICT EMPTY_SET BININT BININT1 BININT2 BINFLOAT BINUNICODE SHORT_BINSTRING LONG1 BINPERSID BINGET LONG_BINGET BINPUT LONG_BINPUT POP PROTO STOP'.split(
    ' ',
  ),
);

/** A model of PyTorch's restricted unpickler: would `torch.load(weights_only=True)` read this? */
export class WeightsOnly {
  readonly #knowledge: PickleKnowledge;
  readonly #reasons = new Set<string>();
  readonly #refusedCodes = new Set<number>();

  constructor(knowledge: PickleKnowledge) {
    this.#knowledge = knowledge;
  }

  opcode({ op, argument, second }: Instruction): void {
    if (!OPCODES.has(op.name)) {
      if (this.#refusedCodes.has(op.code)) return;
      this.#refusedCodes.add(op.code);
      this.#refuse(`opcode ${op.name}`);
    } else if (op.name === 'GLOBAL') {
      const [module, name] = this.#knowledge.renamed(String(argument), second);
      if (!this.#knowledge.allowedByWeightsOnly(module, name)) this.#refuse(`${module}.${name}`);
    }
  }

  #refuse(reason: string): void {
    if (this.#reasons.size < MAX_REASONS) this.#reasons.add(reason);
  }

  get loadable(): boolean {
    return this.#reasons.size === 0;
  }

  get refused(): readonly string[] {
    return [...this.#reasons];
  }
}
